"""Usage lands on the totals of the prices that hold in its hours, in the billing period of the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from accounts.services.periods import close_periods
from billing_platform.kernel.rows import execute, fetch_all
from tests.usage.services.events import NOW, cloud_event, ingest, meter, verdicts
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.prices import PriceDraft, add_price
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_nimbus")

START = datetime(2026, 10, 20, tzinfo=UTC)
ADD_HOUR = """
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events) VALUES (%s, %s, %s, %s, 1, 1)
"""
OCTOBER = (datetime(2026, 10, 30, 9, 30, tzinfo=UTC)).isoformat()


def sell(cast: Cast, **rules: Any) -> None:
    """Sell one meter at 1 USD a unit to tenant acme, from October 20th."""
    meter_id = meter(cast.nimbus, **rules)
    plan_id = create_plan(provider_id=cast.nimbus, code="p", name="P", now=NOW)
    version_id = draft_version(provider_id=cast.nimbus, plan_id=plan_id, now=NOW)
    draft = PriceDraft(
        code="calls",
        name="Calls",
        kind="usage",
        currency="USD",
        figures={"unit": "1"},
        meter_id=meter_id,
    )
    add_price(provider_id=cast.nimbus, version_id=version_id, draft=draft, now=NOW)
    activate_version(provider_id=cast.nimbus, version_id=version_id, now=NOW)
    subscribe(
        provider_id=cast.nimbus,
        tenant_id=cast.acme,
        version_id=version_id,
        starts_at=START,
        key="k",
        now=NOW,
    )


def totals() -> list[tuple[int, Decimal]]:
    """Return month and quantity of each total that is not zero, oldest first."""
    rows = fetch_all(
        "SELECT p.starts, t.quantity FROM usage_total t JOIN accounts_period p ON p.id = t.period_id"
        " WHERE t.quantity <> 0 ORDER BY p.starts"
    )
    return [(starts.month, quantity) for starts, quantity in rows]


def quantity(value: str, number: object, **changes: Any) -> dict[str, Any]:
    return cloud_event(f"{number}", data={"quantity": value}, **changes)


class TestTotals:
    def test_sums_grow_in_their_own_period(self, cast: Cast) -> None:
        sell(cast)

        ingest(cast.nimbus, quantity("1.5", 1), quantity("2", 2), quantity("4", 3, time=OCTOBER))
        ingest(cast.nimbus, quantity("0.25", 4))

        assert totals() == [(10, Decimal(4)), (11, Decimal("3.75"))]

    def test_usage_before_the_contract_has_no_total(self, cast: Cast) -> None:
        sell(cast)

        ingest(cast.nimbus, quantity("1", 1, time=(START - timedelta(minutes=1)).isoformat()))

        assert totals() == []

    def test_every_change_is_marked(self, cast: Cast) -> None:
        sell(cast)
        before = fetch_all("SELECT count(*) FROM usage_mark")

        ingest(cast.nimbus, quantity("1", 1))

        assert fetch_all("SELECT count(*) - %s FROM usage_mark", [before[0][0]]) == [(1,)]
        assert fetch_all("SELECT tenant_ids FROM usage_mark ORDER BY id DESC LIMIT 1") == [
            ([cast.acme],)
        ]

    def test_max_keeps_the_highest_of_the_period(self, cast: Cast) -> None:
        sell(cast, aggregation="max")

        ingest(
            cast.nimbus,
            quantity("5", 1, minutes_ago=200),
            quantity("3", 2),
            quantity("9", 3, time=OCTOBER),
        )
        ingest(cast.nimbus, quantity("4", 4))

        assert totals() == [(10, Decimal(9)), (11, Decimal(5))]

    def test_latest_keeps_the_last_of_the_period(self, cast: Cast) -> None:
        sell(cast, aggregation="latest")

        ingest(cast.nimbus, quantity("5", 1, minutes_ago=10), quantity("3", 2))
        ingest(cast.nimbus, quantity("7", 3, minutes_ago=300), quantity("9", 4, time=OCTOBER))

        assert totals() == [(10, Decimal(9)), (11, Decimal(5))]

    def test_an_identity_counts_once_per_period(self, cast: Cast) -> None:
        sell(cast, aggregation="unique", identity="sip")
        anna, also_anna, bob = "sip:anna@x.org", "sip:anna@X.org:5060", "sip:bob@x.org"

        ingest(cast.nimbus, cloud_event(1, subject=anna), cloud_event(2, subject=also_anna))
        ingest(
            cast.nimbus, cloud_event(3, subject=bob), cloud_event(4, subject=anna, minutes_ago=300)
        )
        ingest(cast.nimbus, cloud_event(5, subject=anna, time=OCTOBER))

        assert totals() == [(10, Decimal(1)), (11, Decimal(2))]

    def test_an_earlier_occurrence_that_comes_later_is_the_first(self, cast: Cast) -> None:
        sell(cast, aggregation="unique", identity="sip")

        ingest(cast.nimbus, cloud_event(1, subject="sip:anna@x.org", minutes_ago=10))
        ingest(cast.nimbus, cloud_event(2, subject="sip:anna@x.org", minutes_ago=300))
        ingest(cast.nimbus, cloud_event(3, subject="sip:anna@x.org", minutes_ago=20))

        assert totals() == [(11, Decimal(1))]
        assert fetch_all("SELECT first_at FROM usage_unique") == [(NOW - timedelta(minutes=300),)]

    def test_a_duration_counts_seconds_times_size(self, cast: Cast) -> None:
        sell(cast, aggregation="duration")
        start = {"data": {"action": "start", "quantity": "0.5"}, "subject": "vm"}
        stop = {"data": {"action": "stop"}, "subject": "vm"}

        ingest(cast.nimbus, cloud_event("stop", minutes_ago=40, **stop))
        ingest(cast.nimbus, cloud_event("start", minutes_ago=140, **start))
        ingest(cast.nimbus, cloud_event("earlier stop", minutes_ago=80, **stop))

        assert totals() == [(11, Decimal(30 * 60))]


class TestClosedPeriods:
    def test_late_usage_opens_a_closed_period_again(self, cast: Cast) -> None:
        sell(cast)
        ingest(cast.nimbus, quantity("4", 1, time=OCTOBER))
        archive_october()

        results = ingest(cast.nimbus, quantity("2.5", 2, time=OCTOBER))

        assert verdicts(results) == ["accepted"]
        assert totals() == [(10, Decimal("6.5"))]
        assert fetch_all(
            "SELECT state FROM accounts_period WHERE extract(month FROM starts) = 10"
        ) == [("late",)]
        assert fetch_all("SELECT count(*) FROM usage_period_line") == [(0,)]


def archive_october() -> None:
    """Close October as the hourly job does: its totals go to the archive."""
    ((period_id, provider_id),) = fetch_all(
        "SELECT id, provider_id FROM accounts_period WHERE extract(month FROM starts) = 10"
    )
    execute(
        "INSERT INTO usage_period_line (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start,"
        " less_minor, amount_minor, closed_at) SELECT provider_id, tenant_id, period_id, segment_id, price_id,"
        " quantity, start, less_minor, quantity * 100, %s FROM usage_total WHERE period_id = %s",
        [NOW, period_id],
    )
    execute("DELETE FROM usage_total WHERE period_id = %s", [period_id])
    execute("UPDATE accounts_period SET state = 'late' WHERE id = %s", [period_id])
    close_periods(provider_id=provider_id, period_ids=[period_id])


class TestHourlyRows:
    @pytest.mark.parametrize("hour", ["2026-11-20T12:00:00Z", "1999-12-31T23:00:00Z"])
    def test_they_are_of_full_utc_hours(self, cast: Cast, hour: str) -> None:
        assert execute(ADD_HOUR, [cast.nimbus, cast.acme, meter(cast.nimbus), hour]) == 1

    @pytest.mark.parametrize(
        "hour",
        ["2026-11-20T12:30:00Z", "2026-11-20T12:00:00.000001Z", "1999-12-31T23:59:59Z", "infinity"],
    )
    def test_the_database_refuses_other_moments(self, cast: Cast, hour: str) -> None:
        meter_id = meter(cast.nimbus)

        with pytest.raises(IntegrityError, match="usage_hour_full_hour"), transaction.atomic():
            execute(ADD_HOUR, [cast.nimbus, cast.acme, meter_id, hour])
