"""The items of a subscription: opened when something begins, closed when it ends. Called by subscriptions."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from usage.enums import PriceKind
from usage.errors import SubscriptionConflictError, VersionNotActiveError
from usage.models import PlanVersion, Price, RateSegment, Subscription, SubscriptionItem
from usage.services.hours import begin_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_ONE = Decimal(1)
_PLACES = 12
_MOST = Decimal(10) ** 18


def check_units(quantity: Decimal) -> None:
    """Refuse a number of units that cannot be counted as it is.

    Args:
        quantity: the units.

    Raises:
        SubscriptionConflictError: it is not above 0, too large, or finer than what is stored.
    """
    if not quantity.is_finite() or not 0 < quantity < _MOST:
        raise SubscriptionConflictError(message=_("A quantity is above 0 and below 10^18."))
    if quantity != quantity.quantize(Decimal(1).scaleb(-_PLACES), context=Context(prec=60)):
        raise SubscriptionConflictError(message=_("A quantity has at most 12 decimals."))


def running_items(subscription: Subscription, at: datetime) -> list[tuple[SubscriptionItem, Price]]:
    """Return the items that reach beyond a moment, with their prices.

    Args:
        subscription: the contract.
        at: a full UTC hour.
    """
    rows = SubscriptionItem.objects.filter(
        Q(valid__endswith__gt=at) | Q(valid__upper_inf=True),
        subscription_id=subscription.pk,
        valid__isempty=False,
    ).order_by("pk")
    items = list(rows)
    prices = Price.objects.in_bulk([item.price_id for item in items])
    return [(item, prices[item.price_id]) for item in items]


def quantities_at(subscription: Subscription, at: datetime) -> dict[str, Decimal]:
    """Return the units by component code at a moment.

    Args:
        subscription: the contract.
        at: a full UTC hour.
    """
    return {price.code: item.quantity for item, price in running_items(subscription, at)}


def open_items(
    subscription: Subscription,
    version: PlanVersion,
    starts_at: datetime,
    quantities: Mapping[str, Decimal],
    now: datetime,
    *,
    with_setup: bool = True,
) -> None:
    """Open one item per component; the first price of a component stands for all that follow it in time.

    Args:
        subscription: the contract.
        version: the plan version whose components begin.
        starts_at: a full UTC hour.
        quantities: units by component code, 1 when left out.
        now: the moment of the call.
        with_setup: setup fees too.

    Raises:
        VersionNotActiveError: no price in the contract's currency.
        SubscriptionConflictError: another contract prices one of the meters.
    """
    prices = Price.objects.filter(
        provider_id=subscription.provider_id,
        plan_version_id=version.pk,
        currency=subscription.currency,
        tenant_id=0,
    ).order_by("code", "valid_from", "pk")
    firsts = {price.code: price for price in reversed(prices)}
    if not firsts:
        raise VersionNotActiveError(message=_("This plan has no price in the currency."))
    wanted = [
        firsts[code]
        for code in sorted(firsts)
        if with_setup or firsts[code].kind != PriceKind.SETUP
    ]
    refuse_second_prices(subscription, wanted, starts_at)
    SubscriptionItem.objects.bulk_create(
        [
            _item(subscription, price, starts_at, quantities.get(price.code, _ONE), now)
            for price in wanted
        ]
    )


def open_item(
    subscription: Subscription,
    price: Price,
    starts_at: datetime,
    quantity: Decimal,
    now: datetime,
    *,
    changed_from: Decimal,
) -> None:
    """Open one item in place of another of the same component.

    Args:
        subscription: the contract.
        price: the first price of the component.
        starts_at: a full UTC hour.
        quantity: units.
        now: the moment of the call.
        changed_from: the units until then.

    Raises:
        SubscriptionConflictError: another contract prices the meter.
    """
    refuse_second_prices(subscription, [price], starts_at)
    item = _item(subscription, price, starts_at, quantity, now)
    item.changed_from = changed_from
    item.save(force_insert=True)


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


def refuse_second_prices(
    subscription: Subscription, prices: Sequence[Price], starts_at: datetime
) -> None:
    """Refuse prices of meters that another contract prices at the same time.

    Args:
        subscription: the contract.
        prices: of its components.
        starts_at: from when on, until the contract's end.

    Raises:
        SubscriptionConflictError: another contract prices one of the meters.
    """
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
        raise SubscriptionConflictError(
            message=_("%(name)s is priced by another subscription.") % {"name": name}
        )


def close_items(
    running: list[tuple[SubscriptionItem, Price]],
    at: datetime,
    *,
    is_replaced: bool,
) -> None:
    """End items; the next run gives back what is paid for the time behind the end.

    Args:
        running: items with their prices.
        at: a full UTC hour.
        is_replaced: others begin at that hour and pay for its day.
    """
    for item, price in running:
        starts = begin_of(item.valid)
        is_owed = price.kind == PriceKind.SETUP and item.fee_next_at is not None and starts < at
        if is_replaced and is_owed:
            continue  # agreed at the beginning and due when the trial is over, whatever plan follows
        item.valid = DateTimeTZRange(starts, at) if starts < at else DateTimeTZRange(empty=True)
        if price.kind == PriceKind.SETUP:
            item.fee_next_at = None if starts >= at else item.fee_next_at
        elif price.kind != PriceKind.USAGE:
            item.fee_next_at = min(item.fee_next_at or at, at)
            item.is_replaced = is_replaced
        item.save(update_fields=["valid", "fee_next_at", "is_replaced"])
