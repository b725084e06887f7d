"""The demo's processes: ended with all that they started, started again when they die."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

from billing_platform.demo.children import RESTARTS_MAX, Child, Program, stop_all
from tests.embedded.conftest import wait_for, wait_until_gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARENT_OF_STUBBORN_CHILD = (
    "import os, signal, time, sys\n"
    "pid = os.fork()\n"
    "if pid == 0:\n"
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "    time.sleep(60)\n"
    "print(pid, flush=True)\n"
    "time.sleep(60)\n"
)

DEAF = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True)\n"
    "time.sleep(60)\n"
)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    program = Program("sleeper", [sys.executable, "-c", PARENT_OF_STUBBORN_CHILD], {"MARK": "own"})
    child = Child(program, tmp_path / "log", {"MARK": "common"})
    yield child
    stop_all([child])


def grandchild(child: Child) -> int:
    wait_for(lambda: child.log.read_text().strip().isdigit())
    return int(child.log.read_text())


class TestChild:
    def test_its_environment_is_the_common_one_and_its_own(self, child: Child) -> None:
        assert child.environ["MARK"] == "own"
        assert child.environ["PATH"] == os.environ["PATH"]

    def test_the_terminal_does_not_reach_it(self, child: Child) -> None:
        assert os.getsid(child.pid) != os.getsid(0)

    def test_stopping_ends_what_it_started(
        self, child: Child, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        below = grandchild(child)

        stop_all([child])

        assert not child.is_running()
        wait_until_gone(below)

    def test_a_deaf_process_is_killed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing_platform.demo.children.STOP_SECONDS", 0.3)
        deaf = Child(Program("deaf", [sys.executable, "-c", DEAF], {}), tmp_path / "log", {})
        wait_for(lambda: "deaf" in deaf.log.read_text())

        began = time.monotonic()
        stop_all([deaf])

        assert not deaf.is_running()
        assert time.monotonic() - began < 5

    def test_a_dead_one_starts_again_without_its_orphans(self, child: Child) -> None:
        below, before = grandchild(child), child.pid
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: not child.is_running())

        assert child.restart()

        assert child.pid != before
        assert child.is_running()
        wait_until_gone(below)

    def test_hope_ends(self, tmp_path: Path) -> None:
        failing = Child(
            Program("failing", [sys.executable, "-c", "print('why'); raise SystemExit(1)"], {}),
            tmp_path / "log",
            {},
        )
        for _ in range(RESTARTS_MAX):
            assert failing.restart()
        wait_for(lambda: not failing.is_running())

        assert not failing.restart()
        assert "why" in failing.last_words()
