"""What single calls cost: by the price at their time. Called by the list of calls.

A plain price per unit is every call's own. Under graduated, volume and package prices, included units, minimums and
caps a call has none: it gets its share of what the period's total comes to, at the period's average per unit, so that
the calls of a line add up to the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.rows import fetch_dicts
from usage.intake.metering import round_up
from usage.intake.quantities import read_quantity
from usage.intake.verdicts import BadEventError
from usage.pricing.exact import to_decimal
from usage.pricing.rating import AMOUNT_SQL, TIER_SQL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

PLACES: Final = 12
_SEGMENTS: Final = """
SELECT s.id, s.tenant_id, s.meter_id, lower(s.valid) AS starts, upper(s.valid) AS ends, s.price_id, p.name, p.currency,
       m.code AS meter, m.unit_name, m.aggregation, m.increment, m.increment_first, m.value_property
  FROM usage_rate_segment s
  JOIN usage_price p ON p.provider_id = s.provider_id AND p.id = s.price_id
  JOIN usage_meter m ON m.provider_id = s.provider_id AND m.id = s.meter_id
 WHERE s.provider_id = %(provider)s AND s.tenant_id = ANY(%(tenants)s) AND s.meter_id = ANY(%(meters)s)
   AND m.aggregation IN ('sum', 'count') AND s.valid && tstzrange(%(first)s, %(last)s, '[]')
 ORDER BY m.aggregation DESC, s.id
"""
# Prices of which every unit costs the same, from the first on.
_UNITS: Final = """
SELECT price_id, min(unit) AS unit FROM usage_price_tier
 WHERE provider_id = %(provider)s AND price_id = ANY(%(prices)s) AND hi > 0
 GROUP BY price_id HAVING count(*) = 1 AND bool_and(lo <= 0 AND off = 0 AND base = 0 AND pkg IS NULL)
"""
_TOTALS: Final = f"""
SELECT l.segment_id, p.starts, p.ends, l.quantity, l.amount
  FROM (SELECT t.period_id, t.segment_id, t.quantity - t.start AS quantity,
               {AMOUNT_SQL.format(quantity="t.quantity")} - t.less_minor AS amount
          FROM usage_total t
          JOIN usage_price_tier f ON f.provider_id = t.provider_id AND f.price_id = t.price_id
           AND {TIER_SQL.format(quantity="t.quantity")}
         WHERE t.provider_id = %(provider)s AND t.tenant_id = ANY(%(tenants)s) AND t.segment_id = ANY(%(segments)s)
        UNION ALL
        SELECT c.period_id, c.segment_id, c.quantity - c.start, c.amount_minor FROM usage_period_line c
         WHERE c.provider_id = %(provider)s AND c.tenant_id = ANY(%(tenants)s) AND c.segment_id = ANY(%(segments)s)) l
  JOIN accounts_period p ON p.provider_id = %(provider)s AND p.id = l.period_id
 WHERE p.starts <= %(last)s AND p.ends > %(first)s AND l.quantity > 0
