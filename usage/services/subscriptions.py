"""Subscribe tenants to plans, and change or end their contracts from an hour on. Called by importers and pages."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from psycopg2.extras import DateTimeTZRange

from tenants.selectors.tenants import tenant_by_id
from usage.enums import PriceKind, VersionState
from usage.errors import SubscriptionConflictError, UnknownSubscriptionError, VersionNotActiveError
from usage.models import PlanVersion, Price, RateSegment, Subscription, SubscriptionItem
from usage.services.hours import begin_of, check_full_hour
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.segments import resegment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_ONE = Decimal(1)


@transaction.atomic
def subscribe(
    *,
    provider_id: int,
    tenant_id: int,
    version_id: int,
    starts_at: datetime,
    key: str,
    now: datetime,
    quantities: Mapping[str, Decimal] | None = None,
    currency: str | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Subscribe a tenant to a plan version; usage already ingested from `starts_at` on is charged by the next run.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: who buys.
        version_id: an active version.
        starts_at: a full UTC hour, past or future.
        key: the caller's own key, unique per tenant.
        now: the moment of the contract.
        quantities: units by component code, for fees and licences; 1 when left out.
        currency: the currency of the prices; the tenant's own when left out.
        ends_at: a full UTC hour at which it is over from the beginning; None for no end.

    Returns:
        The subscription's id.

    Raises:
        VersionNotActiveError: the version is not on sale, or has no price in the currency.
        SubscriptionConflictError: another subscription prices one of the meters already at that time.
        NotFullHourError: `starts_at` lies inside an hour.
        TenantNotFoundError: no such tenant.

    Idempotency: by key; a second call returns the first one's subscription.
    """
    check_full_hour(starts_at)
    check_full_hour(ends_at)
    tenant = tenant_by_id(provider_id, tenant_id)
    hold_ingest_lock(provider_id)
    subscriptions = Subscription.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    existing = subscriptions.filter(key=key).first()
    if existing is not None:
        return existing.pk
    version = _active_version(provider_id, version_id)
    subscription = Subscription.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        plan_id=version.plan_id,
        plan_version=version,
        currency=currency or tenant.currency,
        starts_at=starts_at,
        ends_at=ends_at,
        key=key,
        created_at=now,
    )
    _open_items(subscription, version, starts_at, dict(quantities or {}), now)
    resegment(provider_id=provider_id, subscription_id=subscription.pk, now=now)
    return subscription.pk


@transaction.atomic
def change_plan(
    *,
    provider_id: int,
    tenant_id: int,
    subscription_id: int,
    version_id: int,
    at: datetime,
    now: datetime,
    quantities: Mapping[str, Decimal] | None = None,
) -> None:
    """Move a subscription to another plan version from an hour on; setup fees of the new version are not charged.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose subscription.
        subscription_id: the subscription.
        version_id: an active version.
        at: a full UTC hour at or after the start of the subscription and of its last change.
        now: the moment of the change.
        quantities: units by component code; those that stay are kept, new ones count 1.

    Raises:
        UnknownSubscriptionError: no such subscription, or it ends before `at`.
        VersionNotActiveError: the version is not on sale, or has no price in the currency.
        SubscriptionConflictError: a later change exists, or a meter is priced elsewhere at that time.
        NotFullHourError: `at` lies inside an hour.

    Idempotency: a second call with the same version and hour changes nothing.
    """
    check_full_hour(at)
    subscription = _lock(provider_id, tenant_id, subscription_id, at)
    if subscription.plan_version_id == version_id:
        return
    version = _active_version(provider_id, version_id)
    kept = _quantities(subscription, at)
    _close_items(_running(subscription, at), at, is_replaced=True)
    wanted = {**kept, **dict(quantities or {})}
    _open_items(subscription, version, at, wanted, now, with_setup=False)
    Subscription.objects.filter(pk=subscription.pk).update(
        plan_id=version.plan_id, plan_version_id=version.pk
    )
    resegment(provider_id=provider_id, subscription_id=subscription_id, now=now)


@transaction.atomic
def change_quantity(
    *,
    provider_id: int,
    tenant_id: int,
    subscription_id: int,
    code: str,
    quantity: Decimal,
    at: datetime,
    now: datetime,
) -> None:
    """Change the units of a fee or licence from an hour on; the day of the change belongs to the new quantity.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose subscription.
        subscription_id: the subscription.
        code: the component.
        quantity: the new units, above 0.
        at: a full UTC hour.
        now: the moment of the change.

    Raises:
        UnknownSubscriptionError: no such subscription or component at that time.
        SubscriptionConflictError: the quantity is not above 0, or a later change exists.
        NotFullHourError: `at` lies inside an hour.

    Idempotency: the same quantity again changes nothing.
    """
    check_full_hour(at)
    if not quantity.is_finite() or quantity <= 0:
        raise SubscriptionConflictError(message="A quantity is above 0.")
    subscription = _lock(provider_id, tenant_id, subscription_id, at)
    running = [(item, price) for item, price in _running(subscription, at) if price.code == code]
    if not running:
        raise UnknownSubscriptionError(message=f"Nothing called {code} runs at that time.")
    ((item, price),) = running
    if item.quantity == quantity:
        return
    _close_items(running, at, is_replaced=True)
    _open_item(subscription, price, at, quantity, now)
    resegment(provider_id=provider_id, subscription_id=subscription_id, now=now)


