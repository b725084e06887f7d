"""A marker ends the process at the step that the environment names, and nowhere else."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest

from billing_platform.kernel import markers
from billing_platform.kernel.markers import VARIABLE, marker


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: seen.append((pid, number)))
    monkeypatch.setattr(markers, "_passed", Counter())
    return seen


class TestMarker:
    def test_without_an_order_it_does_nothing(
        self, kills: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(VARIABLE, raising=False)

        marker("charge.posted")

        assert kills == []

    def test_it_ends_the_process_at_its_step(
        self, kills: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, "charge.posted")

        marker("charge.claimed")
        assert kills == []
        marker("charge.posted")

        assert kills == [(os.getpid(), signal.SIGKILL)]

    def test_it_waits_for_its_time(
        self, kills: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, "charge.posted:3")

        for _ in range(2):
            marker("charge.posted")
        assert kills == []
        marker("charge.posted")

        assert len(kills) == 1
