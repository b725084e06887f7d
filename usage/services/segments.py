"""Keep rate segments and totals in step with items, prices and overrides. Called by subscriptions and prices.

What should be is worked out anew from the contract and compared with what is; so a change of the future, of the running
hour and of the past are one case. A segment is never deleted: one that is taken back gets an empty range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from psycopg2.extras import DateTimeTZRange

from accounts.services.wallets import open_wallet
from billing_platform.kernel.periods import Period, billing_period
from tenants.selectors.tenants import tenant_by_id
from usage.enums import ADDITIVE, PriceKind
from usage.models import Meter, Price, PriceOverride, RateSegment, Subscription, SubscriptionItem
from usage.pricing.timeline import BEGINNING, NEVER, Piece, PriceSpan, pieces_of
from usage.services.hours import begin_of, end_of
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.marks import mark_tenants
from usage.services.own_prices import prorated_price
from usage.services.reopening import open_periods_since
from usage.services.totals import continue_totals, rebuild_totals
from usage.services.uniques import rebuild_uniques

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import WalletRef
    from tenants.types import TenantView


@dataclass(frozen=True)
class _Change:
    """What differs between the segments of an item that are and that should be.

    Attributes:
        since: the first hour that is priced otherwise.
        stale: segments that do not hold as they are.
        kept: how many leading pieces stand already.
    """

    item: SubscriptionItem
    pieces: list[Piece]
    stale: list[RateSegment]
    kept: int
    since: datetime


@transaction.atomic
def resegment(*, provider_id: int, subscription_id: int, now: datetime) -> None:
    """Bring the rate segments of a subscription in line with its items, and its totals with the segments.

    Args:
        provider_id: whose; its scope is open.
        subscription_id: the subscription.
        now: the moment of the change.

    Idempotency: by state; nothing changes when nothing differs.
    """
    hold_ingest_lock(provider_id)
    subscription = Subscription.objects.get(provider_id=provider_id, pk=subscription_id)
    tenant = tenant_by_id(provider_id, subscription.tenant_id)
    wallet = open_wallet(
        provider_id=provider_id,
        tenant_id=tenant.id,
        currency=subscription.currency,
        at=subscription.starts_at,
        now=now,
    )
    items = SubscriptionItem.objects.filter(
        provider_id=provider_id, subscription_id=subscription_id
    ).order_by("pk")
    found = [_compare(item, _wanted(item, tenant, now)) for item in items]
    changes = [change for change in found if change is not None]
    if changes:
        touched = _apply(changes, wallet.id)
        since = min(change.since for change in changes)
        _refresh_totals(wallet, touched, since, provider_id, now)


@transaction.atomic
def resegment_version(*, provider_id: int, version_id: int, now: datetime) -> int:
    """Bring every subscription that has items of a plan version in line with the version's prices.

    Args:
        provider_id: whose; its scope is open.
        version_id: a plan version whose prices changed.
        now: the moment of the change.

    Returns:
        How many subscriptions were looked at.

    Idempotency: by state.
    """
    hold_ingest_lock(provider_id)
    prices = Price.objects.filter(provider_id=provider_id, plan_version_id=version_id)
    ids = (
        SubscriptionItem.objects.filter(
            provider_id=provider_id, price_id__in=prices.values_list("pk", flat=True)
        )
        .order_by("subscription_id")
        .values_list("subscription_id", flat=True)
        .distinct()
    )
    for subscription_id in (found := list(ids)):
        resegment(provider_id=provider_id, subscription_id=subscription_id, now=now)
    return len(found)


def _wanted(item: SubscriptionItem, tenant: TenantView, now: datetime) -> list[Piece]:
    if item.valid.isempty:
        return []
    anchor = Price.objects.get(provider_id=item.provider_id, pk=item.price_id)
    starts, ends = begin_of(item.valid), end_of(item.valid)
    if anchor.kind != PriceKind.USAGE:
        return [Piece(starts, ends, anchor.pk)]

    def period_of(at: datetime) -> Period:
        return billing_period(at, tenant.time_zone, tenant.anchor_day)

    pieces = pieces_of(starts, ends, _spans(anchor, item.tenant_id), period_of)
    return [_with_own_price(piece, item.tenant_id, now) for piece in pieces]


def _spans(anchor: Price, tenant_id: int) -> list[PriceSpan]:
    chain = list(
        Price.objects.filter(
            provider_id=anchor.provider_id,
            plan_version_id=anchor.plan_version_id,
            code=anchor.code,
            currency=anchor.currency,
            tenant_id=0,
            activated_at__isnull=False,
        ).order_by("valid_from", "pk")
    )
    additive = Meter.objects.filter(pk__in=[anchor.meter_id], aggregation__in=ADDITIVE).exists()
    spans = [_span(price, price.valid_from, price.valid_to, additive=additive) for price in chain]
    overrides = PriceOverride.objects.filter(
        provider_id=anchor.provider_id, tenant_id=tenant_id, price_id__in=[p.pk for p in chain]
    )
    own = Price.objects.in_bulk([override.own_price_id for override in overrides])
    spans += [
        _span(own[each.own_price_id], each.valid.lower, each.valid.upper, additive=additive)
        for each in overrides
        if not each.valid.isempty
    ]
    return spans


def _span(
    price: Price, starts: datetime | None, ends: datetime | None, *, additive: bool
) -> PriceSpan:
    return PriceSpan(
        price_id=price.pk,
        starts=starts or BEGINNING,
        ends=ends or NEVER,
        is_own=price.tenant_id != 0,
        is_continuing=price.is_continuing and additive,
        is_prorated=price.is_allowance_prorated,
    )


def _with_own_price(piece: Piece, tenant_id: int, now: datetime) -> Piece:
    if piece.fraction is None:
        return piece
    price_id = prorated_price(
        price_id=piece.price_id, tenant_id=tenant_id, fraction=piece.fraction, now=now
    )
    return Piece(piece.starts, piece.ends, price_id, None, piece.continues)


def _compare(item: SubscriptionItem, pieces: list[Piece]) -> _Change | None:
    rows = _standing(item)
    kept = 0
    for row, piece in zip(rows, pieces, strict=False):
        if _bounds(row) != (piece.starts, piece.ends, piece.price_id):
            break
        kept += 1
    stale, missing = rows[kept:], pieces[kept:]
    if not stale and not missing:
        return None
    since = min([_bounds(row)[0] for row in stale] + [piece.starts for piece in missing])
    if stale and missing:
        low, high, price_id = _bounds(stale[0])
        if (low, price_id) == (missing[0].starts, missing[0].price_id):
            since = min(high, missing[0].ends)  # only its end moves
    return _Change(item, missing, stale, kept, since)


def _apply(changes: Sequence[_Change], wallet_id: int) -> list[int]:
    """Take back what should not be before making what should, for two items may swap one meter's hours."""
    stale = [row.pk for change in changes for row in change.stale]
    RateSegment.objects.filter(pk__in=stale).update(valid=DateTimeTZRange(empty=True))
    return sorted({*stale, *(pk for change in changes for pk in _make(change, wallet_id))})


