"""How long a tenant's credit lasts: recent usage and the fixed fees that are known. Called by pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import Period, hour_ceil, hour_floor
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.enums import PriceKind, PricingModel
from usage.pricing.fees import (
    FeeCalendar,
    covered_share,
    fee_amount,
    fee_interval,
    is_remainder,
)
from usage.pricing.spec import parse_spec
from usage.selectors.burn_sql import burn_selection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_HOUR: Final = timedelta(hours=1)
# Nobody plans further; a credit that lasts longer just lasts.
_HORIZON: Final = timedelta(days=730)
_FEES_MAX: Final = 500
FEE_ITEMS: Final = """
    SELECT s.wallet_id, i.quantity, i.fee_next_at, lower(i.valid) AS begins, upper(i.valid) AS ends,
           u.starts_at, x.kind, x.spec, x.model,
           x.currency, x.interval_months, x.fee_anchor, t.time_zone, t.anchor_day,
           t.trial_ends_at
      FROM usage_subscription_item i
      JOIN usage_subscription u ON u.provider_id = i.provider_id AND u.id = i.subscription_id
      JOIN usage_rate_segment s ON s.provider_id = i.provider_id AND s.item_id = i.id
      JOIN tenants_tenant t ON t.provider_id = i.provider_id AND t.id = i.tenant_id
      JOIN usage_price a ON a.provider_id = i.provider_id AND a.id = i.price_id
      JOIN LATERAL (
           SELECT p.kind, coalesce(o.spec, p.spec) AS spec, coalesce(o.model, p.model) AS model, p.currency,
                  p.interval_months, p.fee_anchor
             FROM usage_price p
             LEFT JOIN LATERAL (
                  SELECT w.id, w.spec, w.model
                    FROM usage_price c
                    JOIN usage_price_override v ON v.provider_id = c.provider_id AND v.tenant_id = i.tenant_id
                     AND v.price_id = c.id AND v.valid @> i.fee_next_at
                    JOIN usage_price w ON w.provider_id = v.provider_id AND w.id = v.own_price_id
                   WHERE c.provider_id = p.provider_id AND c.plan_version_id = p.plan_version_id AND c.code = p.code
                     AND c.currency = p.currency AND c.tenant_id = 0
                   ORDER BY c.valid_from NULLS FIRST, c.id LIMIT 1) o ON true
            WHERE p.provider_id = i.provider_id AND p.plan_version_id = a.plan_version_id AND p.code = a.code
              AND p.currency = a.currency AND p.tenant_id = 0
              AND (p.valid_from IS NULL OR p.valid_from <= i.fee_next_at)
              AND (p.valid_to IS NULL OR p.valid_to > i.fee_next_at) LIMIT 1) x ON true
     WHERE i.provider_id = %s AND i.tenant_id = %s AND i.fee_next_at IS NOT NULL AND NOT isempty(i.valid)
"""


@dataclass(frozen=True, slots=True)
class _Pace:
    """What a wallet can spend, and how fast it does."""

    available: Fraction
    per_hour: Fraction


def lasts_until(provider_id: int, tenant_id: int, *, now: datetime) -> datetime | None:
    """Return when the first of a tenant's charged wallets reaches its limit, None when that is not in sight.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose credit.
        now: the present moment.

    Returns:
        `now` when a wallet is at its limit already; else a moment within two years, rounded down to the minute.
    """
    rates = burn_rates(provider_id, tenant_id, now)
    items = fetch_dicts(FEE_ITEMS, [provider_id, tenant_id])
    ends = []
    for wallet in wallets_of(provider_id, [tenant_id]):
        if not wallet.is_charged:
            continue
        pace = _Pace(
            Fraction(wallet.available - wallet.suspend_limit), rates.get(wallet.id, Fraction(0))
        )
        fees = merge(*(coming_fees(item, now) for item in items if item["wallet_id"] == wallet.id))
        ends.append(_end(pace, fees, now))
    return min((end for end in ends if end is not None), default=None)


def burn_rates(provider_id: int, tenant_id: int, now: datetime) -> dict[int, Fraction]:
    """Return what a tenant's wallets lose by usage, exact minor units per hour, by wallet.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose wallets.
        now: the day before it is looked at.
    """
    sql, params = burn_selection(
        provider_id=provider_id,
        tenant_from=tenant_id,
        tenant_to=tenant_id + 1,
        until=hour_floor(now),
    )
    return {wallet_id: Fraction(rate) for wallet_id, rate in fetch_all(sql, params)}


def _end(pace: _Pace, fees: Iterator[tuple[datetime, Fraction]], now: datetime) -> datetime | None:
    left, at = pace.available, now
    for due_at, amount in islice(fees, _FEES_MAX):
        until_fee = (
            pace.per_hour * Fraction((due_at - at) / timedelta(microseconds=1)) / 3_600_000_000
        )
        if left <= until_fee:
            break
        left, at = left - until_fee - amount, due_at
        if left <= 0:
            return at
    if left <= 0:
        return at
    if not pace.per_hour:
        return None
    hours = left / pace.per_hour
    if hours > _HORIZON // _HOUR:
        return None
    return (at + int(hours * 60) * timedelta(minutes=1)).replace(second=0, microsecond=0)


def coming_fees(item: dict[str, Any], now: datetime) -> Iterator[tuple[datetime, Fraction]]:
    """Yield the fees of an item that are not entered yet, in order, with their exact amounts in minor units.

    Args:
        item: a row of `FEE_ITEMS`.
        now: nothing falls due before it.
    """
    spec = parse_spec(PricingModel(item["model"]), json.loads(item["spec"]))
    places = exponent(item["currency"])
    at: datetime = item["fee_next_at"]
    if item["kind"] == PriceKind.SETUP:
        yield (
            max(at, now),
            Fraction(fee_amount(spec, item["quantity"], Fraction(1), exponent=places)),
        )
        return
    calendar = FeeCalendar(
        zone=item["time_zone"],
        anchor_day=item["anchor_day"],
        starts_at=item["starts_at"],
        months=item["interval_months"],
        anchor=item["fee_anchor"],
    )
    trial_end = hour_ceil(item["trial_ends_at"]) if item["trial_ends_at"] else None
    while at < now + _HORIZON and (item["ends"] is None or at < item["ends"]):
        interval = fee_interval(at, calendar)
        if is_remainder(at, interval, begins=item["begins"], trial_end=trial_end):
            at = interval.ends
            continue
        share = covered_share(interval, Period(at, interval.ends), item["time_zone"])
        yield max(at, now), Fraction(fee_amount(spec, item["quantity"], share, exponent=places))
        at = interval.ends
