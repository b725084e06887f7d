"""The report has stable keys, and lines that name each goal."""

from __future__ import annotations

import dataclasses

from billing_platform.benchmarks.hourly import HourlyReport
from billing_platform.benchmarks.report import as_json, as_lines
from billing_platform.benchmarks.timing import Pair, Pairs

REPORT = HourlyReport(
    tenants=1000,
    full=Pairs((Pair(1.0, 1.4), Pair(1.0, 1.3), Pair(0.9, 1.4))),
    rerun=Pairs((Pair(0.5, 0.1),)),
    sparse=None,
    rss_mb_before=90.0,
    rss_mb_after=91.5,
    max_lock_ms=123.4,
)


class TestJson:
    def test_has_exactly_the_promised_keys(self) -> None:
        assert as_json(REPORT) == {
            "tenants": 1000,
            "floor_s": 1.0,
            "app_s": 1.4,
            "ratio": 1.4,
            "rerun_s": 0.1,
            "rss_mb_before": 90.0,
            "rss_mb_after": 91.5,
            "max_lock_ms": 123.4,
        }

    def test_adds_the_sparse_hours_when_they_were_measured(self) -> None:
        found = as_json(dataclasses.replace(REPORT, sparse=Pairs((Pair(0.5, 0.07),))))

        assert (found["sparse_s"], found["sparse_ratio"]) == (0.07, 0.05)


class TestLines:
    def test_name_each_goal(self) -> None:
        text = "\n".join(as_lines(dataclasses.replace(REPORT, sparse=Pairs((Pair(0.5, 0.07),)))))

        for goal in ("<= 1.5", "<= 0.5", "<= 0.1", "200 ms", "± 10"):
            assert goal in text