def _standing(item: SubscriptionItem) -> list[RateSegment]:
    rows = RateSegment.objects.filter(provider_id=item.provider_id, item_id=item.pk)
    return sorted((row for row in rows if not row.valid.isempty), key=_bounds)


def _bounds(row: RateSegment) -> tuple[datetime, datetime, int]:
    return begin_of(row.valid), end_of(row.valid), row.price_id


def _make(change: _Change, wallet_id: int) -> list[int]:
    """Make segments, reusing the row of one that began at the same hour with the same price."""
    item = change.item
    reusable = {(begin_of(row.valid), row.price_id): row for row in change.stale}
    meter_id = Price.objects.get(pk=item.price_id).meter_id
    previous = _standing(item)[-1].pk if change.kept else None
    ids: list[int] = []
    for piece in change.pieces:
        row = reusable.pop((piece.starts, piece.price_id), None) or RateSegment(
            provider_id=item.provider_id,
            tenant_id=item.tenant_id,
            wallet_id=wallet_id,
            subscription_id=item.subscription_id,
            item_id=item.pk,
            meter_id=meter_id,
            price_id=piece.price_id,
        )
        row.valid = DateTimeTZRange(piece.starts, None if piece.ends == NEVER else piece.ends)
        row.continues_id = previous if piece.continues else None
        row.save()
        previous = row.pk
        ids.append(row.pk)
    return ids


def _refresh_totals(
    wallet: WalletRef, touched: Sequence[int], since: datetime, provider_id: int, now: datetime
) -> None:
    tenant_id = wallet.tenant_id
    open_periods_since(
        provider_id=provider_id, tenant_id=tenant_id, wallet_id=wallet.id, since=since, now=now
    )
    rebuild_uniques(provider_id=provider_id, tenant_id=tenant_id, segment_ids=touched)
    rebuild_totals(provider_id=provider_id, tenant_ids=[tenant_id], segment_ids=touched)
    continue_totals(provider_id=provider_id, tenant_from=tenant_id, tenant_to=tenant_id + 1)
    mark_tenants(provider_id=provider_id, tenant_ids=[tenant_id])