@transaction.atomic
def end_subscription(
    *, provider_id: int, tenant_id: int, subscription_id: int, at: datetime, now: datetime
) -> None:
    """End a subscription at an hour; fees paid for the time behind the day of the end are given back.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose subscription.
        subscription_id: the subscription.
        at: a full UTC hour, past or future.
        now: the moment of the cancellation.

    Raises:
        UnknownSubscriptionError: no such subscription, or it ended before.
        SubscriptionConflictError: a later change exists.
        NotFullHourError: `at` lies inside an hour.

    Idempotency: the same end again changes nothing.
    """
    check_full_hour(at)
    subscription = _lock(provider_id, tenant_id, subscription_id, at)
    if subscription.ends_at == at:
        return
    _close_items(_running(subscription, at), at, is_replaced=False)
    Subscription.objects.filter(pk=subscription.pk).update(ends_at=at)
    resegment(provider_id=provider_id, subscription_id=subscription_id, now=now)


def _lock(provider_id: int, tenant_id: int, subscription_id: int, at: datetime) -> Subscription:
    hold_ingest_lock(provider_id)
    subscription = (
        Subscription.objects.select_for_update()
        .filter(provider_id=provider_id, tenant_id=tenant_id, pk=subscription_id)
        .first()
    )
    if subscription is None or at < subscription.starts_at:
        raise UnknownSubscriptionError
    if subscription.ends_at is not None and subscription.ends_at < at:
        raise UnknownSubscriptionError
    later = SubscriptionItem.objects.filter(
        subscription_id=subscription_id, valid__startswith__gt=at
    )
    if later.exists():
        raise SubscriptionConflictError(message="A later change of this subscription exists.")
    return subscription


def _active_version(provider_id: int, version_id: int) -> PlanVersion:
    version = PlanVersion.objects.filter(provider_id=provider_id, pk=version_id).first()
    if version is None or version.state != VersionState.ACTIVE:
        raise VersionNotActiveError
    return version


def _running(subscription: Subscription, at: datetime) -> list[tuple[SubscriptionItem, Price]]:
    rows = SubscriptionItem.objects.filter(
        Q(valid__endswith__gt=at) | Q(valid__upper_inf=True),
        subscription_id=subscription.pk,
        valid__isempty=False,
    ).order_by("pk")
    items = list(rows)
    prices = Price.objects.in_bulk([item.price_id for item in items])
    return [(item, prices[item.price_id]) for item in items]


def _quantities(subscription: Subscription, at: datetime) -> dict[str, Decimal]:
    return {price.code: item.quantity for item, price in _running(subscription, at)}


def _open_items(
    subscription: Subscription,
    version: PlanVersion,
    starts_at: datetime,
    quantities: Mapping[str, Decimal],
    now: datetime,
    *,
    with_setup: bool = True,
) -> None:
    """Open one item per component; the first price of a component stands for all that follow it in time."""
    prices = Price.objects.filter(
        provider_id=subscription.provider_id,
        plan_version_id=version.pk,
        currency=subscription.currency,
        tenant_id=0,
    ).order_by("code", "valid_from", "pk")
    firsts = {price.code: price for price in reversed(prices)}
    if not firsts:
        raise VersionNotActiveError(message="This plan has no price in the currency.")
    wanted = [
        firsts[code]
        for code in sorted(firsts)
        if with_setup or firsts[code].kind != PriceKind.SETUP
    ]
    _refuse_second_prices(subscription, wanted, starts_at)
    SubscriptionItem.objects.bulk_create(
        [
            _item(subscription, price, starts_at, quantities.get(price.code, _ONE), now)
            for price in wanted
        ]
    )


def _open_item(
    subscription: Subscription, price: Price, starts_at: datetime, quantity: Decimal, now: datetime
) -> None:
    _refuse_second_prices(subscription, [price], starts_at)
    _item(subscription, price, starts_at, quantity, now).save(force_insert=True)


def _item(
    subscription: Subscription, price: Price, starts_at: datetime, quantity: Decimal, now: datetime
) -> SubscriptionItem:
    return SubscriptionItem(
        provider_id=subscription.provider_id,
        tenant_id=subscription.tenant_id,
        subscription=subscription,
        price_id=price.pk,
        quantity=quantity,
        valid=DateTimeTZRange(starts_at, subscription.ends_at),
        fee_next_at=None if price.kind == PriceKind.USAGE else starts_at,
        created_at=now,
    )


def _refuse_second_prices(
    subscription: Subscription, prices: Sequence[Price], starts_at: datetime
) -> None:
    by_meter = {price.meter_id: price for price in prices if price.meter_id is not None}
    others = RateSegment.objects.filter(
        provider_id=subscription.provider_id,
        tenant_id=subscription.tenant_id,
        meter_id__in=list(by_meter),
        valid__overlap=DateTimeTZRange(starts_at, subscription.ends_at),
    ).exclude(subscription_id=subscription.pk)
    taken = others.order_by("pk").values_list("meter_id", flat=True).first()
    if taken is not None:
        name = by_meter[taken].name
        raise SubscriptionConflictError(message=f"{name} is priced by another subscription.")


def _close_items(
    running: list[tuple[SubscriptionItem, Price]],
    at: datetime,
    *,
    is_replaced: bool,
) -> None:
    for item, price in running:
        starts = begin_of(item.valid)
        item.valid = DateTimeTZRange(starts, at) if starts < at else DateTimeTZRange(empty=True)
        if price.kind == PriceKind.SETUP:
            item.fee_next_at = None if starts >= at else item.fee_next_at
        elif price.kind != PriceKind.USAGE:
            # The next run gives back what is paid for the time behind it.
            item.fee_next_at = min(item.fee_next_at or at, at)
            item.is_replaced = is_replaced
        item.save(update_fields=["valid", "fee_next_at", "is_replaced"])
