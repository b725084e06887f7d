"""Call History: who called whom, and what it cost by the price at its time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.calls import CallQuery, call_components, list_calls
from usage.selectors.consumption import usage_this_period
from usage.services.ingestion import ingest_cloudevents
from usage.services.meters import create_meter
from usage.services.overrides import set_override
from usage.services.retention import erase_payloads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from usage.selectors.calls import CallKey, CallList, CallRow

NOW = START + timedelta(days=20)


class Telephony:
    """A provider that sells calls to one tenant, by meters for both directions."""

    def __init__(self, figures: Mapping[str, Any], model: str = "per_unit") -> None:
        self.shop = Shop.open()
        self.number = 0
        with provider_scope(self.shop.provider_id):
            self.tenant = self.shop.tenant("acme")
            for code, step in (("inbound", None), ("outbound", Decimal(6))):
                self.shop.meters[code] = create_meter(
                    provider_id=self.shop.provider_id,
                    code=code,
                    name=code,
                    event_type="voice.call",
                    aggregation="sum",
                    now=START,
                    filters=[{"property": "direction", "values": [code]}],
                    increment=step,
                    unit_name="seconds",
                )
                self.shop.price(code, figures, model)
            self.version, self.prices = self.shop.version()
            self.shop.subscribe(self.tenant, self.version)

    def call(self, seconds: int, minutes: int = 0, **changes: Any) -> None:
        """Take one call in, some minutes after the first of the month."""
        self.number += 1
        data = {"quantity": str(seconds), "direction": "outbound", "from": "100", "to": "+4930"}
        event = {
            "specversion": "1.0",
            "id": changes.pop("id", f"c{self.number}"),
            "source": "pbx",
            "type": "voice.call",
            "tenant": "acme",
            "time": (START + timedelta(minutes=minutes)).isoformat(),
            "data": {**data, **changes},
        }
        with provider_scope(self.shop.provider_id):
            (result,) = ingest_cloudevents(
                provider_id=self.shop.provider_id, items=[event], now=NOW
            )
        assert result.verdict == "accepted", result

    def page(self, limit: int = 50, before: CallKey | None = None, **wanted: Any) -> CallList:
        scan = wanted.pop("scan", 20_000)
        with as_role("app"), tenant_scope(self.shop.provider_id, self.tenant):
            return list_calls(
                self.shop.provider_id,
                self.tenant,
                wanted=CallQuery(**wanted),
                before=before,
                limit=limit,
                scan=scan,
            )

    def rows(self, **wanted: Any) -> list[CallRow]:
        return list(self.page(**wanted).rows)

    def due(self) -> Decimal:
        """Return what the bill says of the running period, major units."""
        with provider_scope(self.shop.provider_id):
            (period,) = usage_this_period(self.shop.provider_id, self.tenant)
        return period.exact_minor / 100


@pytest.fixture
def worker(db: None) -> Iterator[None]:
    with as_role("worker"):
        yield


@pytest.fixture
def phones(worker: None) -> Telephony:
    return Telephony({"unit": "0.0005"})


class TestCost:
    def test_a_plain_price_is_the_call_s_own(self, phones: Telephony) -> None:
        phones.call(61)

        (row,) = phones.rows()

        assert (row.caller, row.called, row.direction) == ("100", "+4930", "outbound")
        assert row.talk_seconds == 61
        charge = row.charge
        assert charge is not None
        assert (charge.billed, charge.unit, charge.rate) == (
            Decimal(66),
            "seconds",
            Decimal("0.0005"),
        )
        assert (charge.amount, charge.currency, charge.is_about) == (Decimal("0.033"), "USD", False)
        assert (charge.line, charge.meter) == ("outbound", "outbound")

    def test_calls_add_up_to_the_bill(self, phones: Telephony) -> None:
        for seconds in (0, 1, 6, 7, 3599):
            phones.call(seconds, seconds)
            phones.call(seconds, seconds, direction="inbound")

        costs = [row.charge.amount for row in phones.rows() if row.charge and row.charge.amount]

        assert sum(costs, Decimal(0)) == phones.due()

    @pytest.mark.parametrize(
        ("model", "figures"),
        [
            ("graduated", {"tiers": [{"up_to": "100", "unit": "0.02"}, {"unit": "0.01"}]}),
            ("volume", {"tiers": [{"up_to": "100", "unit": "0.02"}, {"unit": "0.01"}]}),
            ("package", {"unit": "0.60", "package_size": "60"}),
            ("per_unit", {"unit": "0.01", "included": "90"}),
            ("per_unit", {"unit": "0.01", "cap": "1.00"}),
            ("per_unit", {"unit": "0.01", "minimum": "9.00"}),
        ],
    )
    def test_other_prices_are_shared_by_the_period_s_average(
        self, worker: None, model: str, figures: dict[str, Any]
    ) -> None:
        phones = Telephony(figures, model)
        for seconds in (30, 61, 122):
            phones.call(seconds, seconds)

        charges = [row.charge for row in phones.rows()]

        assert all(charge and charge.is_about for charge in charges)
        total = sum((charge.amount or 0 for charge in charges if charge), Decimal(0))
        assert abs(total - phones.due()) < Decimal("1e-9")

    def test_the_price_at_its_time_counts(self, phones: Telephony) -> None:
        with provider_scope(phones.shop.provider_id):
            set_override(
                provider_id=phones.shop.provider_id,
                tenant_id=phones.tenant,
                price_id=phones.prices["outbound"],
                figures={"unit": "0.0001"},
                valid_from=START + HOUR,
                now=START,
            )
        phones.call(60, 59)
        phones.call(60, 60)

        rates = [row.charge.rate for row in phones.rows() if row.charge]

        assert rates == [Decimal("0.0001"), Decimal("0.0005")]

    def test_a_call_that_no_meter_counts_costs_nothing(self, phones: Telephony) -> None:
        phones.call(60, direction="internal")

        (row,) = phones.rows()

        assert (row.direction, row.charge) == ("internal", None)


class TestList:
    def test_pages_repeat_nothing_and_leave_nothing_out(self, phones: Telephony) -> None:
        for number in range(7):
            phones.call(number, number // 3, id=f"same-{number}")
        seen: list[Decimal | None] = []
        before = None

        while True:
            page = phones.page(limit=2, before=before)
            seen += [row.talk_seconds for row in page.rows]
            before = page.next_before
            if before is None:
                break

        assert sorted(map(int, filter(None, seen))) == [1, 2, 3, 4, 5, 6]
        assert len(seen) == 7
        assert seen == [row.talk_seconds for row in phones.rows()]

    @pytest.mark.parametrize("number", ["+49 30 55", "004930-55", "3055", "55"])
    def test_a_number_is_found_however_it_is_written(self, phones: Telephony, number: str) -> None:
        phones.call(1, to="+49 (30) 55")
        caller: dict[str, Any] = {"from": "0049 30 55"}
        phones.call(2, **caller)
        phones.call(3)

        assert [row.talk_seconds for row in phones.rows(number=number)] == [2, 1]

    def test_direction_and_time_are_filters(self, phones: Telephony) -> None:
        phones.call(1, 0)
        phones.call(2, 1, direction="inbound")
        phones.call(3, 2, direction="internal")

        assert [row.talk_seconds for row in phones.rows(direction="inbound")] == [2]
        assert [row.talk_seconds for row in phones.rows(direction="internal")] == [3]
        bounds = {"starts": START, "ends": START + timedelta(minutes=2)}
        assert [row.talk_seconds for row in phones.rows(**bounds)] == [2, 1]

    def test_a_long_search_stops_and_goes_on(self, phones: Telephony) -> None:
        phones.call(99, 0, to="777")
        for minute in range(1, 10):
            phones.call(1, minute)

        first = phones.page(limit=2, number="777", scan=4)
        second = phones.page(limit=2, number="777", scan=4, before=first.next_before)
        third = phones.page(limit=2, number="777", scan=4, before=second.next_before)

        assert (list(first.rows), list(second.rows)) == ([], [])
        assert first.searched_back_to == START + timedelta(minutes=6)
        assert [row.talk_seconds for row in third.rows] == [99]
        assert (third.next_before, third.searched_back_to) == (None, None)

    def test_removed_numbers_leave_seconds_and_cost(self, phones: Telephony) -> None:
        phones.call(60)
        phones.call(60, direction="inbound")
        before = phones.due()
        erase_payloads(provider_id=phones.shop.provider_id, now=START + timedelta(days=500))

        rows = phones.rows()

        assert {(row.caller, row.called, row.is_erased) for row in rows} == {("", "", True)}
        assert {row.direction for row in rows} == {"inbound", "outbound"}
        costs = [row.charge.amount for row in rows if row.charge and row.charge.amount]
        assert sum(costs, Decimal(0)) == phones.due() == before
        assert len(phones.rows(direction="inbound")) == 1

    def test_other_tenants_and_other_events_are_no_calls(self, phones: Telephony) -> None:
        with provider_scope(phones.shop.provider_id):
            other = phones.shop.tenant("globex")
        phones.call(1)

        with provider_scope(phones.shop.provider_id):
            found = list_calls(phones.shop.provider_id, other, wanted=CallQuery())
        assert list(found.rows) == []

    def test_the_prices_of_calls_are_known(self, phones: Telephony) -> None:
        with as_role("app"), tenant_scope(phones.shop.provider_id, phones.tenant):
            assert call_components(phones.shop.provider_id) == {"inbound", "outbound"}

    def test_many_calls_take_as_many_queries_as_one(self, phones: Telephony) -> None:
        phones.call(1)
        with CaptureQueriesContext(connection) as few:
            phones.rows()
        for minute in range(30):
            phones.call(1, minute, direction=("inbound", "outbound")[minute % 2])

        with CaptureQueriesContext(connection) as many:
            phones.rows()

        assert len(many) == len(few)

    def test_the_index_of_calls_is_used(self, phones: Telephony) -> None:
        phones.call(1)
        with CaptureQueriesContext(connection) as queries:
            phones.rows()
        sql = next(q["sql"] for q in queries.captured_queries if "WITH seen" in q["sql"])

        with (
            as_role("app"),
            tenant_scope(phones.shop.provider_id, phones.tenant),
            connection.cursor() as cursor,
        ):
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute(f"EXPLAIN {sql}")
            plan = "\n".join(line for (line,) in cursor.fetchall())

        assert "Index Scan Backward" in plan
        assert "type = " not in plan
