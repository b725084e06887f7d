"""Enter the fees that fall due, and give back what was paid for unused time. Called by the hourly job in its chunk.

A fee is a row under a natural key, so it is entered once however often the job runs; its exact amount joins the total
of its segment, so that one rounding covers usage and fees.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from accounts.services.periods import ensure_period
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import Period, hour_ceil
from billing_platform.kernel.rows import execute, fetch_all, fetch_dicts
from usage.enums import FeeKind, PriceKind, PricingModel
from usage.pricing.fees import (
    FeeCalendar,
    covered_share,
    fee_amount,
    fee_interval,
    is_remainder,
    unused_share,
)
from usage.pricing.spec import parse_spec
from usage.services.reopening import reopen_totals

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

_DUE: Final = """
    SELECT i.id, i.tenant_id, i.quantity, i.fee_next_at, i.is_replaced, lower(i.valid) AS begins,
           upper(i.valid) AS ends, isempty(i.valid) AS is_empty, u.starts_at AS contract_starts, x.kind, x.code,
           x.currency, x.plan_version_id, x.interval_months, x.fee_anchor, t.time_zone, t.anchor_day, t.trial_ends_at,
           t.closed_at
      FROM usage_subscription_item i
      JOIN usage_subscription u ON u.provider_id = i.provider_id AND u.id = i.subscription_id
      JOIN usage_price x ON x.provider_id = i.provider_id AND x.id = i.price_id
      JOIN tenants_tenant t ON t.provider_id = i.provider_id AND t.id = i.tenant_id
     WHERE i.provider_id = %s AND i.tenant_id >= %s AND i.tenant_id < %s AND i.fee_next_at < %s
     ORDER BY i.tenant_id, i.id
"""
# An own price holds on for its component when the plan's own price changes, as for usage.
_PRICE: Final = """
    SELECT coalesce(o.id, p.id) AS id, coalesce(o.spec, p.spec) AS spec, coalesce(o.model, p.model) AS model
      FROM usage_price p
      LEFT JOIN LATERAL (
           SELECT w.id, w.spec, w.model
             FROM usage_price c
             JOIN usage_price_override v ON v.provider_id = c.provider_id AND v.tenant_id = %(tenant)s
              AND v.price_id = c.id AND v.valid @> %(at)s::timestamptz
             JOIN usage_price w ON w.provider_id = v.provider_id AND w.id = v.own_price_id
            WHERE c.provider_id = p.provider_id AND c.plan_version_id = p.plan_version_id AND c.code = p.code
              AND c.currency = p.currency AND c.tenant_id = 0
            ORDER BY c.valid_from NULLS FIRST, c.id LIMIT 1) o ON true
     WHERE p.provider_id = %(provider)s AND p.plan_version_id = %(version)s AND p.code = %(code)s
       AND p.currency = %(currency)s AND p.tenant_id = 0
       AND (p.valid_from IS NULL OR p.valid_from <= %(at)s) AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
     ORDER BY p.id LIMIT 1
"""
_WITH_OWN: Final = """
    SELECT DISTINCT tenant_id FROM usage_price_override
     WHERE provider_id = %s AND tenant_id >= %s AND tenant_id < %s
"""
_PAID: Final = """
    SELECT f.price_id, f.kind, f.service_from, f.service_to, f.quantity, x.spec, x.model
      FROM usage_fee f JOIN usage_price x ON x.provider_id = f.provider_id AND x.id = f.price_id
     WHERE f.provider_id = %s AND f.item_id = %s AND f.kind <> 'credit' AND f.service_to > %s
     ORDER BY f.service_from
"""
_SEGMENTS: Final = """
    SELECT DISTINCT s.wallet_id, x.at, p.id AS period_id, p.state
      FROM unnest(%(items)s::bigint[], %(at)s::timestamptz[]) AS x (item_id, at)
      JOIN usage_rate_segment s ON s.provider_id = %(provider)s AND s.item_id = x.item_id
      LEFT JOIN accounts_period p ON p.provider_id = %(provider)s AND p.wallet_id = s.wallet_id
       AND p.starts <= x.at AND p.ends > x.at
     WHERE p.id IS NULL OR p.state = 'closed' ORDER BY s.wallet_id, x.at
