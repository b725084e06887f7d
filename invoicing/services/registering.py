"""Note how a government's portal registered a document; then it is drawn and sent. Called by staff pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from billing_platform.kernel.markers import marker
from invoicing.enums import DocumentState
from invoicing.errors import RegistrationRefused
from invoicing.models import Registration
from invoicing.services.document_mails import announce_document
from invoicing.services.drafting import locked_document

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.types import RegistrationView

MARKERS: Final = ("document.registered",)
_IRN: Final = re.compile(r"[0-9a-f]{64}")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_CODE: Final = re.compile(r"[!-~]{1,2000}")


@transaction.atomic
def register_document(
    *,
    provider_id: int,
    document_id: int,
    registration: RegistrationView,
    user_id: int | None,
    now: datetime,
) -> None:
    """Note the registration of an issued document, and let it be drawn and mailed.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        registration: as the portal gave it.
        user_id: who enters it, None for a job.
        now: the present moment.

    Raises:
        DocumentNotFound: the provider has no such document.
        RegistrationRefused: it is not to be registered, is registered otherwise, or these are no figures of a portal.

    Idempotency: by document; the same registration again changes nothing.
    Source: CGST Rules 2017, rule 46 (r) and 48 (4).
    """
    row = locked_document(provider_id, document_id)
    is_whole = (
        _IRN.fullmatch(registration.irn)
        and _NUMBER.fullmatch(registration.ack_number)
        and _CODE.fullmatch(registration.signed_code)
    )
    if row.state == DocumentState.DRAFT or not row.content.get("has_irn") or not is_whole:
        raise RegistrationRefused
    there = Registration.objects.filter(provider_id=provider_id, document_id=row.pk).first()
    if there is not None:
        if there.irn != registration.irn:
            raise RegistrationRefused
        return
    try:
        with transaction.atomic():
            Registration.objects.create(
                provider_id=provider_id,
                tenant_id=row.tenant_id,
                document_id=row.pk,
                irn=registration.irn,
                ack_number=registration.ack_number,
                ack_at=registration.ack_at,
                signed_code=registration.signed_code,
                created_at=now,
                created_by=user_id,
            )
    except IntegrityError as error:
        raise RegistrationRefused from error
    marker("document.registered")
    announce_document(row, now=now)
