"""Settle a document by money that came, and undo it; each once by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from invoicing.enums import UNPAID_STATES, DocumentState
from invoicing.errors import SettlementRefused
from invoicing.models import Settlement
from invoicing.services.drafting import locked_document

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from invoicing.models import Document


@transaction.atomic
def settle_document(
    *,
    provider_id: int,
    document_id: int,
    amount: Money,
    key: str,
    now: datetime,
    posting_id: int | None = None,
) -> str:
    """Count money towards a document.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        amount: above 0, at most what is open.
        key: names what paid, for instance `payment/pay_1`.
        now: the present moment.
        posting_id: the posting that moved the money.

    Returns:
        The document's state afterwards.

    Raises:
        DocumentNotFound: the provider has no such document.
        SettlementRefused: another currency, more than is open, a draft, or a document that takes no payment.

    Idempotency: by `key` per document.
    """
    row = locked_document(provider_id, document_id)
    if Settlement.objects.filter(provider_id=provider_id, document_id=row.pk, key=key).exists():
        return str(row.state)
    if (
        amount.currency != row.currency
        or row.state not in UNPAID_STATES
        or not 0 < amount.amount_minor <= open_minor(row)
    ):
        raise SettlementRefused
    Settlement.objects.create(
        provider_id=provider_id,
        tenant_id=row.tenant_id,
        document_id=row.pk,
        amount_minor=amount.amount_minor,
        key=key,
        posting_id=posting_id,
        at=now,
    )
    row.paid_minor += amount.amount_minor
    return restate(row, now)


@transaction.atomic
def undo_settlement(
    *, provider_id: int, document_id: int, key: str, now: datetime, posting_id: int | None = None
) -> str:
    """Take back what a settlement paid: a returned transfer, a wrong match.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        key: of the settlement.
        now: the present moment.
        posting_id: the posting that moved the money back.

    Returns:
        The document's state afterwards.

    Raises:
        DocumentNotFound: the provider has no such document.
        SettlementRefused: no such settlement, or the document was cancelled or written off meanwhile.

    Idempotency: a settlement is undone once.
    """
    row = locked_document(provider_id, document_id)
    mine = Settlement.objects.filter(provider_id=provider_id, document_id=row.pk)
    paid = mine.filter(key=key, undoes_id__isnull=True).first()
    if paid is None:
        raise SettlementRefused
    if mine.filter(undoes_id=paid.pk).exists():
        return str(row.state)
    if row.state in (DocumentState.CANCELLED, DocumentState.WRITTEN_OFF):
        raise SettlementRefused
    Settlement.objects.create(
        provider_id=provider_id,
        tenant_id=row.tenant_id,
        document_id=row.pk,
        amount_minor=-paid.amount_minor,
        key=f"undo/{key}",
        posting_id=posting_id,
        undoes_id=paid.pk,
        at=now,
    )
    row.paid_minor -= paid.amount_minor
    return restate(row, now)


def open_minor(row: Document) -> int:
    """Return what of a document is open, minor units, 0 or more."""
    off = row.credit_used_minor + row.paid_minor + row.credited_minor
    return max(0, row.total_minor - off)


def restate(row: Document, now: datetime) -> str:
    """Write what paid or took back a document, and the state that follows from it; its row is locked.

    Args:
        row: with its new figures.
        now: the present moment.
    """
    state = _state_of(row)
    if state != row.state:
        row.state, row.state_at = state, now
    row.save(update_fields=["paid_minor", "credited_minor", "state", "state_at"])
    return str(state)


def _state_of(row: Document) -> DocumentState:
    if row.credited_minor and row.credited_minor == row.total_minor:
        return DocumentState.CANCELLED
    if not open_minor(row):
        return DocumentState.PAID
    return DocumentState.PARTIALLY_PAID if row.paid_minor else DocumentState.SENT
