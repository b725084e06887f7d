"""What earlier imports of FOCUS files made: prices by sku, tenants' own prices, and which skus tenants use."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all
from usage.importers.focus import PriceBook
from usage.models import Plan, Price

if TYPE_CHECKING:
    from django.db.models import QuerySet

PLAN_CODE: Final = "focus"
_OWN_PRICES: Final = """
SELECT t.external_id, x.code, x.currency, own.spec ->> 'unit'
  FROM usage_price_override o
  JOIN usage_price own ON own.provider_id = o.provider_id AND own.id = o.own_price_id
  JOIN usage_price x ON x.provider_id = o.provider_id AND x.id = o.price_id
  JOIN tenants_tenant t ON t.provider_id = o.provider_id AND t.id = o.tenant_id
 WHERE o.provider_id = %s AND o.price_id = ANY(%s)
"""
_USED: Final = """
SELECT DISTINCT t.external_id, x.code, x.currency, x.spec ->> 'unit'
  FROM usage_hour h
  JOIN usage_price x ON x.provider_id = h.provider_id AND x.meter_id = h.meter_id AND x.id = ANY(%s)
  JOIN tenants_tenant t ON t.provider_id = h.provider_id AND t.id = h.tenant_id AND t.currency = x.currency
 WHERE h.provider_id = %s
"""
_CURRENCIES: Final = "SELECT external_id, currency FROM tenants_tenant WHERE provider_id = %s"


def focus_plan_codes(provider_id: int) -> list[str]:
    """Return the codes of the plans that imports made, oldest first.

    Args:
        provider_id: whose; its scope is open.
    """
    plans = Plan.objects.filter(provider_id=provider_id, code__regex=rf"^{PLAN_CODE}(-[0-9]+)?$")
    return list(plans.order_by("pk").values_list("code", flat=True))


def focus_version_ids(provider_id: int) -> list[int]:
    """Return the plan versions that imports made, oldest first.

    Args:
        provider_id: whose; its scope is open.
    """
    versions = _prices(provider_id).order_by("plan_version_id").values_list("plan_version_id")
    return [version_id for (version_id,) in versions.distinct()]


def focus_price_ids(provider_id: int) -> dict[tuple[str, str], int]:
    """Return the public prices by meter code and currency.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = _prices(provider_id).values_list("code", "currency", "pk")
    return {(code, currency): price_id for code, currency, price_id in rows}


def price_book(provider_id: int) -> PriceBook:
    """Return which price each tenant has on each meter by now.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = _prices(provider_id).values_list("code", "currency", "spec")
    base = {(code, currency): Decimal(spec["unit"]) for code, currency, spec in rows}
    ids = list(focus_price_ids(provider_id).values())
    known = [*fetch_all(_USED, [ids, provider_id]), *fetch_all(_OWN_PRICES, [provider_id, ids])]
    own = {
        (tenant, code, currency): Decimal(unit)
        for tenant, code, currency, unit in known
        if "@" not in code
    }
    return PriceBook(base, own, dict(fetch_all(_CURRENCIES, [provider_id])))


def _prices(provider_id: int) -> QuerySet[Price]:
    return Price.objects.filter(
        provider_id=provider_id,
        tenant_id=0,
        activated_at__isnull=False,
        plan_version__plan__code__in=focus_plan_codes(provider_id),
    )
