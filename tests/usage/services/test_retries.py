"""Refused events are tried again through ingestion, each counted once, and dismissed with who did it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.registry import INGESTION_LATE_DAYS
from tenants.services.settings import set_setting
from tests.roles import as_role
from tests.usage.services.events import NOW, cloud_event, ingest, verdicts
from usage.importers.cloudevents import read_event
from usage.models import ParkedEvent, RefusedEvent, UsageHour
from usage.selectors.refused import RefusedQuery, count_refused, list_refused, refused_event
from usage.services.ingestion import ingest_events
from usage.services.retries import (
    RetryReport,
    dismiss_one,
    dismiss_refused,
    retry_one,
    retry_refused,
)

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("metered")

LATE = 60 * 24 * 40
LATER = NOW + timedelta(hours=1)
BAD = {"quantity": "-1"}


def widen(cast: Cast) -> None:
    set_setting(provider_id=cast.nimbus, name=INGESTION_LATE_DAYS.name, value=60, now=NOW)


def retry(cast: Cast, query: RefusedQuery | None = None) -> dict[str, int]:
    report = retry_refused(
        provider_id=cast.nimbus,
        query=query or RefusedQuery(),
        user_id=cast.users["paula"],
        now=LATER,
    )
    return {verdict.value: count for verdict, count in report.verdicts.items()}


class TestRetryRefused:
    def test_a_wider_window_lets_it_in_once(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))
        assert retry(cast) == {"rejected": 1}
        widen(cast)

        assert retry(cast) == {"accepted": 1}
        assert retry(cast) == {}

        assert UsageHour.objects.get().quantity == Decimal("1.5")
        row = RefusedEvent.objects.get()
        assert (row.outcome, row.tries, row.settled_by_id) == ("accepted", 2, cast.users["paula"])
        assert verdicts(ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))) == ["duplicate"]

    def test_what_is_still_wrong_stays_with_the_reason_of_now(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE, data=BAD))
        widen(cast)

        assert retry(cast) == {"rejected": 1}

        (row,) = list_refused(cast.nimbus, RefusedQuery(tried_at=LATER))
        assert (row.reason, row.outcome, row.tries) == ("negative", "", 1)

    def test_one_that_came_in_meanwhile_was_counted_before(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))
        widen(cast)
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))

        assert retry(cast) == {"duplicate": 1}
        assert UsageHour.objects.get().events == 1

    def test_one_whose_id_is_taken_becomes_a_conflict(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE), cloud_event(2, data=BAD))
        ingest(cast.nimbus, cloud_event(1))
        widen(cast)

        assert retry(cast) == {"conflict": 1, "rejected": 1}
        assert count_refused(cast.nimbus) == {
            ("conflict", "same_id_other_content"): 1,
            ("rejected", "negative"): 1,
        }
        assert retry(cast) == {"rejected": 1}, "a conflict is not tried again"

    def test_one_that_must_wait_is_parked(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE, tenant="nobody"))
        widen(cast)

        assert retry(cast) == {"parked": 1}
        assert ParkedEvent.objects.get().reason == "unknown_tenant"
        assert RefusedEvent.objects.get().outcome == "parked"

    def test_an_importers_event_is_still_itself(self, cast: Cast) -> None:
        event = read_event(cloud_event(1, minutes_ago=LATE))._replace(digest="ab" * 16)
        ingest_events(provider_id=cast.nimbus, events=[event], now=NOW)
        widen(cast)

        assert retry(cast) == {"accepted": 1}
        (again,) = ingest_events(provider_id=cast.nimbus, events=[event], now=NOW)
        assert again.verdict == "duplicate"

    def test_what_cannot_be_read_back_is_left(self, cast: Cast) -> None:
        ingest(cast.nimbus, "no json", cloud_event(1, data={"note": "x" * 70_000}))

        assert retry(cast) == {}
        assert all(not row.may_be_tried for row in list_refused(cast.nimbus, RefusedQuery()))

    def test_only_what_the_filter_leaves_is_tried(self, cast: Cast) -> None:
        ingest(
            cast.nimbus,
            cloud_event(1, data=BAD),
            cloud_event(2, tenant="globex", data=BAD),
            cloud_event(3, time="never"),
        )

        assert retry(cast, RefusedQuery(tenant="acme", reason="negative")) == {"rejected": 1}
        assert retry(cast, RefusedQuery(starts=NOW + timedelta(minutes=1))) == {}
        assert retry(cast, RefusedQuery(ends=NOW)) == {}
        assert retry(cast, RefusedQuery(event_type="fax")) == {}

    def test_those_that_waited_longest_come_first(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("usage.services.retries.RETRY_MAX", 1)
        ingest(cast.nimbus, cloud_event(1, data=BAD), cloud_event(2, data=BAD))

        for _ in range(2):
            retry(cast)

        assert {row.tries for row in list_refused(cast.nimbus, RefusedQuery())} == {1}

    def test_another_providers_are_out_of_reach(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, data=BAD))
        number = RefusedEvent.objects.get().pk
        stranger = cast.users["oskar"]

        with as_role("app"), provider_scope(cast.sonora):
            for provider_id in (cast.sonora, cast.nimbus):
                assert refused_event(provider_id, number) is None
                assert (
                    retry_one(provider_id=provider_id, number=number, user_id=stranger, now=LATER)
                    == RetryReport()
                )
                assert not dismiss_one(
                    provider_id=provider_id, number=number, user_id=stranger, now=LATER
                )


class TestDismiss:
    def test_it_says_who_and_leaves_the_list(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, data=BAD), cloud_event(2, time="never"))

        dismissed = dismiss_refused(
            provider_id=cast.nimbus,
            query=RefusedQuery(reason="negative"),
            user_id=cast.users["sue"],
            now=LATER,
        )

        assert dismissed == 1
        (row,) = list_refused(cast.nimbus, RefusedQuery(settled=True))
        assert (row.outcome, row.settled_by_id) == ("dismissed", cast.users["sue"])
        assert count_refused(cast.nimbus) == {("rejected", "invalid_time"): 1}

    def test_sent_again_it_stays_dismissed_and_may_still_be_tried(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))
        number = RefusedEvent.objects.get().pk
        user = cast.users["paula"]
        assert dismiss_one(provider_id=cast.nimbus, number=number, user_id=user, now=NOW)
        ingest(cast.nimbus, cloud_event(1, minutes_ago=LATE))

        assert not dismiss_one(provider_id=cast.nimbus, number=number, user_id=user, now=NOW)
        assert count_refused(cast.nimbus) == {}
        assert RefusedEvent.objects.get().times == 2
        widen(cast)
        retry_one(provider_id=cast.nimbus, number=number, user_id=user, now=LATER)
        assert RefusedEvent.objects.get().outcome == "accepted"
