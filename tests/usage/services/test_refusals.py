"""Rejected and conflicting events are kept once each, as they were sent, in the batch's own transaction."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tenants.registry import INGESTION_PAYLOAD_DAYS
from tenants.services.settings import set_setting
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest, verdicts
from usage.enums import Via
from usage.importers.cloudevents import parse_json, read_event
from usage.intake.originals import ORIGINAL_MAX, exact_json, original_of_event
from usage.models import RefusedEvent
from usage.services import refusals
from usage.services.ingestion import ingest_cloudevents, ingest_events
from usage.services.replaced import settle_replaced
from usage.services.retention import erase_payloads

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("metered")


def bad(number: int | str = 1, **changes: Any) -> dict[str, Any]:
    """Return an event whose quantity is none."""
    return cloud_event(number, **{"data": {"quantity": "many"}, **changes})


class TestKeepRefusals:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"data": {"quantity": "many"}}, "invalid_quantity"),
            ({"time": "yesterday"}, "invalid_time"),
            ({"minutes_ago": 60 * 24 * 40}, "too_late"),
            ({"minutes_ago": -60}, "future"),
            ({"data": {"quantity": "-1"}}, "negative"),
        ],
    )
    def test_it_keeps_what_was_sent_and_why(
        self, cast: Cast, changes: dict[str, Any], reason: str
    ) -> None:
        item = cloud_event(1, extra=Decimal("1.50"), **changes)

        ingest_cloudevents(provider_id=cast.nimbus, items=[item], now=NOW, via=Via.API)

        row = RefusedEvent.objects.get()
        assert (row.verdict, row.reason, row.via, row.times) == ("rejected", reason, "api", 1)
        assert (row.source, row.event_id, row.tenant_external_id) == ("switch", "e-1", "acme")
        assert parse_json(row.original) == item
        assert '"extra": 1.50' in row.original

    def test_the_same_content_is_one_row_that_counts(self, cast: Cast) -> None:
        later = NOW + timedelta(hours=1)
        ingest(cast.nimbus, bad(), bad(), bad(2))
        ingest(cast.nimbus, bad(), now=later)

        first, second = RefusedEvent.objects.order_by("event_id")
        assert (first.times, first.received_at, first.last_seen_at) == (3, NOW, later)
        assert second.times == 1

    def test_a_conflict_is_kept_beside_what_counts(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1))

        assert verdicts(ingest(cast.nimbus, cloud_event(1, data={"quantity": "9"}))) == [
            "conflict:same_id_other_content"
        ]

        row = RefusedEvent.objects.get()
        assert (row.verdict, row.event_id) == ("conflict", "e-1")
        assert '"9"' in row.original

    @pytest.mark.parametrize(
        "item",
        [None, 7, "no json", "\ud800", "\udfff\udc80", {"id": "\ud800\x00"}, {"data": [[1]]}],
    )
    def test_what_has_no_readable_id_is_kept_too(self, cast: Cast, item: object) -> None:
        ingest(cast.nimbus, item, item)

        assert RefusedEvent.objects.get().times == 2

    def test_what_is_too_long_is_cut(self, cast: Cast) -> None:
        ingest(cast.nimbus, bad(note="é" * ORIGINAL_MAX), bad(note="é" * ORIGINAL_MAX + "!"))

        rows = list(RefusedEvent.objects.all())
        assert len(rows) == 2, "the whole of both tells them apart"
        assert all(row.is_cut and len(row.original.encode()) <= ORIGINAL_MAX for row in rows)

    def test_a_flood_is_answered_and_not_kept(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(refusals, "KEPT_MAX", 3)
        for start in (0, 10):
            ingest(cast.nimbus, *(bad(number) for number in range(start, start + 5)))

        results = ingest(cast.nimbus, bad(0), bad(99))

        assert verdicts(results) == ["rejected:invalid_quantity"] * 2
        assert RefusedEvent.objects.count() == 3
        assert RefusedEvent.objects.get(event_id="e-0").times == 2, "a known one still counts"
        ingest(cast.nimbus, cloud_event(50), cloud_event(50, data={"quantity": "9"}))
        assert RefusedEvent.objects.filter(verdict="conflict").count() == 1

    def test_a_good_batch_asks_the_database_nothing(self, cast: Cast) -> None:
        with CaptureQueriesContext(connection) as queries:
            ingest(cast.nimbus, cloud_event(1), cloud_event(1), cloud_event(2, tenant="nobody"))

        assert not [q for q in queries if "usage_refused_event" in q["sql"]]

    def test_it_goes_with_its_batch(self, cast: Cast) -> None:
        with transaction.atomic():
            ingest(cast.nimbus, bad(), cloud_event(2))
            transaction.set_rollback(True)

        assert not RefusedEvent.objects.exists()

    def test_another_provider_never_sees_it(self, cast: Cast) -> None:
        ingest(cast.nimbus, bad())

        for role in ("app", "worker"):
            with as_role(role), provider_scope(cast.sonora):
                assert not RefusedEvent.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        ["verdict = 'odd'", "outcome = 'dismissed'", "times = 0", "via = 'x'", "form = 'x'"],
    )
    def test_the_database_refuses_what_makes_no_sense(self, cast: Cast, changes: str) -> None:
        ingest(cast.nimbus, bad())

        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE usage_refused_event SET {changes}")


class TestIngestEvents:
    def test_an_importers_event_keeps_its_own_digest(self, cast: Cast) -> None:
        event = read_event(cloud_event(1, data={"quantity": "-1"}))._replace(digest="ab" * 16)

        ingest_events(provider_id=cast.nimbus, events=[event], now=NOW, via=Via.FILE)

        row = RefusedEvent.objects.get()
        assert (row.form, row.via, row.digest and row.digest.hex) == ("event", "file", "ab" * 16)
        assert original_of_event(event).text == row.original


class TestExactJson:
    @pytest.mark.parametrize(
        "text",
        [
            '{"a": 1.50, "b": [1e-7, -0.0, 1E+9999, true, null], "ü": "\\ud800 \\u0000 \\"x"}',
            '{"n": ' + "9" * 60 + "}",
            "[]",
        ],
    )
    def test_it_reads_back_as_the_same_value(self, text: str) -> None:
        value = parse_json(text)

        assert parse_json(exact_json(value).encode()) == value


def forgotten(cast: Cast, *, days: int) -> int:
    """Return how many refused events a night so many days later forgets."""
    with as_role("worker"):
        return erase_payloads(provider_id=cast.nimbus, now=NOW + timedelta(days=days)).refused


class TestForgetRefused:
    def test_refused_events_go_when_nobody_needs_them(self, cast: Cast) -> None:
        unseen, again = bad(1), bad(2)
        ingest(cast.nimbus, unseen, again)
        ingest(cast.nimbus, again, now=NOW + timedelta(days=60))

        assert forgotten(cast, days=89) == 0
        assert forgotten(cast, days=91) == 1
        assert RefusedEvent.objects.get().event_id == "e-2"

    def test_what_left_the_list_goes_earlier(self, cast: Cast) -> None:
        ingest(cast.nimbus, bad(1), bad(2))
        RefusedEvent.objects.filter(event_id="e-1").update(outcome="dismissed", settled_at=NOW)

        assert forgotten(cast, days=31) == 1

    def test_they_are_never_kept_longer_than_other_payloads(self, cast: Cast) -> None:
        set_setting(provider_id=cast.nimbus, name=INGESTION_PAYLOAD_DAYS.name, value=40, now=NOW)
        ingest(cast.nimbus, bad(1))

        assert forgotten(cast, days=41) == 1


class TestSettleReplaced:
    def test_what_was_mended_and_sent_again_leaves_the_list(self, cast: Cast) -> None:
        ingest(cast.nimbus, bad(1), bad(2), bad(3, source="other"), bad(4, id=None))
        ingest(cast.nimbus, cloud_event(1), cloud_event(3))

        with as_role("worker"):
            settled = settle_replaced(provider_id=cast.nimbus, now=NOW)
            again = settle_replaced(provider_id=cast.nimbus, now=NOW)

        assert (settled, again) == (1, 0)
        row = RefusedEvent.objects.get(settled_at__isnull=False)
        assert (row.event_id, row.outcome, row.settled_by_id) == ("e-1", "replaced", None)
