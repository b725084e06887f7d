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
from usage.enums import PriceKind
from usage.models import Price, RateSegment, Subscription, SubscriptionItem, UsageTotal
from usage.pricing.timeline import NEVER, Piece, pieces_of
from usage.services.contract_terms import read_terms
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
    from usage.services.contract_terms import ContractTerms


@dataclass(frozen=True)
class _Change:
    """What differs between the segments of an item that are and that should be.

    Attributes:
        meter_id: what the item measures; None for a fee.
        pieces: what is missing.
        stale: segments that do not hold as they are.
        last_kept: the last of the leading segments that stand already.
        since: the first hour that is priced otherwise.
    """

    item: SubscriptionItem
    meter_id: int | None
    pieces: list[Piece]
    stale: list[RateSegment]
    last_kept: int | None
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
    rows = SubscriptionItem.objects.filter(provider_id=provider_id, subscription_id=subscription_id)
    items = list(rows.order_by("pk"))
    terms = read_terms(provider_id=provider_id, tenant_id=tenant.id, items=items)
    found = [_compare(item, _wanted(item, terms, tenant, now), terms) for item in items]
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


def _wanted(
    item: SubscriptionItem, terms: ContractTerms, tenant: TenantView, now: datetime
) -> list[Piece]:
    if item.valid.isempty:
        return []
    anchor = terms.anchors[item.price_id]
    starts, ends = begin_of(item.valid), end_of(item.valid)
    if anchor.kind != PriceKind.USAGE:
        return [Piece(starts, ends, anchor.pk)]

    def period_of(at: datetime) -> Period:
        return billing_period(at, tenant.time_zone, tenant.anchor_day)

    pieces = pieces_of(starts, ends, terms.spans(anchor), period_of)
    return [_with_own_price(piece, item.tenant_id, now) for piece in pieces]


def _with_own_price(piece: Piece, tenant_id: int, now: datetime) -> Piece:
    if piece.fraction is None:
        return piece
    price_id = prorated_price(
        price_id=piece.price_id, tenant_id=tenant_id, fraction=piece.fraction, now=now
    )
    return Piece(piece.starts, piece.ends, price_id, None, piece.continues)


def _compare(item: SubscriptionItem, pieces: list[Piece], terms: ContractTerms) -> _Change | None:
    rows = list(terms.segments.get(item.pk, ()))
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
    last = rows[kept - 1].pk if kept else None
    meter_id = terms.anchors[item.price_id].meter_id
    return _Change(item, meter_id, missing, stale, last, since)


def _apply(changes: Sequence[_Change], wallet_id: int) -> list[int]:
    """Take back what should not be before making what should, for two items may swap one meter's hours."""
    stale = [row.pk for change in changes for row in change.stale]
    if stale:
        RateSegment.objects.filter(pk__in=stale).update(valid=DateTimeTZRange(empty=True))
    fresh: list[RateSegment] = []
    touched = set(stale)
    for change in changes:
        if not change.stale and len(change.pieces) == 1 and not change.pieces[0].continues:
            fresh.append(_segment(change, change.pieces[0], wallet_id))
        else:
            touched.update(_make(change, wallet_id))
    return sorted(touched | {row.pk for row in RateSegment.objects.bulk_create(fresh)})


def _make(change: _Change, wallet_id: int) -> list[int]:
    """Make segments, reusing the row of one that began at the same hour with the same price."""
    reusable = {(begin_of(row.valid), row.price_id): row for row in change.stale}
    previous = change.last_kept
    ids: list[int] = []
    for piece in change.pieces:
        made = _segment(change, piece, wallet_id)
        row = reusable.pop((piece.starts, piece.price_id), made)
        row.valid = made.valid
        row.continues_id = previous if piece.continues else None
        row.save()
        previous = row.pk
        ids.append(row.pk)
    return ids


def _segment(change: _Change, piece: Piece, wallet_id: int) -> RateSegment:
    item = change.item
    return RateSegment(
        provider_id=item.provider_id,
        tenant_id=item.tenant_id,
        wallet_id=wallet_id,
        subscription_id=item.subscription_id,
        item_id=item.pk,
        meter_id=change.meter_id,
        price_id=piece.price_id,
        valid=DateTimeTZRange(piece.starts, None if piece.ends == NEVER else piece.ends),
    )


def _bounds(row: RateSegment) -> tuple[datetime, datetime, int]:
    return begin_of(row.valid), end_of(row.valid), row.price_id


def _refresh_totals(
    wallet: WalletRef, touched: Sequence[int], since: datetime, provider_id: int, now: datetime
) -> None:
    tenant_id = wallet.tenant_id
    has_usage = open_periods_since(
        provider_id=provider_id, tenant_id=tenant_id, wallet_id=wallet.id, since=since, now=now
    )
    mark_tenants(provider_id=provider_id, tenant_ids=[tenant_id])
    totals = UsageTotal.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    if not has_usage and not totals.filter(segment_id__in=touched).exists():
        return  # a new contract, the usual case of an import
    rebuild_uniques(provider_id=provider_id, tenant_id=tenant_id, segment_ids=touched, since=since)
    rebuild_totals(provider_id=provider_id, tenant_ids=[tenant_id], segment_ids=touched)
    continue_totals(provider_id=provider_id, tenant_from=tenant_id, tenant_to=tenant_id + 1)
