"""All that is known of a customer for tax, and the certificates that it sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.files.storage import storages

from tax.errors import ExemptionNotFound
from tax.models import Exemption, LocationProof, NumberCheck, TaxNumber, TaxProfile
from tax.selectors.cases import standing_of
from tax.selectors.days import first_day
from tax.types import (
    CheckView,
    ExemptionView,
    ProofView,
    TaxAddress,
    TaxFile,
    TaxNumberView,
    TaxProfileView,
)
from tenants.registry_tax import TAX_TRUST_DAYS
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

STORAGE: Final = "uploads"
_CHECKS_SHOWN: Final = 20
# How files that are taken begin; what a browser is told of them follows from the content, never from their name.
_KINDS: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}


def file_kind(content: bytes) -> str:
    """Return the media type of a certificate, or "" for what is not taken.

    Args:
        content: the file.
    """
    return next((kind for head, kind in _KINDS.items() if content.startswith(head)), "")


def tax_address(provider_id: int, tenant_id: int) -> TaxAddress:
    """Return a customer's place, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: whose place.
    """
    row = TaxProfile.objects.filter(provider_id=provider_id, tenant_id=tenant_id).first()
    country = tenant_profile(provider_id, tenant_id).country
    if row is None:
        return TaxAddress(country=country)
    return TaxAddress(
        country=country,
        region=row.region,
        postcode=row.postcode,
        city=row.city,
        delivery=row.delivery,
        delivery_region=row.delivery_region,
    )


def number_on_documents(provider_id: int, tenant_id: int, country: str, *, typed: str = "") -> str:
    """Return the tax number by which documents name a customer, or "": one that its register knows comes first.

    One that its register denied names nobody: the customer is taxed as a consumer.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: whose number.
        country: where the customer is; its numbers come before others.
        typed: into the profile, long ago; it stands only where there never was a number, not even a removed one.
    """
    rows = TaxNumber.objects.filter(provider_id=provider_id, tenant_id=tenant_id).order_by("pk")
    if not rows:
        return typed
    standing = [row for row in rows if row.removed_at is None and row.said != "invalid"]
    ranked = sorted(standing, key=lambda row: (row.said != "valid", row.country != country))
    return ranked[0].number if ranked else ""


def tax_profile(provider_id: int, tenant_id: int, *, now: datetime) -> TaxProfileView:
    """Return everything that is known of a customer for tax, by seven queries.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: whose.
        now: the present moment, which decides what is confirmed.
    """
    own = {"provider_id": provider_id, "tenant_id": tenant_id}
    trust_days = get_setting(provider_id, TAX_TRUST_DAYS)
    numbers = TaxNumber.objects.filter(**own, removed_at__isnull=True).order_by("pk")
    checks = NumberCheck.objects.filter(**own).order_by("-pk")[:_CHECKS_SHOWN]
    return TaxProfileView(
        address=tax_address(provider_id, tenant_id),
        numbers=tuple(_number(row, now, trust_days) for row in numbers),
        exemptions=tuple(
            _exemption(row) for row in Exemption.objects.filter(**own).order_by("-pk")
        ),
        proofs=tuple(
            ProofView(
                id=row.pk,
                kind=row.kind,
                country=row.country,
                detail=row.detail,
                recorded_at=row.recorded_at,
            )
            for row in LocationProof.objects.filter(**own).order_by("-pk")
        ),
        checks=tuple(_check(row) for row in checks),
    )


def certificate_file(provider_id: int, tenant_id: int, public_id: str) -> TaxFile:
    """Return the file of an exemption.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: who sent it.
        public_id: of the exemption.

    Raises:
        ExemptionNotFound: the customer has no such exemption, or its file is gone.
    """
    row = Exemption.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, public_id=public_id
    ).first()
    if row is None or not storages[STORAGE].exists(row.stored_name):
        raise ExemptionNotFound
    with storages[STORAGE].open(row.stored_name) as file:
        content = bytes(file.read())
    return TaxFile(name=row.file_name, content=content, kind=file_kind(content))


def _number(row: TaxNumber, now: datetime, trust_days: int) -> TaxNumberView:
    return TaxNumberView(
        public_id=row.public_id,
        country=row.country,
        number=row.number,
        standing=standing_of(row, on=now.date(), trust_days=trust_days),
        checked_at=row.checked_at,
        valid_at=row.said_at if row.said == "valid" else None,
        next_check_at=row.next_check_at,
    )


def _exemption(row: Exemption) -> ExemptionView:
    return ExemptionView(
        public_id=row.public_id,
        country=row.country,
        region=row.region,
        certificate=row.certificate,
        state=row.state,
        file_name=row.file_name,
        begins=first_day(row.valid),
        ends=row.valid.upper,
        note=row.note,
        created_at=row.created_at,
    )


def _check(row: NumberCheck) -> CheckView:
    return CheckView(
        number=row.number,
        outcome=row.outcome,
        source=row.source,
        fault=row.fault,
        consultation_number=row.consultation_number,
        requester=row.requester,
        name=row.name,
        address=row.address,
        asked_at=row.asked_at,
        note=row.note,
    )
