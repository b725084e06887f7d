"""Keep a subscription whose end is set and has not come: it runs on as if it had never been ended. Called by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_noop
from psycopg2.extras import DateTimeTZRange

from usage.enums import FeeKind, PriceKind
from usage.errors import (
    SubscriptionConflictError,
    SubscriptionEndedError,
    UnknownSubscriptionError,
)
from usage.models import Fee, Price, Subscription, SubscriptionItem
from usage.services.hours import begin_of
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.segments import resegment
from usage.services.subscription_items import refuse_second_prices

if TYPE_CHECKING:
    from datetime import datetime

_CHANGED: Final = gettext_noop(
    "It was changed in the very hour in which it ends. Let it end and begin anew."
)


@transaction.atomic
def keep_subscription(
    *, provider_id: int, tenant_id: int, subscription_id: int, now: datetime
) -> None:
    """Take the end of a subscription back; fees that are paid beyond it stay paid and are not asked for again.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose subscription.
        subscription_id: the subscription.
        now: the present moment; what has ended by then stays ended.

    Raises:
        UnknownSubscriptionError: no such subscription.
        SubscriptionEndedError: it has ended.
        SubscriptionConflictError: another subscription prices one of its meters from the end on, or it was changed in
            the hour of its end.

    Idempotency: by state; a subscription without an end stays as it is.
    """
    hold_ingest_lock(provider_id)
    rows = Subscription.objects.select_for_update()
    subscription = rows.filter(
        provider_id=provider_id, tenant_id=tenant_id, pk=subscription_id
    ).first()
    if subscription is None:
        raise UnknownSubscriptionError
    ends = subscription.ends_at
    if ends is None:
        return
    if ends <= now:
        raise SubscriptionEndedError
    items = _ended_with(subscription, ends)
    subscription.ends_at = None
    refuse_second_prices(subscription, [price for _, price in items], ends)
    for item, _ in items:
        item.valid = DateTimeTZRange(begin_of(item.valid), None)
        if item.fee_next_at is not None:
            item.fee_next_at = max(item.fee_next_at, _paid_until(item) or item.fee_next_at)
        item.save(update_fields=["valid", "fee_next_at"])
    subscription.save(update_fields=["ends_at"])
    resegment(provider_id=provider_id, subscription_id=subscription_id, now=now)


def _ended_with(subscription: Subscription, ends: datetime) -> list[tuple[SubscriptionItem, Price]]:
    """Return the items that the end closed, with their prices.

    Raises:
        SubscriptionConflictError: some of what ended then was replaced, or there is nothing.
    """
    own = SubscriptionItem.objects.filter(
        provider_id=subscription.provider_id, subscription_id=subscription.pk
    )
    items = list(own.filter(valid__endswith=ends).order_by("pk"))
    prices = Price.objects.filter(provider_id=subscription.provider_id)
    found = prices.in_bulk([item.price_id for item in items])
    # A setup fee that waits for the end of a trial outlasts the plan that it was agreed with.
    lasting = [price for price in found.values() if price.kind != PriceKind.SETUP]
    versions = {price.plan_version_id for price in lasting} - {subscription.plan_version_id}
    is_whole = bool(lasting) or not _has_lasting_prices(subscription)
    if not items or versions or not is_whole or any(item.is_replaced for item in items):
        raise SubscriptionConflictError(message=gettext(_CHANGED))
    return [(item, found[item.price_id]) for item in items]


def _has_lasting_prices(subscription: Subscription) -> bool:
    """Return whether the plan charges more than a setup fee; its items of an empty hour did not end then."""
    prices = Price.objects.filter(
        provider_id=subscription.provider_id,
        plan_version_id=subscription.plan_version_id,
        currency=subscription.currency,
        tenant_id=0,
    )
    return prices.exclude(kind=PriceKind.SETUP).exists()


def _paid_until(item: SubscriptionItem) -> datetime | None:
    """Return the end of the last interval whose fee was entered; None before there is one."""
    paid = Fee.objects.filter(provider_id=item.provider_id, item_id=item.pk)
    last: datetime | None = paid.exclude(kind=FeeKind.CREDIT).aggregate(last=Max("service_to"))[
        "last"
    ]
    return last