"""
_ENTER: Final = """
    WITH x AS (
        SELECT * FROM unnest(%(items)s::bigint[], %(prices)s::bigint[], %(kinds)s::text[], %(at)s::timestamptz[],
               %(to)s::timestamptz[], %(quantities)s::numeric[], %(amounts)s::numeric[])
               AS x (item_id, price_id, kind, service_from, service_to, quantity, amount)),
    f AS (
        INSERT INTO usage_fee (provider_id, tenant_id, item_id, price_id, segment_id, period_id, kind, service_from,
                               service_to, quantity, amount_minor, created_at)
        SELECT s.provider_id, s.tenant_id, s.item_id, x.price_id, s.id, p.id, x.kind, x.service_from, x.service_to,
               x.quantity, x.amount, %(now)s
          FROM x JOIN usage_rate_segment s ON s.provider_id = %(provider)s AND s.item_id = x.item_id
          JOIN accounts_period p ON p.provider_id = %(provider)s AND p.wallet_id = s.wallet_id
           AND p.starts <= x.service_from AND p.ends > x.service_from
         ORDER BY s.item_id, x.service_from ON CONFLICT DO NOTHING
        RETURNING tenant_id, period_id, segment_id, kind, amount_minor),
    t AS (
        INSERT INTO usage_total AS t (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start,
                                      less_minor)
        SELECT %(provider)s, f.tenant_id, f.period_id, f.segment_id, s.price_id, sum(f.amount_minor), 0, 0
          FROM f JOIN usage_rate_segment s ON s.provider_id = %(provider)s AND s.id = f.segment_id
         GROUP BY f.tenant_id, f.period_id, f.segment_id, s.price_id ORDER BY 2, 3, 4
        ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO UPDATE
           SET quantity = t.quantity + excluded.quantity)
    SELECT tenant_id, period_id, CASE kind WHEN 'setup' THEN 'setup' ELSE 'recurring' END AS class,
           sum(amount_minor) AS amount
      FROM f GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_NEXT: Final = """
    UPDATE usage_subscription_item i SET fee_next_at = x.next_at
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS x (id, next_at)
     WHERE i.provider_id = %s AND i.id = x.id
"""


@dataclass(frozen=True, slots=True)
class EnteredFees:
    """The exact fees of one class that newly stand in a period."""

    tenant_id: int
    period_id: int
    is_one_time: bool
    amount_minor: Decimal


@dataclass
class _Batch:
    """The fees of one pass; tenants without own prices share what was looked up for one of them.

    Attributes:
        has_more: an item ended whose fee is entered only now; what is unused of it is found in another pass.
    """

    with_own: frozenset[int]
    prices: dict[tuple[Any, ...], dict[str, Any] | None] = field(default_factory=dict)
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    next_at: dict[int, datetime | None] = field(default_factory=dict)
    has_more: bool = False


def enter_fees(
    *, provider_id: int, tenant_from: int, tenant_to: int, until: datetime, now: datetime
) -> list[EnteredFees]:
    """Enter every fee whose interval begins before an hour, and every credit for items that ended before it.

    Args:
        provider_id: whose; its scope is open, its ingest lock is shared.
        tenant_from: the first tenant id of the range; the caller holds the lock of its chunk.
        tenant_to: the tenant id behind the range.
        until: a full UTC hour.
        now: the moment of the run.

    Returns:
        What is new, per period and class.

    Idempotency: by the fee's natural key.
    """
    entered: list[EnteredFees] = []
    has_more = True
    while has_more:
        due = fetch_dicts(_DUE, [provider_id, tenant_from, tenant_to, until])
        if not due:
            break
        own = fetch_all(_WITH_OWN, [provider_id, tenant_from, tenant_to])
        batch = _Batch(frozenset(row[0] for row in own))
        for item in due:
            _enter_item(batch, provider_id, item, until)
        entered += _write(provider_id, batch.rows, now) if batch.rows else []
        execute(_NEXT, [list(batch.next_at), list(batch.next_at.values()), provider_id])
        has_more = batch.has_more
    return entered


def _enter_item(batch: _Batch, provider_id: int, item: dict[str, Any], until: datetime) -> None:
    at: datetime | None = item["fee_next_at"]
    entered_before = len(batch.rows)
    while at is not None and at < until:
        if item["closed_at"] is not None and at >= item["closed_at"]:
            at = None  # a closed client owes nothing more
        elif item["is_empty"] or (item["ends"] is not None and at >= item["ends"]):
            if len(batch.rows) > entered_before:
                batch.has_more = True
                break
            batch.rows += _credits(provider_id, item, at)
            at = None
        else:
            at = _enter_one(batch, provider_id, item, at)
    batch.next_at[item["id"]] = at


