"""Who sells and who buys, as a document names them: read at issue and frozen with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from invoicing.enums import DocumentKind
from invoicing.selectors.representatives import representative_of
from payments.selectors.bank_accounts import account_for
from tax.selectors.profiles import number_on_documents, tax_address
from tax.selectors.rates import INDIA_STATES
from tenants.registry_documents import DOCUMENTS_CASH_ACCOUNTING, DOCUMENTS_SERVICE_CODE
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.providers import legal_identity, provider_view
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tax.types import TaxAddress
    from tenants.types import LegalIdentity

# Documents that ask for money say where it goes.
_TO_BE_PAID: Final = (DocumentKind.INVOICE, DocumentKind.PROFORMA)
# Documents that say tax.
_TAXED: Final = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)


def frozen_content(
    provider_id: int, tenant_id: int, kind: str, currency: str, content: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a document prints beside its figures, as it is at this moment.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the buyer.
        kind: of DocumentKind.
        currency: of the document, on which depends where it is to be paid.
        content: of the draft: language, reason, note, tax and reference.

    Returns:
        JSON: `seller` and `buyer` (name, address lines, the same in parts, country, tax id, …), `representative` (who
        owes the tax in the seller's place), `cash_accounting`, `payment` (the account of what is to be paid),
        `payment_terms`, `legal_text`, `language`, `time_zone`, `color`, `logo`, `cost_decimals`, `service_code`,
        `tax`, `reason`, `note`.
    """
    provider, known = provider_view(provider_id), legal_identity(provider_id)
    is_asked, is_taxed = kind in _TO_BE_PAID, kind in _TAXED
    return {
        "seller": _seller(known),
        "representative": _representative(provider_id) if is_taxed else {},
        "cash_accounting": is_taxed and get_setting(provider_id, DOCUMENTS_CASH_ACCOUNTING),
        "buyer": _buyer(provider_id, tenant_id),
        "payment": _payment(provider_id, currency, content) if is_asked else {},
        "payment_terms": known.payment_terms if is_asked else "",
        "legal_text": known.legal_text,
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


def _representative(provider_id: int) -> dict[str, object]:
    """Return the tax representative; empty without one. Source: Directive 2006/112/EC Art. 226 (15)."""
    found = representative_of(provider_id)
    if not found.is_complete:
        return {}
    lines = [line.strip() for line in found.address.splitlines() if line.strip()]
    return {**asdict(found), "address": lines}


def _seller(known: LegalIdentity) -> dict[str, object]:
    place = _place(known.address, known.postcode, known.city, known.region, known.country)
    return {
        "name": known.name,
        **place,
        "tax_id": known.tax_id,
        "registration_no": known.registration_no,
        "email": known.email,
    }


def _buyer(provider_id: int, tenant_id: int) -> dict[str, object]:
    tenant, profile = tenant_by_id(provider_id, tenant_id), tenant_profile(provider_id, tenant_id)
    town = tax_address(provider_id, tenant_id)
    return {
        "name": profile.legal_name or tenant.name,
        **_place(profile.address, town.postcode, town.city, town.region, profile.country),
        "tax_id": number_on_documents(
            provider_id, tenant_id, profile.country, typed=profile.tax_id
        ),
        "customer_no": tenant.external_id,
        "delivery": _delivery(town),
    }


def _delivery(town: TaxAddress) -> list[str]:
    """Return the address of delivery line by line; empty where it is the buyer's own.

    Source: CGST Rules 2017, rule 46 (o).
    """
    lines = [line.strip() for line in town.delivery.splitlines() if line.strip()]
    return [line for line in (*lines, _state(town.delivery_region, town.country)) if line]


def _payment(provider_id: int, currency: str, content: Mapping[str, Any]) -> dict[str, str]:
    """Return where to pay; empty without an account."""
    account = account_for(provider_id, currency)
    if account is None:
        return {}
    return {
        "holder": account.holder,
        "iban": account.iban,
        "bic": account.bic,
        "reference": content.get("reference", ""),
    }


def _state(region: str, country: str) -> str:
    """Return a state of India by its name and code, as rule 46 (f) wants it; others stand in the town's line."""
    name = INDIA_STATES.get(region, "") if country == "IN" else ""
    return f"{name} ({region})" if name else ""


def _place(street: str, postcode: str, city: str, region: str, country: str) -> dict[str, object]:
    """Return an address as it is printed, line by line, and in parts."""
    lines = [line.strip() for line in street.splitlines() if line.strip()]
    if country == "US":
        town = ", ".join(part for part in (city, f"{region} {postcode}".strip()) if part)
    else:
        town = f"{postcode} {city}".strip()
    return {
        "address": [line for line in (*lines, town, _state(region, country)) if line],
        "street": lines,
        "postcode": postcode,
        "city": city,
        "region": region,
        "country": country,
    }
