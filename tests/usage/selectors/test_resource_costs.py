"""What each resource cost by day: its parts come to what was charged, and only what can be told apart is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest
from usage.selectors import resource_costs as shares
from usage.selectors.hour_costs import day_costs
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from usage.selectors.hour_costs import HourCost
    from usage.selectors.resource_costs import ResourceCosts

pytestmark = pytest.mark.django_db

NOW = START + timedelta(days=3)
DAY = timedelta(days=1)


class Costs:
    """A provider with a tenant whose events are counted and charged."""

    def __init__(self) -> None:
        self.shop = Shop.open()
        self.tenant_id = 0

    def offer(self, draft: str, *args: Any, **rules: Any) -> None:
        """Draft a price, a meter or a fee."""
        with as_role("worker"), provider_scope(self.shop.provider_id):
            getattr(self.shop, draft)(*args, **rules)

    def sell(self, *events: dict[str, Any]) -> None:
        """Subscribe the tenant to what was drafted, take its events and charge them."""
        with as_role("worker"):
            with provider_scope(self.shop.provider_id):
                self.tenant_id = self.shop.tenant("acme")
                version_id, _ = self.shop.version()
                self.shop.subscribe(self.tenant_id, version_id)
                for number, event in enumerate(events):
                    at = START + timedelta(hours=1 + number)
                    ingest(
                        self.shop.provider_id,
                        cloud_event(number, time=at.isoformat(), **event),
                        now=NOW,
                    )
            charge_hours(provider_id=self.shop.provider_id, until=NOW, now=NOW)

    def found(self, *, zone: str = "UTC") -> tuple[list[HourCost], ResourceCosts]:
        """Return costs by product and by resource."""
        own = (self.shop.provider_id, self.tenant_id)
        since, until = START - DAY, START + 40 * DAY
        with tenant_scope(*own):
            days = day_costs(*own, since=since, until=until, zone=zone)
            return days, shares.resource_costs(*own, days, since=since, until=until, zone=zone)


def sums(costs: ResourceCosts) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in costs.found:
        found[row.code] = found.get(row.code, Decimal(0)) + row.amount_minor
    return found


def by_product(days: list[HourCost]) -> Decimal:
    return sum((row.amount_minor for row in days), Decimal(0))


def of(subject: str, quantity: str, kind: str = "calls") -> dict[str, Any]:
    """Return an event about something."""
    return {"type": kind, "subject": subject, "data": {"quantity": quantity}}


@pytest.fixture
def costs() -> Costs:
    return Costs()


def test_a_plain_price_is_each_resources_own(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "0.25"})
    costs.sell(of("a", "3"), of("b", "1"), of("a", "2"))

    days, found = costs.found()

    assert sums(found) == {"a": 125, "b": 25}
    assert found.told_from is None
    assert by_product(days) == 150


def test_tiers_are_shared_out_by_quantity_and_come_to_the_line(costs: Costs) -> None:
    tiers = [{"up_to": "10", "unit": "0.10"}, {"up_to": None, "unit": "0.07"}]
    costs.offer("price", "calls", {"tiers": tiers}, "graduated")
    costs.sell(of("a", "7"), of("b", "7"), of("c", "7.0000000001"))

    days, found = costs.found()

    assert sum(sums(found).values()) == by_product(days)
    assert {row.code for row in found.found} == {"a", "b", "c"}
    assert abs(sums(found)["a"] - by_product(days) / 3) < Decimal("0.01")
    assert sums(found)["a"] == sums(found)["b"] < sums(found)["c"]


def test_steps_of_a_meter_count_as_they_were_counted(costs: Costs) -> None:
    costs.offer("meter", "calls", increment=Decimal(6), increment_first=Decimal(30))
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(of("a", "1"), of("b", "31"), of("c", "0"))

    _, found = costs.found()

    assert sums(found) == {"a": 3000, "b": 3600}


def test_what_names_no_resource_and_fees_stay_together(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.offer("fee", "desk", "5", "setup")
    costs.sell(of("a", "3"), of("", "1"))

    _, found = costs.found()

    assert sums(found) == {"a": 300, shares.NO_RESOURCE: 600}


def test_one_value_per_hour_is_not_told_apart(costs: Costs) -> None:
    costs.offer("meter", "seats", "max")
    costs.offer("price", "seats", {"unit": "1"})
    costs.sell(of("a", "3", "seats"), of("b", "4", "seats"))

    _, found = costs.found()

    assert sums(found) == {shares.NO_RESOURCE: 400}


def test_a_running_resource_costs_by_its_seconds(costs: Costs) -> None:
    costs.offer("meter", "vm", "duration")
    costs.offer("price", "vm", {"unit": "0.01"})
    costs.sell()
    own = costs.shop.provider_id
    with as_role("worker"):
        with provider_scope(own):
            costs.shop.use(costs.tenant_id, "vm", 300, START + HOUR)
            costs.shop.use(costs.tenant_id, "vm", 600, START + DAY)
            for name, at, seconds, size in (
                ("a", HOUR, 100, 1),
                ("b", HOUR, 100, 2),
                ("a", DAY, 600, 1),
            ):
                execute(
                    "INSERT INTO usage_resource_interval (provider_id, tenant_id, meter_id, resource, size,"
                    " starts_at, ends_at, accrued_through) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        own,
                        costs.tenant_id,
                        costs.shop.meters["vm"],
                        name,
                        size,
                        START + at,
                        START + at + timedelta(seconds=seconds),
                        START + at + timedelta(seconds=seconds),
                    ],
                )
        charge_hours(provider_id=own, until=NOW, now=NOW)

    _, found = costs.found()

    assert sums(found) == {"a": 700, "b": 200}


def test_a_name_that_retention_took_away_is_told_no_more(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(of("a", "3"), of("b", "1"))
    with as_role("worker"), provider_scope(costs.shop.provider_id):
        execute("UPDATE usage_event SET subject = '', properties = NULL WHERE subject = 'a'")

    _, found = costs.found()

    assert sums(found) == {"b": 100, shares.NO_RESOURCE: 300}


def test_more_than_was_counted_is_not_told_apart(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(of("a", "3"), of("b", "1"))
    with as_role("worker"), provider_scope(costs.shop.provider_id):
        execute("UPDATE usage_event SET quantity = 9 WHERE subject = 'a'")

    _, found = costs.found()

    assert sums(found) == {shares.NO_RESOURCE: 400}


def test_a_correction_below_nothing_is_not_told_apart(costs: Costs) -> None:
    costs.offer("meter", "calls", allows_negative=True)
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(of("a", "3"), of("a", "-1"), of("b", "1"))
    assert sums(costs.found()[1]) == {"a": 200, "b": 100}


def test_only_the_newest_days_are_told_apart_where_there_are_too_many(
    costs: Costs, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(*[of("a", "1") for _ in range(20)], *[of("b", "1") for _ in range(10)])
    monkeypatch.setattr(shares, "EVENTS_MAX", 7)
    _, found = costs.found()
    # 23 events in the hours of the first day, 7 in those of the second.
    assert sums(found) == {"b": 700, shares.NO_RESOURCE: 2300}
    assert found.told_from == START + DAY

    monkeypatch.setattr(shares, "EVENTS_MAX", 6)
    _, found = costs.found()
    assert sums(found) == {shares.NO_RESOURCE: 3000}
    assert found.told_from is not None


def test_days_begin_in_the_tenants_zone(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(*[of("a" if number < 17 else "b", "1") for number in range(20)])

    days, found = costs.found(zone="Asia/Kolkata")

    assert sums(found) == {"a": 1700, "b": 300}
    assert {row.hour for row in found.found} == {row.hour for row in days}
    assert len(days) == 2


def test_another_tenant_sees_nothing_of_it(costs: Costs) -> None:
    costs.offer("price", "calls", {"unit": "1"})
    costs.sell(of("a", "3"))
    own = costs.shop.provider_id
    with as_role("worker"), provider_scope(own):
        other = costs.shop.tenant("globex")
    days, _ = costs.found()

    with tenant_scope(own, other):
        found = shares.resource_costs(
            own, costs.tenant_id, days, since=START, until=NOW, zone="UTC"
        )

    assert sums(found) == {shares.NO_RESOURCE: 300}
