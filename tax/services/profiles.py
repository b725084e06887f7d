"""Write what is known of a customer's place: its address, and proofs of where a consumer is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from babel import Locale
from django.db import transaction

from billing_platform.kernel.scope import provider_scope
from tax.enums import ProofKind
from tax.errors import InvalidAddress, InvalidProof
from tax.models import LocationProof, TaxProfile
from tax.rules.india import STATES
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.tenants import tenant_by_id
from tenants.services.profiles import save_profile

if TYPE_CHECKING:
    from datetime import datetime

    from tax.types import TaxAddress

_COUNTRIES: Final = frozenset(
    code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()
)
_DETAIL_MAX: Final = 200
_LENGTHS: Final = {
    "city": 100,
    "postcode": 16,
    "region": 40,
    "delivery": 500,
    "delivery_region": 40,
}


@transaction.atomic
def save_tax_address(
    *,
    provider_id: int,
    tenant_id: int,
    legal_name: str,
    street: str,
    address: TaxAddress,
    now: datetime,
) -> None:
    """Store a customer's name and address for tax and documents; the address is kept as a proof of place.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose address.
        legal_name: as documents name it.
        street: the lines before the postcode.
        address: country, state, postcode, city; where something is delivered elsewhere, that too.
        now: the present moment.

    Raises:
        TenantNotFoundError: no such tenant in this scope.
        InvalidAddress: no such country or state, too long, or not storable; nothing is changed.
        InvalidProfileError: as `tenants` says.

    Idempotency: by state; the same address is kept as one proof.
    """
    tenant = tenant_by_id(provider_id, tenant_id)
    _check(address)
    if "\x00" in street or len(street) > 500 or len(legal_name) > 200:
        raise InvalidAddress
    stored = tenant_profile(provider_id, tenant_id)
    changed = replace(stored, legal_name=legal_name, address=street, country=address.country)
    save_profile(
        provider_id=provider_id,
        tenant_id=tenant_id,
        profile=changed,
        language=tenant.language,
        now=now,
    )
    with provider_scope(provider_id):
        values = {
            "city": address.city,
            "postcode": address.postcode,
            "region": address.region,
            "delivery": address.delivery,
            "delivery_region": address.delivery_region,
            "updated_at": now,
        }
        TaxProfile.objects.update_or_create(
            provider_id=provider_id, tenant_id=tenant_id, defaults=values
        )
    if address.country:
        lines = [*street.splitlines(), f"{address.postcode} {address.city}".strip()]
        detail = ", ".join(line.strip() for line in lines if line.strip())
        record_proof(
            provider_id=provider_id,
            tenant_id=tenant_id,
            kind=ProofKind.ADDRESS,
            country=address.country,
            detail=detail or address.country,
            now=now,
        )


def record_proof(
    *,
    provider_id: int,
    tenant_id: int,
    kind: str,
    country: str,
    detail: str,
    now: datetime,
    user_id: int | None = None,
) -> None:
    """Keep a proof of where a customer is.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose place.
        kind: of ProofKind.
        country: ISO 3166, two letters.
        detail: what it rests on, without secrets.
        now: the present moment.
        user_id: who recorded it, None for the system.

    Raises:
        TenantNotFoundError: no such tenant in this scope.
        InvalidProof: no such kind or country, or no words.

    Idempotency: by kind, country and words.

    Source: Implementing Regulation (EU) 282/2011, Art. 24b(d) and 24f.
    """
    tenant_by_id(provider_id, tenant_id)
    if kind not in ProofKind.values or country not in _COUNTRIES:
        raise InvalidProof
    if not detail.strip() or "\x00" in detail:
        raise InvalidProof
    proof = LocationProof(
        provider_id=provider_id,
        tenant_id=tenant_id,
        kind=kind,
        country=country,
        detail=detail.strip()[:_DETAIL_MAX],
        recorded_at=now,
        recorded_by=user_id,
    )
    with provider_scope(provider_id):
        LocationProof.objects.bulk_create([proof], ignore_conflicts=True)


def _check(address: TaxAddress) -> None:
    texts = {name: str(getattr(address, name)) for name in _LENGTHS}
    if any(len(text) > _LENGTHS[name] or "\x00" in text for name, text in texts.items()):
        raise InvalidAddress
    if address.country and address.country not in _COUNTRIES:
        raise InvalidAddress
    for region in (address.region, address.delivery_region):
        is_us = len(region) == 2 and region.isascii() and region.isalpha() and region.isupper()
        wrong = {"IN": region not in STATES, "US": not is_us}
        if region and wrong.get(address.country, False):
            raise InvalidAddress
