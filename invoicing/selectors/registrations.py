"""How a government's portal registered a document. Called by the selectors of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoicing.models import Registration
from invoicing.types import RegistrationView

if TYPE_CHECKING:
    from invoicing.models import Document


def registration_of(row: Document) -> RegistrationView | None:
    """Return the registration of a document, by one query where it has to be registered; None where there is none.

    Args:
        row: its provider's scope, or the tenant's, is open.
    """
    if not row.content.get("has_irn"):
        return None
    own = Registration.objects.filter(provider_id=row.provider_id, document_id=row.pk)
    found = own.first()
    if found is None:
        return None
    return RegistrationView(
        irn=found.irn,
        ack_number=found.ack_number,
        ack_at=found.ack_at,
        signed_code=found.signed_code,
    )
