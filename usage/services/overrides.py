"""Give a tenant its own price in place of a plan's, from an hour on. Called by importers and the provider's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from tenants.selectors.tenants import tenant_by_id
from usage.errors import SubscriptionConflictError, UnknownCatalogueError
from usage.models import Price, PriceOverride, SubscriptionItem
from usage.services.hours import begin_of, check_full_hour
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.own_prices import own_price
from usage.services.segments import resegment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet


@transaction.atomic
def set_override(
    *,
    provider_id: int,
    tenant_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    valid_to: datetime | None = None,
    model: str | None = None,
) -> int:
    """Let a tenant pay its own price for a component of a plan; the tenant sees a price like any other.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose price.
        price_id: the public price of an active version.
        figures: the JSON of `usage.pricing.spec`, in major units.
        valid_from: a full UTC hour, past or future.
        now: the moment of the agreement.
        valid_to: a full UTC hour; None for no end.
        model: its pricing model; None for the public price's.

    Returns:
        The id of the tenant's own price.

    Raises:
        UnknownCatalogueError: no such active public price.
        InvalidPriceError: the figures make no price.
        SubscriptionConflictError: the tenant has another own price in that time.
        NotFullHourError: a boundary lies inside an hour.
        TenantNotFoundError: no such tenant.

    Idempotency: the same price and time again changes nothing.
    """
    check_full_hour(valid_from)
    check_full_hour(valid_to)
    tenant_by_id(provider_id, tenant_id)
    hold_ingest_lock(provider_id)
    public = _public(provider_id, price_id)
    own = own_price(based_on=public, tenant_id=tenant_id, figures=figures, now=now, model=model)
    valid = DateTimeTZRange(valid_from, valid_to)
    existing = PriceOverride.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, price_id=price_id, valid__overlap=valid
    ).first()
    if existing is not None:
        if existing.own_price_id == own.pk and existing.valid == valid:
            return own.pk
        raise SubscriptionConflictError(message=_("The client has another own price in that time."))
    PriceOverride.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        price_id=price_id,
        own_price_id=own.pk,
        valid=valid,
        created_at=now,
    )
    _resegment_component(public, tenant_id, now)
    return own.pk


@transaction.atomic
def replace_override(
    *,
    provider_id: int,
    tenant_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    model: str | None = None,
) -> int:
    """Let a tenant pay its own price from an hour on, in place of any own price that it had agreed for that time.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose price.
        price_id: the public price of an active version.
        figures: the JSON of `usage.pricing.spec`, in major units.
        valid_from: a full UTC hour; the price has no end.
        now: the moment of the agreement.
        model: its pricing model; None for the public price's.

    Returns:
        The id of the tenant's own price.

    Raises:
        UnknownCatalogueError: no such active public price.
        InvalidPriceError: the figures make no price; nothing is changed.
        NotFullHourError: the boundary lies inside an hour.
        TenantNotFoundError: no such tenant.

    Idempotency: a price that holds from that hour or before, without an end, is left as it is.
    """
    check_full_hour(valid_from)
    hold_ingest_lock(provider_id)
    public = _public(provider_id, price_id)
    own = own_price(based_on=public, tenant_id=tenant_id, figures=figures, now=now, model=model)
    valid = DateTimeTZRange(valid_from, None)
    standing = PriceOverride.objects.select_for_update().filter(
        provider_id=provider_id,
        tenant_id=tenant_id,
        price_id__in=_chain(public).values_list("pk", flat=True),
        valid__overlap=valid,
    )
    rows = list(standing.order_by("pk"))
    if [(row.price_id, row.own_price_id, row.valid.upper) for row in rows] == [
        (price_id, own.pk, None)
    ] and begin_of(rows[0].valid) <= valid_from:
        return own.pk  # it holds already; cut anew, its tiers would begin anew
    for row in rows:
        _cut(row, valid_from)
    return set_override(
        provider_id=provider_id,
        tenant_id=tenant_id,
        price_id=price_id,
        figures=figures,
        valid_from=valid_from,
        now=now,
        model=model,
    )


@transaction.atomic
def end_override(
    *, provider_id: int, tenant_id: int, price_id: int, at: datetime, now: datetime
) -> None:
    """End a tenant's own price at an hour; from then on it pays the plan's.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose price.
        price_id: the public price.
        at: a full UTC hour inside the agreement.
        now: the moment of the change.

    Raises:
        UnknownCatalogueError: the tenant has no own price at that time.
        NotFullHourError: `at` lies inside an hour.

    Idempotency: none; a second call finds no agreement at that time.
    """
    check_full_hour(at)
    hold_ingest_lock(provider_id)
    override = PriceOverride.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, price_id=price_id, valid__contains=at
    ).first()
    if override is None:
        raise UnknownCatalogueError(message=_("The client has no own price at that time."))
    _cut(override, at)
    _resegment_component(Price.objects.get(pk=price_id), tenant_id, now)


def _public(provider_id: int, price_id: int) -> Price:
    prices = Price.objects.filter(provider_id=provider_id, tenant_id=0, pk=price_id)
    public = prices.filter(activated_at__isnull=False).first()
    if public is None:
        raise UnknownCatalogueError(message=_("There is no such price."))
    return public


def _cut(override: PriceOverride, at: datetime) -> None:
    """End an agreement at an hour; one that would begin no earlier is taken back."""
    starts = begin_of(override.valid)
    if starts < at:
        override.valid = DateTimeTZRange(starts, at)
        override.save(update_fields=["valid"])
    else:
        override.delete()


def _chain(public: Price) -> QuerySet[Price]:
    """Return the public prices that follow each other as one component."""
    return Price.objects.filter(
        provider_id=public.provider_id,
        plan_version_id=public.plan_version_id,
        code=public.code,
        currency=public.currency,
        tenant_id=0,
    )


def _resegment_component(public: Price, tenant_id: int, now: datetime) -> None:
    """The component's item may name any price of the chain, so every item of the tenant on it is looked at."""
    items = SubscriptionItem.objects.filter(
        provider_id=public.provider_id,
        tenant_id=tenant_id,
        price_id__in=_chain(public).values_list("pk", flat=True),
    )
    for subscription_id in sorted(set(items.values_list("subscription_id", flat=True))):
        resegment(provider_id=public.provider_id, subscription_id=subscription_id, now=now)
