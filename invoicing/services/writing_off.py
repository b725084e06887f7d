"""Give up what is open of an invoice, and owe it again: who asks decides, or a payment that comes after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post, reverse
from accounts.types import Line, PostingRequest
from invoicing.enums import CorrectionKind, CorrectionState, DocumentState
from invoicing.models import Correction
from invoicing.services.standing import open_minor, restate, set_state

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.models import Document

SOURCE = "correction"


def give_up(invoice: Document, *, key: str, reason: str, now: datetime) -> int:
    """Post what is open of an invoice as bad debt, and call it written off.

    Args:
        invoice: locked in an open transaction; something of it is open, which the ledger knows as owed.
        key: of the correction.
        reason: a person's words.
        now: the moment of posting.

    Returns:
        The posting.
    """
    left = open_minor(invoice)
    request = PostingRequest(
        kind=PostingKind.WRITE_OFF,
        currency=invoice.currency,
        lines=(
            Line(kind=AccountKind.RECEIVABLE, amount_minor=left, tenant_id=int(invoice.tenant_id)),
            Line(kind=AccountKind.BAD_DEBT, amount_minor=-left),
        ),
        key=f"{SOURCE}/{key}",
        source_type=SOURCE,
        source_id=invoice.public_id,
        reason=reason,
    )
    posted = post(provider_id=invoice.provider_id, request=request, now=now)
    set_state(invoice, DocumentState.WRITTEN_OFF, now)
    return posted.posting_id


def owe_again(invoice: Document, now: datetime, *, user_id: int | None = None) -> None:
    """Take the write-off of an invoice back by a reversal; nothing happens where there is none.

    Args:
        invoice: locked in an open transaction.
        now: the moment of posting.
        user_id: who takes it back; None where a payment of it, or the return of one, does.
    """
    if invoice.state != DocumentState.WRITTEN_OFF:
        return
    row = Correction.objects.get(
        provider_id=invoice.provider_id,
        document_id=invoice.pk,
        kind=CorrectionKind.WRITE_OFF,
        state=CorrectionState.MADE,
    )
    back = reverse(
        provider_id=invoice.provider_id,
        posting_id=row.posting_id or 0,
        key=f"{SOURCE}/{row.pk}/back",
        now=now,
    )
    row.state, row.ended_by, row.ended_at = CorrectionState.TAKEN_BACK, user_id, now
    row.end_posting_id = back.posting_id
    row.save(update_fields=["state", "ended_by", "ended_at", "end_posting_id"])
    restate(invoice, now)
