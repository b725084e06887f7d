"""What each resource cost a tenant by day: what a component cost that day, shared out by what each resource used.

A resource is what an event is about (its `subject`), or what ran. Shares are read from the events themselves, so that
nothing is kept beside them; how many are read is bounded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_all, fetch_one
from usage.selectors.hour_costs import HourCost
from usage.selectors.resource_sql import FIRST_DAY, USED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# What a page has time for, also where nearly every event is about another resource (docs/performance.md).
EVENTS_MAX = 10_000
NO_RESOURCE: Final = ""
_PLACE: Final = Decimal("1e-12")
# Exact amounts and quantities have up to 38 digits; a product of two fits.
_DIGITS: Final = 100

_Cell = tuple[str, str, "datetime", "datetime"]


@dataclass(frozen=True, slots=True)
class ResourceCosts:
    """Costs by day of which `code` and `label` are the resource; NO_RESOURCE is what belongs to none.

    Attributes:
        told_from: the first day that is told apart; None where all are.
    """

    found: Sequence[HourCost]
    told_from: datetime | None


def resource_costs(
    provider_id: int,
    tenant_id: int,
    found: Sequence[HourCost],
    *,
    since: datetime,
    until: datetime,
    zone: str,
) -> ResourceCosts:
    """Return the costs of days shared out to resources, by two queries; they come to the same exactly.

    Sums, counts and durations are shared out. Fees, meters that keep one value (the highest, the last, different
    ones), and events without a subject belong to no resource, and so do days before the newest EVENTS_MAX events.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        found: what its days cost, as `day_costs` says.
        since: the first moment of the first day.
        until: the first moment behind the last day.
        zone: in which days begin.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "tenant": tenant_id,
        "since": since,
        "until": until,
        "zone": zone,
        "limit": EVENTS_MAX,
    }
    first, left_out = fetch_one(FIRST_DAY, params) or (None, 0)
    used: dict[_Cell, dict[str, Decimal]] = defaultdict(dict)
    if first is not None:
        for code, currency, period_ends, day, resource, quantity in fetch_all(
            USED, params | {"since": first}
        ):
            if quantity is not None:
                used[code, currency, period_ends, day][resource] = quantity
    shared = [
        part
        for row in found
        for part in _parts(row, used.get((row.code, row.currency, row.period_ends, row.hour), {}))
    ]
    return ResourceCosts(shared, (first or until) if left_out else None)


def _parts(row: HourCost, used: Mapping[str, Decimal]) -> list[HourCost]:
    """Return a cost as the costs of its resources; what none of them used, and a sum that is none, stay together."""
    whole = replace(row, code=NO_RESOURCE, label=NO_RESOURCE)
    with localcontext(prec=_DIGITS):
        rest = row.quantity - sum(used.values()) if row.quantity else Decimal(-1)
        if not row.quantity or not used or rest < 0 or min(used.values()) < 0:
            return [whole]
        amounts = {
            name: (row.amount_minor * quantity / row.quantity).quantize(_PLACE, ROUND_DOWN)
            for name, quantity in used.items()
            if quantity
        }
        left = row.amount_minor - sum(amounts.values())
        if not rest:
            # What the last places leave: to who used most.
            amounts[max(used, key=lambda name: (used[name], name))] += left
            left = Decimal(0)
    currency, ends, at = row.currency, row.period_ends, row.hour
    parts = [
        HourCost(name, name, currency, ends, at, used[name], amount)
        for name, amount in amounts.items()
    ]
    if left or rest:
        parts.append(replace(whole, quantity=rest, amount_minor=left))
    return parts
