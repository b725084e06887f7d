"""Compile prices to tier rows when they become active; then rating is one look-up. Called by plans and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.rows import execute
from usage.enums import PriceKind, PricingModel
from usage.models import Meter, Price
from usage.pricing.exact import plain
from usage.pricing.spec import parse_spec
from usage.pricing.tiers import IDENTITY, Tier, compile_price

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from decimal import Decimal

_INSERT = """
    INSERT INTO usage_price_tier (provider_id, tenant_id, price_id, lo, hi, off, base, unit, pkg)
    SELECT p.provider_id, p.tenant_id, p.id, t.lo::numeric, t.hi::numeric, t.off::numeric, t.base::numeric,
           t.unit::numeric, t.pkg::numeric
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
           AS t (price_id, lo, hi, off, base, unit, pkg)
      JOIN usage_price p ON p.id = t.price_id
     ORDER BY p.id, t.lo::numeric
"""


def compile_rows(prices: Sequence[Price], *, now: datetime) -> None:
    """Write the tiers of prices and make the prices active.

    Args:
        prices: draft rows of one provider.
        now: the moment of activation.

    Raises:
        InvalidPriceError: the figures of a price make no price.
    """
    negative = _negative_meters(prices)
    rows = [
        (price.pk, *_figures(tier))
        for price in prices
        for tier in tiers_of(price, allows_negative=price.meter_id in negative)
    ]
    execute(_INSERT, [list(column) for column in zip(*rows, strict=True)])
    Price.objects.filter(pk__in=[price.pk for price in prices]).update(activated_at=now)


def tiers_of(price: Price, *, allows_negative: bool) -> tuple[Tier, ...]:
    """Return the tiers of a price: of a fee the identity over minor units, for its total holds amounts already.

    Args:
        price: the row.
        allows_negative: its meter takes quantities below zero.

    Raises:
        InvalidPriceError: the figures of the price make no price.
    """
    spec = parse_spec(PricingModel(price.model), price.spec, allows_negative=allows_negative)
    if price.kind != PriceKind.USAGE:
        return IDENTITY
    return compile_price(spec, exponent=exponent(price.currency))


def _negative_meters(prices: Iterable[Price]) -> set[int]:
    meter_ids = {price.meter_id for price in prices if price.meter_id is not None}
    return set(
        Meter.objects.filter(pk__in=meter_ids, allows_negative=True).values_list("pk", flat=True)
    )


def _figures(tier: Tier) -> tuple[str | None, ...]:
    # As text: the driver writes an infinite decimal as NaN.
    return (
        *(_text(x) for x in (tier.lo, tier.hi, tier.off, tier.base, tier.unit)),
        _text(tier.pkg),
    )


def _text(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return plain(value) if value.is_finite() else str(value)
