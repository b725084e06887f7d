"""Why a draft waits: what would be refused if it were issued now. Called by the pages of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.errors import DomainError
from invoicing.enums import DocumentState
from invoicing.models import Document
from invoicing.services.issuing import check_issue

if TYPE_CHECKING:
    from invoicing.types import DocumentView


def refusal_of(provider_id: int, head: DocumentView) -> str:
    """Return why a draft cannot be issued, in the active language; "" of one that can, and of any that is issued.

    Of its number only the pattern is tried, for more would take one.

    Args:
        provider_id: whose; its scope is open.
        head: the document.
    """
    if head.status != DocumentState.DRAFT:
        return ""
    row = Document.objects.filter(provider_id=provider_id, pk=head.id).first()
    if row is None:
        return ""
    try:
        check_issue(row)
    except DomainError as error:
        return error.message
    return ""
