"""Nimbus and Sonora with a gateway each, and Acme that pays; one server of simulators for all tests."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from django.test import override_settings
from stripe import HTTPClient

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from tests.database import undone
from tests.payments.desks import DESKS, SIMULATORS
from tests.payments.opened import Opened
from tests.payments.shop import Shop
from tests.payments.stand import put_up
from tests.payments.till import KEYS, Till

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cast import Cast, CastRows

NO_PROXY: Final = "127.0.0.1,localhost"


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorServer]:
    """Serve simulators for the session; deliveries wait until a test sends them."""
    with SimulatorServer(World(), [], delivers=False) as server:
        yield server


@contextmanager
def at_loopback(running: SimulatorServer) -> Iterator[SimulatorServer]:
    """Let all gateways begin anew, with an account per provider at Stripe, and ask them alone."""
    put_up(running, *SIMULATORS.values())
    for slug in KEYS:
        DESKS["stripe"](running).open(slug)
    endpoints = {code: {"url": running.url_of(code)} for code in SIMULATORS}
    with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS=endpoints):
        yield running


@pytest.fixture
def simulated(running: SimulatorServer) -> Iterator[SimulatorServer]:
    """Give one test simulators of all gateways, and Stripe an account per provider."""
    with at_loopback(running):
        yield running


@pytest.fixture(scope="session")
def opened(
    cast_rows: CastRows, running: SimulatorServer, django_db_blocker: pytest.FixtureRequest
) -> dict[str, Opened]:
    """Open Nimbus's till, and a shop with each gateway, once; nothing of it stays in the database."""
    found = {}
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():  # type: ignore[attr-defined]
        patch.setenv("NO_PROXY", NO_PROXY)
        for name in ("till", *DESKS):
            with undone(), at_loopback(running) as server:
                cast = cast_rows.copy()
                if name == "till":
                    Till.open(cast.nimbus, cast.acme, server, "nimbus")
                else:
                    Shop.open((cast.nimbus, cast.acme), server, name)
                gateway = "stripe" if name == "till" else name
                found[name] = Opened.of(cast.nimbus, gateway, server)
    return found


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of the machine in between, and let Stripe's SDK try again without a pause."""
    monkeypatch.setenv("NO_PROXY", NO_PROXY)
    monkeypatch.setattr(HTTPClient, "INITIAL_DELAY", 0.01)
    monkeypatch.setattr(HTTPClient, "MAX_DELAY", 0.01)


@pytest.fixture
def till(cast: Cast, simulated: SimulatorServer, opened: dict[str, Opened]) -> Till:
    """Return Nimbus's till, where Acme pays."""
    return Till.again((cast.nimbus, cast.acme), simulated, opened["till"])


@pytest.fixture
def shop_with(
    cast: Cast, simulated: SimulatorServer, opened: dict[str, Opened]
) -> Callable[[str], Shop]:
    """Return what returns Nimbus's shop with a gateway, where Acme pays."""
    return lambda gateway: Shop.again((cast.nimbus, cast.acme), simulated, opened[gateway])


@pytest.fixture(params=sorted(DESKS))
def shop(request: pytest.FixtureRequest, shop_with: Callable[[str], Shop]) -> Shop:
    """Return Nimbus's shop with each gateway in turn, where Acme pays."""
    return shop_with(request.param)
