"""Who sells and who buys, as a document names them: read at issue and frozen with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenants.registry_documents import DOCUMENTS_SERVICE_CODE
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.providers import legal_identity, provider_view
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping


def frozen_content(
    provider_id: int, tenant_id: int, content: Mapping[str, Any]
) -> dict[str, object]:
    """Return what a document prints beside its figures, as it is at this moment.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the buyer.
        content: of the draft: language, reason, note and tax.

    Returns:
        JSON: `seller` and `buyer` (name, address lines, country, tax id, …), `language`, `time_zone`, `color`, `logo`,
        `cost_decimals`, `service_code`, `tax`, `reason`, `note`.
    """
    provider = provider_view(provider_id)
    return {
        "seller": _seller(provider_id),
        "buyer": _buyer(provider_id, tenant_id),
        "brand": provider.name,
        "color": provider.brand_color,
        "logo": provider.logo_light,
        "time_zone": provider.time_zone,
        "cost_decimals": int(get_setting(provider_id, "charging.cost_decimals")),
        "service_code": get_setting(provider_id, DOCUMENTS_SERVICE_CODE),
        "tax": content.get("tax") or {},
        "language": content.get("language", ""),
        "reason": content.get("reason", ""),
        "note": content.get("note", ""),
    }


def _seller(provider_id: int) -> dict[str, object]:
    known = legal_identity(provider_id)
    return {
        "name": known.name,
        "address": _lines(known.address),
        "country": known.country,
        "tax_id": known.tax_id,
        "registration_no": known.registration_no,
        "email": known.email,
    }


def _buyer(provider_id: int, tenant_id: int) -> dict[str, object]:
    tenant, profile = tenant_by_id(provider_id, tenant_id), tenant_profile(provider_id, tenant_id)
    return {
        "name": profile.legal_name or tenant.name,
        "address": _lines(profile.address),
        "country": profile.country,
        "tax_id": profile.tax_id,
        "customer_no": tenant.external_id,
    }


def _lines(address: str) -> list[str]:
    return [line.strip() for line in address.splitlines() if line.strip()]
