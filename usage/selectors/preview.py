"""What something would cost: a price before it is sold, and a tenant's usage under another plan. Called by pages.

Both ask the function that charges (`usage.pricing.rating`), so a preview cannot differ from the bill.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.rows import fetch_dicts
from usage.enums import PriceKind, PricingModel
from usage.pricing.exact import to_decimal
from usage.pricing.rating import rate
from usage.pricing.spec import parse_spec
from usage.pricing.tiers import compile_price
from usage.types import UsageLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from usage.pricing.spec import PriceSpec

_PRICES: Final = """
    SELECT DISTINCT ON (x.code) x.code, x.name, x.kind, x.model, x.spec, x.meter_id,
           coalesce(m.unit_name, '') AS unit, coalesce(m.allows_negative, false) AS allows_negative
      FROM usage_price x LEFT JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id
     WHERE x.provider_id = %s AND x.plan_version_id = %s AND x.currency = %s AND x.tenant_id = 0 AND x.valid_to IS NULL
     ORDER BY x.code, x.valid_from DESC NULLS LAST, x.id DESC
"""
_QUANTITIES: Final = """
    SELECT s.meter_id,
           CASE WHEN m.aggregation IN ('max', 'latest') THEN max(t.quantity)
                ELSE sum(t.quantity - t.start) END AS quantity
      FROM usage_total t
      JOIN usage_rate_segment s ON s.provider_id = t.provider_id AND s.id = t.segment_id
      JOIN usage_meter m ON m.provider_id = t.provider_id AND m.id = s.meter_id
     WHERE t.provider_id = %s AND t.tenant_id = %s AND t.period_id = %s GROUP BY s.meter_id, m.aggregation
"""


def price_amounts(
    *,
    model: str,
    figures: Mapping[str, Any],
    currency: str,
    quantities: Sequence[Decimal],
    allows_negative: bool = False,
) -> list[Decimal]:
    """Return what quantities cost under the figures of a price, sold or not.

    Args:
        model: a PricingModel.
        figures: the JSON of `usage.pricing.spec`, in major units.
        currency: ISO 4217.
        quantities: quantities of a whole period.
        allows_negative: the meter takes quantities below zero.

    Returns:
        Exact minor units, one per quantity.

    Raises:
        InvalidPriceError: the figures make no price.
        UnknownCurrencyError: no such currency.
    """
    spec = parse_spec(PricingModel(model), figures, allows_negative=allows_negative)
    return [_amount(spec, currency, quantity) for quantity in quantities]


def plan_lines(
    provider_id: int,
    tenant_id: int,
    *,
    version_id: int,
    currency: str,
    period_id: int,
    units: Mapping[str, Decimal] | None = None,
) -> list[UsageLine]:
    """Return what a tenant's usage of a period, open still, would come to under a plan version for the whole period.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        version_id: the plan version, on sale or a draft.
        currency: the currency of its prices.
        period_id: the period whose quantities count.
        units: units by component code for fees and licences; 1 when left out.
    """
    rows = fetch_dicts(_QUANTITIES, [provider_id, tenant_id, period_id])
    used = {row["meter_id"]: row["quantity"] for row in rows}
    prices = fetch_dicts(_PRICES, [provider_id, version_id, currency])
    return [_line(price, currency, used, dict(units or {})) for price in prices]


def _line(
    price: dict[str, Any], currency: str, used: Mapping[int, Decimal], units: Mapping[str, Decimal]
) -> UsageLine:
    spec = parse_spec(
        PricingModel(price["model"]),
        json.loads(price["spec"]),
        allows_negative=price["allows_negative"],
    )
    is_usage = price["kind"] == PriceKind.USAGE
    zero, one = Decimal(0), Decimal(1)
    quantity = used.get(price["meter_id"], zero) if is_usage else units.get(price["code"], one)
    return UsageLine(
        code=price["code"],
        label=price["name"],
        unit=price["unit"],
        quantity=quantity if is_usage else None,
        included=spec.included or None,
        amount_minor=_amount(spec, currency, quantity),
    )


def _amount(spec: PriceSpec, currency: str, quantity: Decimal) -> Decimal:
    exact: Fraction = rate(compile_price(spec, exponent=exponent(currency)), quantity)
    return to_decimal(exact)
