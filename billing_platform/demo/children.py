"""One process that the demo starts: its log, its end, and its new start when it died; used by the supervisor only."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2): the signal that a child gets when its parent dies
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
RESTARTS_MAX = 5
LOG_TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: a name for people, the command line, and what its environment has beyond the others'."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]


class Child:
    """A running program in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor."""

    def __init__(self, program: Program, log: Path, environ: Mapping[str, str]) -> None:
        self.program = program
        self.log = log
        self.environ = {**os.environ, **environ, **program.environ}
        self.restarts = 0
        self._process = self._spawn()

    @property
    def pid(self) -> int:
        """The number of the process, which is also that of its group."""
        return self._process.pid

    def is_running(self) -> bool:
        """Say whether it lives; a dead one is reaped by the question."""
        return self._process.poll() is None

    def restart(self) -> bool:
        """Start a program again that died by itself; say whether there is still hope."""
        if self.restarts >= RESTARTS_MAX:
            return False
        self.restarts += 1
        self._signal_group(signal.SIGKILL)  # what a killed parent left behind
        self._process = self._spawn()
        return True

    def ask_to_stop(self) -> None:
        """Ask for an orderly end; `wait_stopped` makes sure of it."""
        if self.is_running():
            self._process.terminate()

    def wait_stopped(self, deadline: float) -> None:
        """Wait until a moment of `time.monotonic()`, then end it and all that it started."""
        while self.is_running() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def last_words(self) -> str:
        """Return the end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.program.command,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one prctl call
            )

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
            return


def stop_all(children: Sequence[Child]) -> None:
    """End the children, all at once and not one after the other."""
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.wait_stopped(deadline)


def _end_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor is killed; elsewhere than on Linux it would stay."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
