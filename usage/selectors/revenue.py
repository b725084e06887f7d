"""What a provider's meters earned by day. Called by its dashboard and the download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

_DAYS: Final = """
SELECT r.day, r.currency, m.code, m.name, r.amount_minor
  FROM usage_meter_revenue r JOIN usage_meter m ON m.provider_id = r.provider_id AND m.id = r.meter_id
 WHERE r.provider_id = %s AND r.day >= %s AND r.day <= %s AND r.amount_minor <> 0
 ORDER BY r.day, r.currency, m.name, m.code
"""


@dataclass(frozen=True)
class MeterDay:
    """What one meter earned on one local day of the provider; exact minor units, negative where it gave back."""

    day: date
    currency: str
    code: str
    name: str
    amount_minor: Decimal


def meter_revenue(provider_id: int, *, since: date, until: date) -> list[MeterDay]:
    """Return what meters earned, by day; days that are not told apart yet are left out.

    Args:
        provider_id: whose; its scope is open.
        since: the first local day.
        until: the last one.
    """
    return [MeterDay(*row) for row in fetch_all(_DAYS, [provider_id, since, until])]
