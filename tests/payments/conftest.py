"""Nimbus and Sonora with a gateway each, and Acme that pays; one server of simulators for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings
from stripe import HTTPClient

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from tests.payments.desks import DESKS, SIMULATORS
from tests.payments.shop import Shop
from tests.payments.stand import put_up
from tests.payments.till import KEYS, Till

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorServer]:
    """Serve simulators for the session; deliveries wait until a test sends them."""
    with SimulatorServer(World(), [], delivers=False) as server:
        yield server


@pytest.fixture
def simulated(running: SimulatorServer) -> Iterator[SimulatorServer]:
    """Give one test simulators of all gateways, and Stripe an account per provider."""
    put_up(running, *SIMULATORS.values())
    for slug in KEYS:
        DESKS["stripe"](running).open(slug)
    endpoints = {code: {"url": running.url_of(code)} for code in SIMULATORS}
    with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS=endpoints):
        yield running


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of the machine in between, and let Stripe's SDK try again without a pause."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.01)


@pytest.fixture
def till(cast: Cast, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till, where Acme pays."""
    return Till.open(cast.nimbus, cast.acme, simulated, "nimbus")


@pytest.fixture(params=sorted(DESKS))
def shop(request: pytest.FixtureRequest, cast: Cast, simulated: SimulatorServer) -> Shop:
    """Return Nimbus's shop with each gateway in turn, where Acme pays."""
    return Shop.open((cast.nimbus, cast.acme), simulated, request.param)
