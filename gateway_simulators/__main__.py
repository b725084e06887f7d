"""Starts the simulators and runs until it is told to end: `python -m gateway_simulators --port N --state DIR`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import gateway_simulators
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.state import StateFolder
from gateway_simulators.common.world import World

if TYPE_CHECKING:
    from gateway_simulators.common.world import SimulatedGateway


def all_gateways(world: World) -> list[SimulatedGateway]:
    """Make every gateway that has a folder here: its `simulator.py` names the class as `SIMULATOR`.

    Args:
        world: what they share.
    """
    names = sorted(
        f"{gateway_simulators.__name__}.{folder.name}.simulator"
        for folder in iter_modules(gateway_simulators.__path__)
        if folder.ispkg and folder.name != "common"
    )
    return [import_module(name).SIMULATOR(world) for name in names if find_spec(name) is not None]


def main() -> int:
    """Serve every gateway; one line of JSON on the standard output says where and with which credentials."""
    parser = argparse.ArgumentParser(prog="python -m gateway_simulators")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--state", type=Path, help="folder that survives a restart")
    chosen = parser.parse_args()
    world = World()
    state = StateFolder(chosen.state) if chosen.state else None
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with SimulatorServer(world, all_gateways(world), port=chosen.port, state=state) as server:
        about = {"url": server.url, "control_url": server.control_url, "pid": os.getpid()}
        credentials = {name: one.credentials() for name, one in server.gateways.items()}
        server.save()
        if state is not None:
            state.write("server", about)
        sys.stdout.write(json.dumps({**about, "credentials": credentials}) + "\n")
        sys.stdout.flush()
        ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
