"""`manage.py bench hourly` prints figures, and the gate decides its exit status."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.management.commands import bench
from billing_platform.benchmarks.timing import Pair, Pairs
from tests.benchmarks.test_report import REPORT


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("bench", "hourly", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


class TestBenchHourly:
    @pytest.fixture(autouse=True)
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def measured(**asked: Any) -> Any:
            calls.append(asked)
            seconds = asked["tenants"] / 100_000
            full = Pairs((Pair(seconds, seconds * 1.4),) * asked["pairs"])
            return dataclasses.replace(REPORT, tenants=asked["tenants"], full=full)

        monkeypatch.setattr(bench, "measure", measured)
        return calls

    def test_prints_the_promised_json_and_nothing_else(self) -> None:
        found = json.loads(run("--tenants", "1000", "--json"))

        assert set(found) == {
            "tenants",
            "floor_s",
            "app_s",
            "ratio",
            "rerun_s",
            "rss_mb_before",
            "rss_mb_after",
            "max_lock_ms",
        }
        assert (found["tenants"], found["ratio"]) == (1000, 1.4)

    def test_prints_lines_for_people(self) -> None:
        assert "ratio 1.40" in run()

    def test_passes_a_gate_with_five_pairs(self, asked: list[dict[str, Any]]) -> None:
        run("--gate", "1.6")

        assert asked[0]["pairs"] == 5

    def test_fails_above_the_gate(self) -> None:
        with pytest.raises(CommandError, match="above the gate"):
            run("--gate", "1.3")

    def test_fits_the_exponent_over_three_sizes(self, asked: list[dict[str, Any]]) -> None:
        found = json.loads(run("--scaling", "--json"))

        assert [each["tenants"] for each in asked] == [10_000, 100_000, 1_000_000]
        assert (found["exponent"], found["floor_exponent"]) == (1.0, 1.0)

    def test_says_why_there_is_no_figure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def differ(**_: Any) -> None:
            raise SumsDifferError("3 wallets differ")

        monkeypatch.setattr(bench, "measure", differ)

        with pytest.raises(CommandError, match="3 wallets differ"):
            run()
