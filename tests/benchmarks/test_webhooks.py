"""The harness of the webhook benchmark, on two payments: equal events and all money credited, or no figure."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billing_platform.benchmarks import webhooks
from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.load import Latencies, offer
from billing_platform.benchmarks.scratch import connect, scratch_database
from billing_platform.benchmarks.webhook_floor import WebhookFloor, require_equal_events
from billing_platform.benchmarks.webhooks import WebhookReport, measure_webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {
    "deliveries",
    "held_per_s",
    "ack_p50_ms",
    "ack_p99_ms",
    "floor_per_s",
    "floor_p50_ms",
    "floor_p99_ms",
    "payments",
    "effects_per_s",
    "events_per_s",
}


@pytest.fixture(autouse=True)
def _real_commits(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The harness makes and drops a database of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


class TestMeasureWebhooks:
    def test_two_payments_are_acknowledged_and_credited(
        self, template_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhooks, "STEPS_MAX", 1)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

        report = measure_webhooks(
            payments=2, seconds=0.5, tell=lambda _: None, template=template_database
        )

        found = report.as_json()
        assert set(found) == KEYS
        assert (found["payments"], report.events) == (2, 4)
        assert report.deliveries == 4 + 5
        assert report.seconds > 0

    def test_other_events_give_no_figure(self, template_database: str) -> None:
        with (
            scratch_database(template=template_database) as name,
            closing(connect(name)) as raw,
            raw.cursor() as owner,
            closing(WebhookFloor(name)) as floor,
        ):
            floor.take("evt_1", b"{}")
            floor.take("evt_1", b"{}")

            with pytest.raises(SumsDifferError, match="1 of the floor have no equal, of 1"):
                require_equal_events(owner, provider_id=1)


class TestOffer:
    def test_waiting_for_a_sender_counts(self) -> None:
        found = offer(rate=10_000, calls=[partial(time.sleep, 0.02)] * 64)

        assert len(found.seconds) == 64
        assert found.percentile_ms(0.01) >= 20
        assert found.percentile_ms(0.99) >= 70  # the last of four turns of sixteen

    def test_what_is_raised_ends_it(self) -> None:
        def fail() -> None:
            raise SumsDifferError("no")

        with pytest.raises(SumsDifferError):
            offer(rate=100, calls=[fail])


class TestReport:
    def test_no_rate_held_is_said(self) -> None:
        floor = Latencies(500, (0.001, 0.002, 0.003, 0.01))
        report = WebhookReport(4, None, floor, 2, 4, 0.5)

        assert report.as_json()["ack_p99_ms"] is None
        assert (floor.percentile_ms(0.5), floor.percentile_ms(0.99)) == (2, 10)
        assert report.as_json()["effects_per_s"] == 4
        assert "not even" in report.as_lines()[0]
