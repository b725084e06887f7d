"""Documents of payments: drafted in the payment's own transaction, issued a moment later by a worker.

The draft is the note that something is to be issued: it stands or falls with the payment, and no lost task loses it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentState, SourceType
from invoicing.errors import DocumentNotFound, StateLearnt
from invoicing.models import Document
from invoicing.services.drafting import discard_draft, locked_document
from invoicing.services.issuing import issue_document
from invoicing.services.return_notes import issue_notes_with
from invoicing.services.settling import settle_document
from invoicing.services.topup_documents import draft_credit_sale
from payments.selectors.settled import gone_back, settled_payment, settled_payments
from payments.selectors.topups import (
    TopupShare,
    TopupView,
    topup_by_public_id,
    transferred_before,
)
from promotions.selectors.bonuses import bonus_of
from tenants.registry_tax import TAX_POINT
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from payments.selectors.settled import SettledPayment

MARKERS: Final = ("receipt.issued",)
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """What a round issued.

    Attributes:
        documents: how many.
        failed: how many were refused, by reason.
        ended: how many drafts were thrown away, since they can never be issued and their money went back.
    """

    documents: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    ended: int = 0


def draft_of_payment(
    *,
    provider_id: int,
    tenant_id: int,
    payment: str,
    posting_id: int,
    amount: Money,
    topup: str,
    now: datetime,
    before: int | None = None,
) -> int:
    """Draft the document of a payment into the balance.

    Args:
        provider_id: whose; its scope is open, in the transaction that credits the payment.
        tenant_id: who paid.
        payment: its public id.
        posting_id: the posting that credited it.
        amount: what came in.
        topup: public id of the top-up that it is for, with its tax; "" for a payment without one.
        now: the moment.
        before: what had come in for the top-up before it, minor units; None in the transaction that counts it.

    Returns:
        The draft's row: of a top-up as it was agreed; of a payment without one a receipt, since nobody agreed on a tax.

    Idempotency: by payment.
    """
    if topup:
        agreed = topup_by_public_id(provider_id, topup)
        earlier = _counted_before(agreed, amount) if before is None else before
        share, point = _share(agreed, amount, earlier), agreed.tax_point
    else:
        share = TopupShare(received=amount, net=amount, taxes=None, discount=None)
        point = get_setting(provider_id, TAX_POINT)
    return draft_credit_sale(
        provider_id=provider_id,
        tenant_id=tenant_id,
        payment=payment,
        posting_id=posting_id,
        share=share,
        tax_point=point,
        now=now,
    )


def _counted_before(agreed: TopupView, amount: Money) -> int:
    """Return what had come in before a payment that is counted already."""
    is_counted = amount.currency == agreed.received.currency
    return agreed.received.amount_minor - (amount.amount_minor if is_counted else 0)


def _share(agreed: TopupView, amount: Money, before: int) -> TopupShare:
    """Return what a payment is made of; no document shows a discount that nobody gave."""
    share = agreed.share_of(amount, earlier=max(0, before))
    if share.discount and bonus_of(agreed.provider_id, agreed.public_id) is None:
        return replace(share, discount=None)
    return share


def issue_payment_documents(*, provider_id: int, now: datetime) -> Issued:
    """Issue every draft of a payment, each in a transaction of its own; one that is refused stays a draft.

    Unless no issue can ever follow and all its money went back: such a one ends, and nothing is left to be documented.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the moment of issue.

    Idempotency: a draft is issued once, whoever comes first.
    """
    documents, ended, failed = 0, 0, dict[str, int]()
    for document_id in _drafts(provider_id):
        try:
            with provider_scope(provider_id):
                issue_payment_document(provider_id=provider_id, document_id=document_id, now=now)
        except DomainError as error:
            if isinstance(error, StateLearnt) and _end_gone_back(provider_id, document_id):
                ended += 1
            else:
                failed[error.code] = failed.get(error.code, 0) + 1
        else:
            documents += 1
            marker("receipt.issued")
    return Issued(documents, failed, ended)


def issue_payment_document(*, provider_id: int, document_id: int, now: datetime) -> None:
    """Issue a draft of a payment, paid by it, with the credit notes of what the bank took back of it meanwhile.

    Args:
        provider_id: whose; its scope is open in a transaction.
        document_id: the row's number.
        now: the moment of issue.

    Raises:
        DocumentNotFound, SellerIncomplete, BuyerIncomplete, ExchangeRateMissing, NumberRefused: as
            `issue_document`.

    Idempotency: a document is issued once, and its notes with it.
    """
    # Two rounds may hold one list: who comes second finds the document issued and its notes counted.
    if locked_document(provider_id, document_id).state != DocumentState.DRAFT:
        return
    issue_document(provider_id=provider_id, document_id=document_id, now=now)
    row = Document.objects.get(provider_id=provider_id, pk=document_id)
    settle_document(
        provider_id=provider_id,
        document_id=document_id,
        amount=Money(row.total_minor, row.currency),
        key=f"payment/{row.source_id}",
        posting_id=row.posting_id,
        now=now,
    )
    issue_notes_with(row, now)


def _end_gone_back(provider_id: int, document_id: int) -> bool:
    """Throw away a draft whose money went back whole; returns whether it did, not where somebody else did."""
    with provider_scope(provider_id), suppress(DocumentNotFound):
        row = locked_document(provider_id, document_id)
        is_over = row.state == DocumentState.DRAFT and row.source_id in gone_back(
            provider_id, [row.source_id]
        )
        if is_over:
            discard_draft(provider_id=provider_id, document_id=document_id)
        return is_over
    return False


def draft_missing(*, provider_id: int, now: datetime) -> int:
    """Draft the documents of payments that were credited before anybody drafted any, and did not go back whole.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the present moment.

    Returns:
        How many payments were looked at.

    Idempotency: by payment.
    """
    after = looked = 0
    while True:
        with provider_scope(provider_id):
            batch = settled_payments(provider_id, after=after, limit=BATCH)
            names = _undrafted(provider_id, [paid.public_id for paid in batch])
            over = gone_back(provider_id, names)
            for paid in batch:
                if paid.public_id in names - over:
                    _draft(provider_id, paid)
        if not batch:
            return looked
        after, looked = batch[-1].id, looked + len(batch)


def draft_again(*, provider_id: int, payment: str) -> bool:
    """Draft the document of a payment whose draft ended with its money, part of which came back since.

    Args:
        provider_id: whose; its scope is open.
        payment: public id of it.

    Returns:
        Whether there was none, not even a draft.

    Idempotency: by payment.
    """
    paid = settled_payment(provider_id, payment) if _undrafted(provider_id, [payment]) else None
    if paid is None or gone_back(provider_id, [payment]):
        return False
    _draft(provider_id, paid)
    return True


def _undrafted(provider_id: int, names: Sequence[str]) -> set[str]:
    rows = Document.objects.filter(
        provider_id=provider_id, source_type=SourceType.PAYMENT, source_id__in=names
    )
    return {*names} - {*rows.values_list("source_id", flat=True)}


def _draft(provider_id: int, paid: SettledPayment) -> None:
    """Draft the document of a payment of long ago: what came in since did not come before it."""
    before = None
    if paid.topup:
        before = transferred_before(topup_by_public_id(provider_id, paid.topup), paid.posting_id)
    draft_of_payment(
        provider_id=provider_id,
        tenant_id=paid.tenant_id,
        payment=paid.public_id,
        posting_id=paid.posting_id,
        amount=paid.amount,
        topup=paid.topup,
        now=paid.settled_at,
        before=before,
    )


def _drafts(provider_id: int) -> Iterator[int]:
    """Yield drafts of payments in the order in which they were credited."""
    last = 0
    while True:
        with provider_scope(provider_id):
            rows = Document.objects.filter(
                provider_id=provider_id,
                state=DocumentState.DRAFT,
                source_type=SourceType.PAYMENT,
                pk__gt=last,
            )
            found = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not found:
            return
        yield from found
        last = found[-1]
