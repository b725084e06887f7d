"""Ports and a Redis of this machine's own, for tests that start servers."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def redis_server(folder: Path, port: int = 0) -> Iterator[int]:
    """Run a Redis on loopback that keeps nothing, on a free port or the given one, and return its port."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: `make setup` installs it as root, else says how."
    port = port or free_port()
    address = ["--port", str(port), "--bind", "127.0.0.1"]
    server = subprocess.Popen(
        [program, *address, "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        server.terminate()
        server.wait()
