"""The SQL form of F and the Python form are one function."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from billing_platform.kernel.rows import fetch_one
from tests.usage.pricing.test_tiers import QUANTITIES, specs
from usage.pricing.exact import plain
from usage.pricing.rating import (
    AMOUNT_SQL,
    BULK_AMOUNT_SQL,
    BULK_TIERS_SQL,
    TIER_SQL,
    due_minor,
    rate,
)
from usage.pricing.tiers import Tier, compile_price

if TYPE_CHECKING:
    from usage.pricing.spec import PriceSpec

QUERY = f"""
    SELECT {AMOUNT_SQL.format(quantity="q.quantity")}, count(*) OVER ()
      FROM (SELECT %(quantity)s::numeric AS quantity) q
      JOIN unnest(%(lo)s::numeric[], %(hi)s::numeric[], %(off)s::numeric[], %(base)s::numeric[], %(unit)s::numeric[],
                  %(pkg)s::numeric[]) AS f (lo, hi, off, base, unit, pkg)
        ON {TIER_SQL.format(quantity="q.quantity")}
"""
TIERS = """(
    SELECT 1 AS price_id, u.*
      FROM unnest(%(lo)s::numeric[], %(hi)s::numeric[], %(off)s::numeric[], %(base)s::numeric[], %(unit)s::numeric[],
                  %(pkg)s::numeric[]) AS u (lo, hi, off, base, unit, pkg))"""
BULK_QUERY = f"""
    SELECT coalesce(sum({BULK_AMOUNT_SQL.format(quantity="q.quantity")}), 0), count(*)
      FROM (SELECT %(quantity)s::numeric AS quantity) q
      LEFT JOIN {BULK_TIERS_SQL.format(tiers=TIERS, where="true")} f
        ON {TIER_SQL.format(quantity="q.quantity")}
"""


def texts(tiers: tuple[Tier, ...], field: str) -> list[str | None]:
    values = [getattr(tier, field) for tier in tiers]
    return [None if v is None else (plain(v) if v.is_finite() else str(v)) for v in values]


def rate_in_sql(
    tiers: tuple[Tier, ...], quantity: Decimal, query: str = QUERY
) -> tuple[Any, ...] | None:
    params: dict[str, Any] = {
        name: texts(tiers, name) for name in ("lo", "hi", "off", "base", "unit", "pkg")
    }
    return fetch_one(query, {**params, "quantity": plain(quantity)})


@pytest.mark.django_db
class TestSqlForm:
    @pytest.mark.parametrize("query", [QUERY, BULK_QUERY], ids=["one", "bulk"])
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(spec=specs(), quantity=QUANTITIES)
    def test_it_equals_the_python_form(
        self, spec: PriceSpec, quantity: Decimal, query: str
    ) -> None:
        tiers = compile_price(spec, exponent=2)

        found = rate_in_sql(tiers, quantity, query)

        assert found is not None
        assert (Fraction(found[0]), found[1]) == (rate(tiers, quantity), 1)

    def test_a_package_begun_by_the_last_place_counts(self) -> None:
        zero = Decimal(0)
        tiers = (Tier(zero, Decimal("Infinity"), zero, zero, Decimal(1), Decimal(1000)),)
        quantity = Decimal("10000.000000000000000001")

        assert rate(tiers, quantity) == 11
        assert rate_in_sql(tiers, quantity) == (Decimal(11), 1)
        assert rate_in_sql(tiers, quantity, BULK_QUERY) == (Decimal(11), 1)


class TestDueMinor:
    @pytest.mark.parametrize(
        ("halves", "due"), [((1,), 1), ((-1,), -1), ((1, 1), 1), ((3, -1), 1), ((), 0), ((5,), 3)]
    )
    def test_it_rounds_the_sum_once_half_away_from_zero(
        self, halves: tuple[int, ...], due: int
    ) -> None:
        assert due_minor(Fraction(half, 2) for half in halves) == due

    def test_it_refuses_rows_that_do_not_tile(self) -> None:
        with pytest.raises(LookupError):
            rate((), Decimal(1))
