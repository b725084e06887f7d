"""The harness of the ingest benchmark, on a handful of tenants: equal sums or no figure. Nothing here is timed."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.ingest import ROUNDS, IngestReport, measure_ingest
from billing_platform.benchmarks.ingest_floor import IngestFloor, require_equal_totals
from billing_platform.benchmarks.ingest_workload import BATCH, make_batches
from billing_platform.benchmarks.scratch import connect, scratch_database
from billing_platform.benchmarks.web_server import WebServerError, post, web_server

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR = datetime(2026, 11, 20, 10, tzinfo=UTC)
NAMES = {"tenants": {1: "a", 2: "b"}, "meters": {7: "calls"}}


@pytest.fixture(autouse=True)
def _real_commits(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The harness makes and drops a database of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


class TestMeasureIngest:
    def test_both_sides_end_with_equal_sums(self, template_database: str) -> None:
        report = measure_ingest(
            tenants=5,
            events=2 * ROUNDS * BATCH,
            tell=lambda _: None,
            senders=2,
            template=template_database,
        )

        assert report.events == 2 * ROUNDS * BATCH
        assert set(report.as_json()) == {"events", "floor_per_s", "app_per_s", "ratio"}
        assert report.floor_per_s > 0
        assert report.app_per_s > 0


class TestRequireEqualTotals:
    def test_other_sums_give_no_figure(self, template_database: str) -> None:
        with (
            scratch_database(template=template_database) as name,
            closing(connect(name)) as raw,
            raw.cursor() as owner,
            closing(IngestFloor(name)) as floor,
        ):
            floor.take(list(make_batches(**NAMES, count=1, hour=HOUR)))

            with pytest.raises(SumsDifferError):
                require_equal_totals(owner, provider_id=1)


class TestWebServer:
    def test_another_answer_ends_the_benchmark(self, template_database: str) -> None:
        with (
            scratch_database(template=template_database) as name,
            web_server(name) as port,
            pytest.raises(WebServerError, match="401"),
        ):
            post(port, "/api/v1/events", b"[]", {"Content-Type": "application/json"})


class TestMakeBatches:
    def test_the_same_call_gives_the_same_events(self) -> None:
        first, second = (list(make_batches(**NAMES, count=2, hour=HOUR)) for _ in range(2))

        assert first == second
        assert all(batch.rows.count("\n") == BATCH for batch in first)


class TestIngestReport:
    def test_the_ratio_is_the_applications_part(self) -> None:
        report = IngestReport(5_000, 40_000.4, 10_000.2)

        assert report.as_json() == {
            "events": 5_000,
            "floor_per_s": 40_000,
            "app_per_s": 10_000,
            "ratio": 0.25,
        }
        assert "ratio 0.25" in report.as_lines()[1]
