"""Settle a document by money that came, and undo it; each once by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from invoicing.enums import UNPAID_STATES, DocumentState
from invoicing.errors import SettlementRefused
from invoicing.models import Settlement
from invoicing.services.drafting import locked_document
from invoicing.services.standing import open_minor, restate
from invoicing.services.writing_off import owe_again

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


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
    """Count money towards a document; one that is written off is owed again by it.

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
        or row.state not in (*UNPAID_STATES, DocumentState.WRITTEN_OFF)
        or not 0 < amount.amount_minor <= open_minor(row)
    ):
        raise SettlementRefused
    owe_again(row, now)
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
        SettlementRefused: no such settlement, or the document was cancelled meanwhile.

    Idempotency: a settlement is undone once.
    """
    row = locked_document(provider_id, document_id)
    mine = Settlement.objects.filter(provider_id=provider_id, document_id=row.pk)
    paid = mine.filter(key=key, undoes_id__isnull=True).first()
    if paid is None:
        raise SettlementRefused
    if mine.filter(undoes_id=paid.pk).exists():
        return str(row.state)
    if row.state == DocumentState.CANCELLED:
        raise SettlementRefused
    owe_again(row, now)
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
