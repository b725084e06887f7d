"""A tenant's own prices: overrides agreed with it, and allowances cut for a part of a period. Called by segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from usage.enums import PricingModel
from usage.models import Price
from usage.pricing.spec import parse_spec
from usage.services.compiling import compile_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from fractions import Fraction


def own_price(
    *,
    based_on: Price,
    tenant_id: int,
    figures: Mapping[str, Any],
    now: datetime,
    model: str | None = None,
) -> Price:
    """Return a tenant's own price with these figures, made and compiled when it is new.

    It carries code and name of the price it stands for, so the tenant sees a price like any other.

    Args:
        based_on: the price that it stands for.
        tenant_id: whose price.
        figures: the JSON of `usage.pricing.spec`.
        now: the moment of the change.
        model: its pricing model; None for the same.

    Raises:
        InvalidPriceError: the figures make no price.

    Idempotency: by content.
    """
    wanted: dict[str, Any] = {"model": model or based_on.model, "spec": dict(figures)}
    found = Price.objects.filter(
        provider_id=based_on.provider_id, tenant_id=tenant_id, based_on=based_on, **wanted
    ).first()
    if found is not None:
        return found
    spec = parse_spec(PricingModel(wanted["model"]), wanted["spec"], allows_negative=False)
    price = Price(
        provider_id=based_on.provider_id,
        tenant_id=tenant_id,
        plan_version_id=based_on.plan_version_id,
        based_on=based_on,
        code=based_on.code,
        name=based_on.name,
        kind=based_on.kind,
        meter_id=based_on.meter_id,
        currency=based_on.currency,
        interval_months=based_on.interval_months,
        fee_anchor=based_on.fee_anchor,
        is_continuing=based_on.is_continuing,
        is_allowance_prorated=based_on.is_allowance_prorated,
        has_minimum=bool(spec.minimum) and based_on.meter_id is not None,
        created_at=now,
        **wanted,
    )
    price.save(force_insert=True)
    compile_rows([price], now=now)
    return price


def prorated_price(*, price_id: int, tenant_id: int, fraction: Fraction, now: datetime) -> int:
    """Return the price of a part of a period: included units, minimum and cap in proportion.

    Args:
        price_id: the price of a whole period.
        tenant_id: whose period.
        fraction: the part that is covered.
        now: the moment of the change.

    Idempotency: by content.
    """
    price = Price.objects.get(pk=price_id)
    spec = parse_spec(PricingModel(price.model), price.spec).prorated(fraction)
    return own_price(based_on=price, tenant_id=tenant_id, figures=spec.as_json(), now=now).pk
