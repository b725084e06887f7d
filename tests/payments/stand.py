"""One server of simulators for the whole session: each test puts gateways on it that know nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway_simulators.common.world import Clock, World

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.common.world import SimulatedGateway

NOW = 1_795_000_000


class Maker(Protocol):
    """A simulator's class."""

    def __call__(self, world: World, /) -> SimulatedGateway: ...


def put_up(server: SimulatorServer, *makers: Maker, clock: Clock | None = None) -> SimulatorServer:
    """Begin anew on a running server: another world, these gateways, no faults and an empty log."""
    world = World(clock=clock or Clock())
    world.url = server.url
    fresh = [make(world) for make in makers]
    with server.world.lock:
        server.world = world
        server.gateways.clear()
        server.gateways.update({one.prefix: one for one in fresh})
        server.faults.clear()
        server.log.clear()
    return server
