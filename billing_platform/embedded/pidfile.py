"""What the server's pid file says and whether it is true: a running server, a zombie, or a stranger."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billing_platform.embedded.places import Places

READY = "ready"
STATUS_LINE = 8  # of postmaster.pid: starting, ready, stopping


def recorded_pid(places: Places) -> int | None:
    """Return the process number in the pid file, or None when there is none to read."""
    lines = _lines(places)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def running_pid(places: Places) -> int | None:
    """Return the number of the live server of this data folder, or None: no zombie, no stranger, no left-over file."""
    pid = recorded_pid(places)
    return pid if pid is not None and _is_server(pid, places.data) else None


def is_ready(places: Places, port: int) -> bool:
    """Say whether the server takes connections: its own word in the pid file, and a socket that answers."""
    lines = _lines(places)
    if len(lines) < STATUS_LINE or lines[STATUS_LINE - 1].strip() != READY:
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(places.socket / f".s.PGSQL.{port}"))
        except OSError:
            return False
    return True


def disarm(places: Places) -> None:
    """Make a left-over pid file harmless while keeping PostgreSQL's own check for processes that still use the data.

    A file whose number now belongs to a zombie or a stranger stops the server from starting. Written with the number of
    its future parent (us), the server takes it as left over, and still looks at the shared memory that it names.
    """
    lines = _lines(places)
    if lines and running_pid(places) is None:
        # The folder belongs to the server's user: a link in it may not lead us, who may be root, to another file.
        descriptor = os.open(
            places.data / "postmaster.pid", os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW
        )
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join([str(os.getpid()), *lines[1:]]) + "\n")


def is_alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    return _state(pid) not in {"", "Z", "X"}


def _lines(places: Places) -> list[str]:
    try:
        return (places.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _is_server(pid: int, data: Path) -> bool:
    if not is_alive(pid):
        return False
    process = Path("/proc") / str(pid)
    if not process.exists():
        return "postgres" in _ps(pid, "comm")
    try:
        return (process / "cwd").resolve(strict=True) == data.resolve()
    except OSError:
        return False


def _state(pid: int) -> str:
    """Return the first letter of a process's state, or nothing when there is no such process."""
    if not Path("/proc/self").exists():
        return _ps(pid, "stat")[:1]
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _ps(pid: int, column: str) -> str:
    """Ask `ps`, where there is no /proc."""
    answer = subprocess.run(
        ["/bin/ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()
