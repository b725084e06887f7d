"""VIES as its simulator answers over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from gateway_simulators.vies.simulator import ViesSimulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def register() -> Iterator[SimulatorServer]:
    """Serve VIES for one test."""
    simulator = ViesSimulator(World())
    with SimulatorServer(simulator.world, [simulator], delivers=False) as running:
        endpoints = {"vies": {"url": running.url_of("vies")}}
        with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS=endpoints):
            yield running


@pytest.fixture
def vies(register: SimulatorServer) -> ViesSimulator:
    """Return the register behind the server."""
    found = register.gateways["vies"]
    assert isinstance(found, ViesSimulator)
    return found
