"""Nimbus and Sonora with a gateway each, and Acme that pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.payments.till import Till, simulators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatorServer]:
    """Serve the gateways for one test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with simulators() as running:
        yield running


@pytest.fixture
def till(cast: Cast, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till, where Acme pays."""
    return Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
