"""How a measured hourly run is told: as JSON with fixed keys, and as lines for people with the goals beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from billing_platform.benchmarks.hourly import HourlyReport
    from billing_platform.benchmarks.timing import Pairs

RATIO_GOAL = 1.5
RERUN_GOAL = 0.5
SPARSE_GOAL = 0.1
LOCK_GOAL_MS = 200
MEMORY_GOAL_MB = 10


def as_json(report: HourlyReport) -> dict[str, float | int]:
    """Return the stable keys: seconds are medians, `ratio` is the application's over the floor's."""
    found: dict[str, float | int] = {
        "tenants": report.tenants,
        "floor_s": round(report.full.floor_s, 4),
        "app_s": round(report.full.app_s, 4),
        "ratio": round(report.full.ratio, 3),
        "rerun_s": round(report.rerun.app_s, 4),
        "rss_mb_before": report.rss_mb_before,
        "rss_mb_after": report.rss_mb_after,
        "max_lock_ms": report.max_lock_ms,
    }
    if report.sparse is not None:
        found["sparse_s"] = round(report.sparse.app_s, 4)
        found["sparse_ratio"] = round(report.sparse.app_s / report.full.app_s, 3)
    return found


def as_lines(report: HourlyReport) -> list[str]:
    """Return the figures for people, each with its goal."""
    lines = [
        f"{report.tenants:,} tenants × 5 meters, medians of {len(report.full.taken)} alternating pairs",
        f"{_sides('run', report.full)}   ratio {report.full.ratio:.2f}   (goal <= {RATIO_GOAL})",
        f"{_sides('rerun', report.rerun)}   {_share(report.rerun, report)}   (goal <= {RERUN_GOAL})",
    ]
    if report.sparse is not None:
        share = _share(report.sparse, report)
        lines.append(f"{_sides('1 %', report.sparse)}   {share}   (goal <= {SPARSE_GOAL})")
    growth = report.rss_mb_after - report.rss_mb_before
    memory = f"{report.rss_mb_before:.1f} MB before, {report.rss_mb_after:.1f} MB after"
    return [
        *lines,
        f"longest transaction {report.max_lock_ms:.0f} ms   (goal: no lock over {LOCK_GOAL_MS} ms)",
        f"memory  {memory}, {growth:+.1f}   (goal ± {MEMORY_GOAL_MB})",
    ]


def _sides(name: str, pairs: Pairs) -> str:
    return f"{name:7} floor {pairs.floor_s:.3f} s   app {pairs.app_s:.3f} s"


def _share(pairs: Pairs, report: HourlyReport) -> str:
    return f"{pairs.app_s / report.full.app_s:.2f} of a run"
