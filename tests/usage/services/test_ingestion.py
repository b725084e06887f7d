"""A batch of events: one verdict each, kept once, counted in its hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import close_tenant
from tests.usage.services.events import NOW, cloud_event, ingest, meter, verdicts
from usage.models import Event, ParkedEvent, UsageHour
from usage.services.meters import ensure_source

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("in_nimbus")


def hours(meter_id: int) -> dict[str, Decimal]:
    rows = UsageHour.objects.filter(meter_id=meter_id).order_by("hour")
    return {row.hour.strftime("%H"): row.quantity for row in rows}


class TestVerdicts:
    def test_an_event_is_counted_in_its_hour(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)

        results = ingest(cast.nimbus, cloud_event(1), cloud_event(2, minutes_ago=150))

        assert verdicts(results) == ["accepted", "accepted"]
        assert hours(calls) == {"10": Decimal("1.5"), "11": Decimal("1.5")}
        assert Event.objects.filter(tenant_id=cast.acme).count() == 2

    def test_a_repeated_event_is_a_duplicate(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1))

        results = ingest(cast.nimbus, cloud_event(1), cloud_event(1, data={"quantity": "1.50"}))

        assert verdicts(results) == ["duplicate", "duplicate"]
        assert hours(calls) == {"11": Decimal("1.5")}

    @pytest.mark.parametrize(
        "changes",
        [{"data": {"quantity": "2"}}, {"tenant": "globex"}, {"type": "sms"}, {"subject": "x"}],
    )
    def test_the_same_id_with_other_content_is_a_conflict(
        self, cast: Cast, changes: dict[str, Any]
    ) -> None:
        calls = meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1))

        results = ingest(cast.nimbus, cloud_event(1, **changes))

        assert verdicts(results) == ["conflict:same_id_other_content"]
        assert hours(calls) == {"11": Decimal("1.5")}

    def test_a_batch_may_repeat_itself(self, cast: Cast) -> None:
        meter(cast.nimbus)
        other = cloud_event(1, data={"quantity": "9"})

        results = ingest(cast.nimbus, cloud_event(1), cloud_event(1), other, cloud_event(2))

        assert verdicts(results) == [
            "accepted", "duplicate", "conflict:same_id_other_content", "accepted",
        ]  # fmt: skip

    def test_the_stored_content_decides_for_a_whole_batch(self, cast: Cast) -> None:
        meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1))

        results = ingest(cast.nimbus, cloud_event(1, data={"quantity": "9"}), cloud_event(1))

        assert verdicts(results) == ["conflict:same_id_other_content", "duplicate"]

    def test_ids_are_independent_between_sources_and_providers(self, cast: Cast) -> None:
        meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1))

        assert verdicts(ingest(cast.nimbus, cloud_event(1, source="other"))) == ["accepted"]
        with provider_scope(cast.sonora):
            meter(cast.sonora)
            assert verdicts(ingest(cast.sonora, cloud_event(1, tenant="aria"))) == ["accepted"]

    def test_one_bad_event_never_loses_the_rest(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)
        bad: list[object] = [
            None,
            cloud_event("nan", data={"quantity": "NaN"}),
            cloud_event("inf", data={"quantity": "Infinity"}),
            cloud_event("big", data={"quantity": "1e30"}),
            cloud_event("long", data={"quantity": "0." + "1" * 40}),
            cloud_event("minus", data={"quantity": "-1"}),
            cloud_event("none", data={}),
            cloud_event("1970", time="1970-01-01T00:00:00Z"),
            cloud_event("future", minutes_ago=-6),
            cloud_event("late", minutes_ago=35 * 24 * 60 + 1),
            cloud_event("nul", subject="a\0b"),
            cloud_event("name", tenant="x" * 10_000),
            cloud_event("type", type=7),
        ]

        results = ingest(cast.nimbus, cloud_event(1), *bad, cloud_event(2))

        assert verdicts(results) == [
            "accepted",
            "rejected:invalid_event",
            "rejected:invalid_quantity",
            "rejected:invalid_quantity",
            "rejected:too_large",
            "rejected:too_many_decimals",
            "rejected:negative",
            "rejected:missing_value",
            "rejected:too_late",
            "rejected:future",
            "rejected:too_late",
            "rejected:invalid_subject",
            "rejected:too_long",
            "rejected:invalid_type",
            "accepted",
        ]
        assert hours(calls) == {"11": Decimal(3)}

    def test_a_rejected_id_may_be_sent_again(self, cast: Cast) -> None:
        meter(cast.nimbus)
        ingest(cast.nimbus, cloud_event(1, data={"quantity": "-1"}))

        assert verdicts(ingest(cast.nimbus, cloud_event(1))) == ["accepted"]

    def test_unusual_text_is_kept(self, cast: Cast) -> None:
        meter(cast.nimbus)
        odd = "back\\slash \u202e \U0001f600 \u0e01 %s {0} \\N '\""

        results = ingest(
            cast.nimbus, cloud_event(odd, subject=odd, data={"quantity": "1", odd: "\\t\t\n"})
        )

        assert verdicts(results) == ["accepted"]
        event = Event.objects.get()
        assert (event.event_id, event.subject) == (f"e-{odd}", odd)
        assert event.properties == {"quantity": "1", odd: "\\t\t\n"}

    def test_every_digit_is_kept(self, cast: Cast) -> None:
        calls = meter(cast.nimbus, allows_negative=True)
        quantities = [
            "999999999999999999.999999999999999999",
            "0.000000000000000001",
            "-0.000000000000000002",
        ]

        ingest(
            cast.nimbus, *[cloud_event(n, data={"quantity": q}) for n, q in enumerate(quantities)]
        )

        assert hours(calls) == {"11": Decimal("999999999999999999.999999999999999998")}

    def test_an_empty_batch_is_no_work(self, cast: Cast) -> None:
        assert ingest(cast.nimbus) == []


class TestParking:
    def test_unknown_tenants_and_meters_are_kept(self, cast: Cast) -> None:
        meter(cast.nimbus)

        results = ingest(cast.nimbus, cloud_event(1, tenant="nobody"), cloud_event(2, type="fax"))

        assert verdicts(results) == ["parked:unknown_tenant", "parked:unknown_meter"]
        parked = ParkedEvent.objects.get(event_id="e-1")
        assert parked.payload == {"subject": "", "data": {"quantity": "1.5"}}
        assert Event.objects.filter(tenant_id=cast.acme).count() == 0

    def test_a_parked_event_sent_again_is_a_duplicate(self, cast: Cast) -> None:
        ingest(cast.nimbus, cloud_event(1))

        assert verdicts(ingest(cast.nimbus, cloud_event(1))) == ["duplicate"]

    def test_a_closed_tenant_is_parked(self, cast: Cast) -> None:
        meter(cast.nimbus)
        close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)

        assert verdicts(ingest(cast.nimbus, cloud_event(1))) == ["parked:closed_tenant"]

    def test_a_suspended_tenant_is_counted(self, cast: Cast) -> None:
        calls = meter(cast.nimbus)
        suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)

        assert verdicts(ingest(cast.nimbus, cloud_event(1))) == ["accepted"]
        assert hours(calls) == {"11": Decimal("1.5")}

    def test_another_providers_tenant_is_unknown(self, cast: Cast) -> None:
        meter(cast.nimbus)

        assert verdicts(ingest(cast.nimbus, cloud_event(1, tenant="aria"))) == [
            "parked:unknown_tenant"
        ]


class TestAggregations:
    def test_one_type_feeds_several_meters(self, cast: Cast) -> None:
        seconds, count = meter(cast.nimbus), meter(cast.nimbus, "count", aggregation="count")

        ingest(cast.nimbus, cloud_event(1), cloud_event(2))

        assert hours(seconds) == {"11": Decimal(3)}
        assert hours(count) == {"11": Decimal(2)}

    def test_what_every_filter_leaves_out_is_kept_uncounted(self, cast: Cast) -> None:
        calls = meter(cast.nimbus, filters=[{"property": "direction", "values": ["out"]}])

        results = ingest(cast.nimbus, cloud_event(1, data={"quantity": "1", "direction": "in"}))

        assert verdicts(results) == ["accepted"]
        assert hours(calls) == {}
        assert Event.objects.get().meter_ids == []

    def test_increments_round_each_event(self, cast: Cast) -> None:
        calls = meter(cast.nimbus, increment=Decimal(6))

        ingest(
            cast.nimbus,
            cloud_event(1, data={"quantity": "1"}),
            cloud_event(2, data={"quantity": "7"}),
        )

        assert hours(calls) == {"11": Decimal(18)}

    def test_max_keeps_the_highest(self, cast: Cast) -> None:
        peak = meter(cast.nimbus, aggregation="max")

        ingest(
            cast.nimbus,
            cloud_event(1, data={"quantity": "5"}),
            cloud_event(2, data={"quantity": "3"}),
        )
        ingest(cast.nimbus, cloud_event(3, data={"quantity": "4"}))

        assert hours(peak) == {"11": Decimal(5)}

    def test_latest_keeps_the_last_whatever_the_order(self, cast: Cast) -> None:
        size = meter(cast.nimbus, aggregation="latest")

        ingest(cast.nimbus, cloud_event(1, minutes_ago=35, data={"quantity": "5"}))
        ingest(
            cast.nimbus,
            cloud_event(2, minutes_ago=60, data={"quantity": "3"}),
            cloud_event(3, minutes_ago=31, data={"quantity": "7"}),
            cloud_event(4, minutes_ago=33, data={"quantity": "4"}),
        )

        assert hours(size) == {"11": Decimal(7)}

    def test_a_duration_counts_what_has_ended(self, cast: Cast) -> None:
        runtime = meter(cast.nimbus, aggregation="duration")
        stop = cloud_event("stop", minutes_ago=30, subject="vm", data={"action": "stop"})
        start = cloud_event(
            "start", minutes_ago=120, subject="vm", data={"action": "start", "quantity": "2"}
        )

        ingest(cast.nimbus, stop)
        ingest(cast.nimbus, start)

        assert hours(runtime) == {"10": 3600, "11": 7200, "12": 0}

    def test_a_source_may_use_its_own_words(self, cast: Cast) -> None:
        calls = meter(cast.nimbus, filters=[{"property": "direction", "values": ["outbound"]}])
        ensure_source(
            provider_id=cast.nimbus,
            code="switch",
            now=NOW,
            property_map={"direction": {"from": "dir", "values": {"O": "outbound"}}},
        )

        ingest(cast.nimbus, cloud_event(1, data={"quantity": "1", "dir": "O"}))

        assert hours(calls) == {"11": Decimal(1)}


class TestTime:
    @pytest.mark.parametrize(
        ("time", "hour"),
        [
            ("2026-11-20T11:59:59.999999Z", datetime(2026, 11, 20, 11, tzinfo=UTC)),
            ("2026-11-20T17:30:00+05:45", datetime(2026, 11, 20, 11, tzinfo=UTC)),
            ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, tzinfo=UTC)),
            ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ],
    )
    def test_the_hour_is_utc(self, cast: Cast, time: str, hour: datetime) -> None:
        meter(cast.nimbus)

        ingest(cast.nimbus, cloud_event(1, time=time))

        assert UsageHour.objects.get().hour == hour

    def test_a_month_is_made_on_demand(self, cast: Cast) -> None:
        meter(cast.nimbus)
        at = datetime(2031, 2, 3, tzinfo=UTC)

        results = ingest(
            cast.nimbus, cloud_event(1, time=at.isoformat()), now=at + timedelta(hours=1)
        )

        assert verdicts(results) == ["accepted"]
        assert fetch_all("SELECT to_regclass('usage_event_y2031m02') IS NOT NULL") == [(True,)]
