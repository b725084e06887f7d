"""What all tenants used together is the sum of their hourly rows, before and after it is folded."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, transaction

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from usage.selectors.explorer import Hours, hourly_rows, used_by_hour, used_by_meter
from usage.services.hour_sums import fold_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

ALWAYS = Hours(START, START + timedelta(days=30))
_TRUTH = """
SELECT meter_id, sum(quantity), sum(events)::bigint, count(*) FROM usage_hour
 WHERE provider_id = %s GROUP BY 1 ORDER BY 1
"""


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            for meter, aggregation in (
                ("calls", "sum"),
                ("peak", "max"),
                ("level", "latest"),
            ):
                shop.meter(meter, aggregation)
            tenants = [shop.tenant(), shop.tenant()]
            for meter in shop.meters:
                for number, tenant in enumerate(tenants):
                    shop.use(tenant, meter, 3 + number, START)
                    # A row that stands already is raised, replaced or added to.
                    shop.use(tenant, meter, 7, START + HOUR / 2)
                    shop.use(tenant, meter, 5, START + HOUR)
        yield shop


def truth(shop: Shop) -> list[tuple[object, ...]]:
    return fetch_all(_TRUTH, [shop.provider_id])


def told(shop: Shop) -> list[tuple[object, ...]]:
    rows = used_by_meter(shop.provider_id, ALWAYS)
    return [(row.key, row.quantity, row.events, row.tenants) for row in rows]


class TestSums:
    def test_are_those_of_the_hourly_rows_whatever_the_meter(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            assert told(shop) == truth(shop)
            assert [row[1] for row in told(shop)] == [
                (3 + 7 + 5) + (4 + 7 + 5),
                (7 + 5) * 2,
                (7 + 5) * 2,
            ]

    def test_stay_the_same_while_they_are_folded_and_changed(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            before = told(shop)

        assert fold_hours() > 0
        assert fold_hours() == 0

        with provider_scope(shop.provider_id):
            assert told(shop) == before
            shop.use(shop.tenant(), "calls", 100, START)
            shop.use(shop.tenant(), "calls", -1, START + 5 * HOUR)
            assert told(shop) == truth(shop)
        fold_hours()
        with provider_scope(shop.provider_id):
            assert told(shop) == truth(shop)

    def test_follow_rows_that_are_changed_or_removed_by_hand(self, shop: Shop) -> None:
        fold_hours()
        with as_role("owner"):
            execute(
                "UPDATE usage_hour SET quantity = quantity * 2 WHERE provider_id = %s",
                [shop.provider_id],
            )
            execute(
                "DELETE FROM usage_hour WHERE provider_id = %s AND hour = %s",
                [shop.provider_id, START],
            )

        with provider_scope(shop.provider_id):
            assert told(shop) == truth(shop)
            hours = used_by_hour(shop.provider_id, ALWAYS)
            assert {row.key for row in hours} == {START + HOUR}
            assert hourly_rows(shop.provider_id, ALWAYS) == 6

    def test_of_another_provider_are_not_among_them(self, shop: Shop) -> None:
        other = Shop.open()
        fold_hours()

        with as_role("app"), provider_scope(other.provider_id):
            assert used_by_meter(other.provider_id, ALWAYS) == []
            assert used_by_meter(shop.provider_id, ALWAYS) == []

    def test_cannot_be_written_by_the_web(self, shop: Shop) -> None:
        with as_role("app"), provider_scope(shop.provider_id):
            with pytest.raises(DatabaseError), transaction.atomic():
                execute("UPDATE usage_hour_sum SET quantity = 0")
            with pytest.raises(DatabaseError), transaction.atomic():
                execute("DELETE FROM usage_hour_change")
