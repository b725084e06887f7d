"""Hours and days of a contract cost together what the contract costs, wherever one begins to look."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.consumption import usage_this_period
from usage.selectors.hour_costs import day_costs, hour_costs
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = timedelta(days=1)
GRADUATED = {"tiers": [{"up_to": "12", "unit": "1"}, {"up_to": None, "unit": "0.25"}]}
# (meter, aggregation, hour, quantity): over three days and both sides of a midnight in Berlin.
USED = (
    ("calls", 0, 5),
    ("calls", 9, 4),
    ("calls", 23, 10),
    ("calls", 24, 2),
    ("calls", 50, 7),
    ("peak", 1, 3),
    ("peak", 10, 9),
    ("peak", 22, 4),
    ("peak", 30, 11),
    ("level", 2, 6),
    ("level", 12, 2),
    ("level", 26, 8),
    ("level", 51, 1),
)


@pytest.fixture
def contract(db: None) -> Iterator[tuple[int, int]]:
    """Sell meters of every kind, and let them be used."""
    with as_role("worker"):
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            tenant_id = shop.tenant("acme")
            shop.price("calls", GRADUATED, "graduated")
            for meter, aggregation in (("peak", "max"), ("level", "latest")):
                shop.meter(meter, aggregation)
                shop.price(meter, {"unit": "2"})
            shop.meter("people", "unique")
            shop.price("people", {"unit": "4"})
            shop.fee("base", "3")
            version, _ = shop.version()
            shop.subscribe(tenant_id, version)
            for meter, hour, quantity in USED:
                shop.use(tenant_id, meter, quantity, START + hour * HOUR)
            for number, hour in enumerate((3, 25, 25, 49)):
                at = START + hour * HOUR
                shop.use(tenant_id, "people", 1, at, identity=f"{number:032x}")
        # The first run enters the fee.
        charge_hours(provider_id=shop.provider_id, until=START + HOUR, now=START + HOUR)
        yield shop.provider_id, tenant_id


def hours(
    contract: tuple[int, int], since: datetime, until: datetime
) -> dict[tuple[str, datetime], Decimal]:
    """Return what hours cost by component and hour, without what cost nothing."""
    with as_role("app"), tenant_scope(*contract):
        found = hour_costs(*contract, since=since, until=until)
    return {(row.code, row.hour): row.amount_minor for row in found if row.amount_minor}


class TestHourCosts:
    def test_add_up_to_the_period(self, contract: tuple[int, int]) -> None:
        with as_role("app"), tenant_scope(*contract):
            (period,) = usage_this_period(*contract)

        every = hours(contract, START, START + 31 * DAY)

        assert sum(every.values()) == period.exact_minor
        assert every["base", START] == 300

    @pytest.mark.parametrize("first", [0, 1, 10, 23, 24, 25, 48, 60])
    def test_are_the_same_wherever_one_begins_to_look(
        self, contract: tuple[int, int], first: int
    ) -> None:
        every = hours(contract, START, START + 4 * DAY)
        since, until = START + first * HOUR, START + (first + 20) * HOUR

        some = hours(contract, since, until)

        assert some == {key: cost for key, cost in every.items() if since <= key[1] < until}

    def test_tell_how_much_was_used(self, contract: tuple[int, int]) -> None:
        with as_role("app"), tenant_scope(*contract):
            found = hour_costs(
                *contract, since=START + 23 * HOUR, until=START + 25 * HOUR, code="calls"
            )

        # 9 stand before; of these 10, 3 are within the first tier.
        assert [(row.quantity, row.amount_minor) for row in found] == [
            (Decimal(10), Decimal(300 + 7 * 25)),
            (Decimal(2), Decimal(50)),
        ]


class TestDayCosts:
    @pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"])
    def test_are_the_sums_of_their_hours(self, contract: tuple[int, int], name: str) -> None:
        zone = ZoneInfo(name)
        first = datetime.combine(START.astimezone(zone).date(), time.min, zone)
        sums: defaultdict[object, Decimal] = defaultdict(Decimal)
        for (code, hour), cost in hours(contract, START, START + 4 * DAY).items():
            sums[code, hour.astimezone(zone).date()] += cost

        with as_role("app"), tenant_scope(*contract):
            found = day_costs(*contract, since=first, until=first + 4 * DAY, zone=name)

        assert {
            (row.code, row.hour.astimezone(zone).date()): row.amount_minor
            for row in found
            if row.amount_minor
        } == {key: cost for key, cost in sums.items() if cost}

    def test_are_the_same_wherever_one_begins_to_look(self, contract: tuple[int, int]) -> None:
        with as_role("app"), tenant_scope(*contract):
            every = day_costs(*contract, since=START, until=START + 4 * DAY, zone="UTC")
            some = day_costs(*contract, since=START + DAY, until=START + 3 * DAY, zone="UTC")

        assert some == [row for row in every if START + DAY <= row.hour < START + 3 * DAY]

    def test_are_nobody_else_s(self, contract: tuple[int, int]) -> None:
        provider_id, tenant_id = contract
        with as_role("app"), tenant_scope(provider_id, tenant_id + 1):
            found = day_costs(*contract, since=START, until=START + 4 * DAY, zone="UTC")

        assert found == []