def _enter_one(
    batch: _Batch, provider_id: int, item: dict[str, Any], at: datetime
) -> datetime | None:
    trial_end = hour_ceil(item["trial_ends_at"]) if item["trial_ends_at"] else None
    if item["kind"] == PriceKind.SETUP:
        if trial_end is not None and at < trial_end:
            return trial_end  # a setup fee falls due when the trial is over
        batch.rows += _fee(batch, provider_id, item, at, None)
        return None
    interval = fee_interval(at, _calendar(item))
    ends = interval.ends
    if is_remainder(at, interval, begins=item["begins"], trial_end=trial_end):
        return min(ends, item["ends"]) if item["ends"] is not None else ends
    if trial_end is not None and at < trial_end < ends:
        ends = trial_end
    batch.rows += _fee(batch, provider_id, item, at, Period(at, ends))
    return min(ends, item["ends"]) if item["ends"] is not None else ends


def _price(
    batch: _Batch, provider_id: int, item: dict[str, Any], at: datetime
) -> dict[str, Any] | None:
    own = item["tenant_id"] if item["tenant_id"] in batch.with_own else 0
    key = (item["plan_version_id"], item["code"], item["currency"], at, own)
    if key not in batch.prices:
        names = ("version", "code", "currency", "at", "tenant")
        params = {"provider": provider_id, **dict(zip(names, key, strict=True))}
        batch.prices[key] = next(iter(fetch_dicts(_PRICE, params)), None)
    return batch.prices[key]


def _fee(
    batch: _Batch, provider_id: int, item: dict[str, Any], at: datetime, service: Period | None
) -> list[tuple[Any, ...]]:
    price = _price(batch, provider_id, item, at)
    if price is None:
        return []  # nothing is priced in this interval
    share = (
        covered_share(fee_interval(at, _calendar(item)), service, item["time_zone"])
        if service
        else 1
    )
    amount = _amount(price, item, share)
    ends = service.ends if service else None
    return [(item["id"], price["id"], item["kind"], at, ends, item["quantity"], amount)]


def _credits(provider_id: int, item: dict[str, Any], at: datetime) -> list[tuple[Any, ...]]:
    rows = []
    for paid in fetch_dicts(_PAID, [provider_id, item["id"], at]):
        interval = fee_interval(paid["service_from"], _calendar(item))
        share = unused_share(
            interval,
            Period(paid["service_from"], paid["service_to"]),
            at,
            item["time_zone"],
            is_replaced=item["is_replaced"],
        )
        if share:
            begins = max(at, paid["service_from"])
            amount = -_amount(paid, item, share)
            values = (FeeKind.CREDIT, begins, paid["service_to"], paid["quantity"], amount)
            rows.append((item["id"], paid["price_id"], *values))
    return rows


def _amount(price: dict[str, Any], item: dict[str, Any], share: Any) -> Decimal:
    spec = parse_spec(PricingModel(price["model"]), json.loads(price["spec"]))
    return fee_amount(spec, item["quantity"], share, exponent=exponent(item["currency"]))


def _calendar(item: dict[str, Any]) -> FeeCalendar:
    return FeeCalendar(
        zone=item["time_zone"],
        anchor_day=item["anchor_day"],
        starts_at=item["contract_starts"],
        months=item["interval_months"],
        anchor=item["fee_anchor"],
    )


def _write(provider_id: int, rows: list[tuple[Any, ...]], now: datetime) -> list[EnteredFees]:
    names = ("items", "prices", "kinds", "at", "to", "quantities", "amounts")
    params: dict[str, Any] = dict(
        zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True)
    )
    params |= {"provider": provider_id, "now": now}
    params["kinds"] = [str(kind) for kind in params["kinds"]]
    for place in fetch_dicts(_SEGMENTS, params):
        period = ensure_period(
            provider_id=provider_id, wallet_id=place["wallet_id"], at=place["at"]
        )
        reopen_totals(
            provider_id=provider_id, period_ids=[period.id], tenant_ids=[period.tenant_id]
        )
    return [
        EnteredFees(row["tenant_id"], row["period_id"], row["class"] == "setup", row["amount"])
        for row in fetch_dicts(_ENTER, params)
    ]
