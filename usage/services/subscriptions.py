"""Subscribe tenants to plans, and change or end their contracts from an hour on. Called by importers and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.selectors.tenants import tenant_by_id
from usage.enums import PriceKind, VersionState
from usage.errors import SubscriptionConflictError, UnknownSubscriptionError, VersionNotActiveError
from usage.models import PlanVersion, Subscription, SubscriptionItem
from usage.services.hours import check_full_hour
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.segments import resegment
from usage.services.subscription_items import (
    check_units,
    close_items,
    open_item,
    open_items,
    quantities_at,
    running_items,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

# Of usage nobody has units, and a setup fee is charged once.
_COUNTED: Final = (PriceKind.RECURRING, PriceKind.LICENCE)


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
    for quantity in (quantities or {}).values():
        check_units(quantity)
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
    open_items(subscription, version, starts_at, dict(quantities or {}), now)
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
    """Move a subscription to another plan version from an hour on; setup fees of the new version are not charged,
    and one of the old that waits for the end of a trial stays due.

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
    for quantity in (quantities or {}).values():
        check_units(quantity)
    kept = quantities_at(subscription, at)
    close_items(running_items(subscription, at), at, is_replaced=True)
    wanted = {**kept, **dict(quantities or {})}
    open_items(subscription, version, at, wanted, now, with_setup=False)
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
        SubscriptionConflictError: the quantity is not above 0 or finer than 12 places, or a later change exists.
        NotFullHourError: `at` lies inside an hour.

    Idempotency: the same quantity again changes nothing.
    """
    check_full_hour(at)
    check_units(quantity)
    subscription = _lock(provider_id, tenant_id, subscription_id, at)
    running = [
        (item, price)
        for item, price in running_items(subscription, at)
        if price.code == code and price.kind in _COUNTED
    ]
    if not running:
        raise UnknownSubscriptionError(
            message=_("Nothing called %(code)s runs at that time.") % {"code": code}
        )
    ((item, price),) = running
    if item.quantity == quantity:
        return
    close_items(running, at, is_replaced=True)
    open_item(subscription, price, at, quantity, now, changed_from=item.quantity)
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
    close_items(running_items(subscription, at), at, is_replaced=False)
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
        raise SubscriptionConflictError(message=_("A later change of this subscription exists."))
    return subscription


def _active_version(provider_id: int, version_id: int) -> PlanVersion:
    versions = PlanVersion.objects.filter(provider_id=provider_id, pk=version_id)
    version = versions.select_related("plan").first()
    if version is None or version.state != VersionState.ACTIVE:
        raise VersionNotActiveError
    if version.plan.archived_at is not None:
        raise VersionNotActiveError(message=_("This plan is archived: nobody can subscribe to it."))
    return version
