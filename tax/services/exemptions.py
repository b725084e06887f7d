"""Exemptions: customers ask with a certificate, the provider's people decide. Called by both portals."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope
from tax.enums import ExemptionState
from tax.errors import (
    AlreadyAsked,
    ExemptionDecided,
    ExemptionNotFound,
    InvalidCertificate,
    InvalidPlace,
    TooManyExemptions,
)
from tax.models import Exemption
from tax.selectors.days import days
from tax.selectors.profiles import STORAGE, file_kind
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import date, datetime

BYTES_MAX: Final = 5 * 1024 * 1024
# Files take room: what somebody has to look at is sent a few at a time.
WAITING_MAX: Final = 20
_ONCE: Final = "tax_exemption_once"


def ask_exemption(
    *,
    provider_id: int,
    tenant_id: int,
    country: str,
    region: str,
    certificate: str,
    begins: date,
    ends: date | None,
    file_name: str,
    content: bytes,
    now: datetime,
) -> str:
    """Store a certificate with what the customer says of it; it counts once somebody has accepted it.

    Args:
        provider_id: whose customer; its scope, or the tenant's own, is open.
        tenant_id: who asks.
        country: ISO 3166, two letters: whose tax.
        region: India's state or a state of the USA, "" for the whole country.
        certificate: its number.
        begins: the first day.
        ends: the first day without it, None for no end.
        file_name: shown, never used.
        content: PDF, PNG or JPEG.
        now: the present moment.

    Returns:
        The exemption's public id.

    Raises:
        TenantNotFoundError: no such tenant in this scope.
        InvalidPlace, InvalidPeriod, InvalidCertificate: as they say.
        AlreadyAsked: the same certificate is here already.
        TooManyExemptions: 20 wait to be looked at.

    Idempotency: by country, state and content, while it is asked for or accepted.
    """
    tenant_by_id(provider_id, tenant_id)
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise InvalidPlace
    if not (region == "" or (len(region) <= 10 and region.isascii() and region.isalnum())):
        raise InvalidPlace
    certificate = certificate.strip()[:100]
    if not certificate or "\x00" in certificate + file_name:
        raise InvalidCertificate
    if len(content) > BYTES_MAX or not file_kind(content):
        raise InvalidCertificate
    stretch = days(begins, ends)
    storage = storages[STORAGE]
    stored = storage.save(f"tax/{provider_id}/{uuid4().hex}", ContentFile(content))
    try:
        with provider_scope(provider_id), transaction.atomic():
            _check_waiting(provider_id, tenant_id)
            row = Exemption.objects.create(
                provider_id=provider_id,
                tenant_id=tenant_id,
                country=country,
                region=region.upper(),
                certificate=certificate,
                file_name=file_name.rpartition("/")[2][-200:] or "certificate",
                stored_name=stored,
                digest=sha256(content).hexdigest(),
                valid=stretch,
                created_at=now,
            )
    except BaseException as error:
        storage.delete(stored)
        if isinstance(error, IntegrityError) and _ONCE in str(error):
            raise AlreadyAsked from error
        raise
    return row.public_id


@transaction.atomic
def decide_exemption(
    *,
    provider_id: int,
    tenant_id: int,
    public_id: str,
    state: str,
    note: str,
    user_id: int,
    now: datetime,
) -> None:
    """Accept or refuse what a customer asked for, or withdraw what was accepted.

    Args:
        provider_id: whose customer; its scope is open.
        tenant_id: who asked.
        public_id: which.
        state: accepted, refused or withdrawn.
        note: words to the customer.
        user_id: who decides.
        now: the present moment.

    Raises:
        ExemptionNotFound: the customer has no such exemption.
        ExemptionDecided: that is decided already.

    Idempotency: the same decision twice changes nothing.
    """
    rows = Exemption.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, public_id=public_id
    )
    row = rows.select_for_update().first()
    if row is None:
        raise ExemptionNotFound
    if row.state == state:
        return
    moves = {
        ExemptionState.ASKED: {ExemptionState.ACCEPTED, ExemptionState.REFUSED},
        ExemptionState.ACCEPTED: {ExemptionState.WITHDRAWN},
    }
    if state not in moves.get(ExemptionState(row.state), set()):
        raise ExemptionDecided
    rows.update(state=state, note=note.strip()[:300], decided_at=now, decided_by=user_id)


def _check_waiting(provider_id: int, tenant_id: int) -> None:
    rows = Exemption.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    if rows.filter(state=ExemptionState.ASKED).count() >= WAITING_MAX:
        raise TooManyExemptions