"""


class MeteredCall(NamedTuple):
    """What pricing needs of a call: whose, when, how long, its properties, and the meters that it counted on."""

    tenant_id: int
    at: datetime
    quantity: Decimal | None
    properties: Mapping[str, Any] | None
    meter_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class CallCharge:
    """What a call cost.

    Attributes:
        line: the price as people read it; several joined by a plus.
        meter: the code of the meter of the first.
        billed: its quantity after the meter's steps; None when it was removed.
        unit: what one is called.
        rate: major units per unit, cut to 12 places; None when the call has none.
        amount: major units, cut to 12 places, of all prices in the currency; None when it cannot be told any more.
        is_about: whether it is a share of a total instead of the call's own price.
    """

    line: str
    meter: str
    billed: Decimal | None
    unit: str
    rate: Decimal | None
    amount: Decimal | None
    currency: str
    is_about: bool


@dataclass(frozen=True, slots=True)
class _Total:
    starts: datetime
    ends: datetime
    rate: Fraction


@dataclass(frozen=True)
class CallPrices:
    """The prices that were valid while some calls were made.

    Attributes:
        segments: by tenant and meter.
        units: minor units per unit by price.
        totals: by segment.
    """

    segments: Mapping[tuple[int, int], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    units: Mapping[int, Fraction] = field(default_factory=dict)
    totals: Mapping[int, Sequence[_Total]] = field(default_factory=dict)

    @classmethod
    def of(cls, provider_id: int, calls: Sequence[MeteredCall]) -> Self:
        """Read the prices of some calls, by three queries.

        Args:
            provider_id: whose; its scope, or the tenant's, is open.
            calls: any number, of any of its tenants.
        """
        if not calls:
            return cls()
        params: dict[str, Any] = {
            "provider": provider_id,
            "tenants": sorted({call.tenant_id for call in calls}),
            "meters": sorted({meter for call in calls for meter in call.meter_ids}),
            "first": min(call.at for call in calls),
            "last": max(call.at for call in calls),
        }
        segments: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
        for row in fetch_dicts(_SEGMENTS, params):
            segments.setdefault((row["tenant_id"], row["meter_id"]), []).append(row)
        rows = [row for group in segments.values() for row in group]
        params["prices"] = sorted({row["price_id"] for row in rows})
        units = {row["price_id"]: Fraction(row["unit"]) for row in fetch_dicts(_UNITS, params)}
        params["segments"] = [row["id"] for row in rows if row["price_id"] not in units]
        totals: dict[int, list[_Total]] = {}
        for row in fetch_dicts(_TOTALS, params):
            rate = Fraction(row["amount"]) / Fraction(row["quantity"])
            total = _Total(row["starts"], row["ends"], rate)
            totals.setdefault(row["segment_id"], []).append(total)
        return cls(segments, units, totals)

    def charge(self, call: MeteredCall) -> CallCharge | None:
        """Return what a call cost, or None when no price was valid for it."""
        valid = [
            segment
            for meter_id in call.meter_ids
            for segment in self.segments.get((call.tenant_id, meter_id), ())
            if _holds(segment, call.at)
        ]
        if not valid:
            return None
        # Seconds before connection fees.
        valid.sort(key=lambda segment: (segment["aggregation"] != "sum", segment["id"]))
        first = valid[0]
        parts = [
            (segment, _billed(call, segment), self._rate(segment, call.at))
            for segment in valid
            if segment["currency"] == first["currency"]
        ]
        _, billed, (rate, _) = parts[0]
        amounts = [
            None if quantity is None or each is None else Fraction(quantity) * each
            for _, quantity, (each, _) in parts
        ]
        known = [amount for amount in amounts if amount is not None]
        return CallCharge(
            line=" + ".join(dict.fromkeys(segment["name"] for segment, _, _ in parts)),
            meter=first["meter"],
            billed=billed,
            unit=first["unit_name"],
            rate=_major(rate, first["currency"]),
            amount=_major(sum(known, Fraction(0)), first["currency"])
            if len(known) == len(amounts)
            else None,
            currency=first["currency"],
            is_about=any(is_about for _, _, (_, is_about) in parts),
        )

    def _rate(self, segment: Mapping[str, Any], at: datetime) -> tuple[Fraction | None, bool]:
        """Return minor units per unit, and whether they are an average."""
        unit = self.units.get(segment["price_id"])
        if unit is not None:
            return unit, False
        totals = self.totals.get(segment["id"], ())
        rates = (total.rate for total in totals if total.starts <= at < total.ends)
        return next(rates, None), True


def _holds(segment: Mapping[str, Any], at: datetime) -> bool:
    starts, ends = segment["starts"], segment["ends"]
    return (starts is None or starts <= at) and (ends is None or at < ends)


def _billed(call: MeteredCall, segment: Mapping[str, Any]) -> Decimal | None:
    if segment["aggregation"] == "count":
        return Decimal(1)
    quantity = call.quantity
    if segment["value_property"]:
        try:
            quantity = read_quantity((call.properties or {}).get(segment["value_property"]))
        except BadEventError:
            return None
    if quantity is None:
        return None
    return round_up(quantity, segment["increment"], segment["increment_first"])


def _major(amount: Fraction | None, currency: str) -> Decimal | None:
    if amount is None:
        return None
    # As whole numbers: a list has a thousand of them.
    places = 10**PLACES
    return to_decimal(
        Fraction(
            amount.numerator * places // (amount.denominator * 10 ** exponent(currency)), places
        )
    )
