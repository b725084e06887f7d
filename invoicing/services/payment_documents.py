"""Documents of payments: drafted in the payment's own transaction, issued a moment later by a worker.

The draft is the note that something is to be issued: it stands or falls with the payment, and no lost task loses it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import Document
from invoicing.services.drafting import draft_document
from invoicing.services.issuing import issue_document
from invoicing.services.settling import settle_document
from invoicing.types import Draft, DraftLine
from payments.selectors.settled import settled_payments
from tenants.registry_tax import TAX_POINT
from tenants.selectors.providers import provider_view
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

MARKERS: Final = ("receipt.issued",)
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Issued:
    """What a round issued.

    Attributes:
        documents: how many.
        failed: how many were refused, by reason.
    """

    documents: int = 0
    failed: dict[str, int] = field(default_factory=dict)


def draft_receipt(
    *, provider_id: int, tenant_id: int, payment: str, posting_id: int, amount: Money, now: datetime
) -> int | None:
    """Draft the receipt of a payment into the balance.

    Args:
        provider_id: whose; its scope is open, in the transaction that credits the payment.
        tenant_id: who paid.
        payment: its public id.
        posting_id: the posting that credited it.
        amount: what was credited.
        now: the moment.

    Returns:
        The draft's row; None where the tax is due on the top-up itself, which a receipt cannot say.

    Idempotency: by payment.
    """
    if get_setting(provider_id, TAX_POINT) != "consumption":
        return None
    tenant = tenant_by_id(provider_id, tenant_id)
    zone = ZoneInfo(provider_view(provider_id).time_zone)
    with override(tenant.language):
        line = DraftLine(
            name=_("Top-up of the prepaid balance"),
            detail=_("Payment %s") % payment,
            quantity=Decimal(1),
            unit_price=Decimal(amount.amount_minor).scaleb(-exponent(amount.currency)),
            net_minor=amount.amount_minor,
            tax_group="",
        )
        note = _("This is no tax invoice: tax falls due when the balance is used.")
    draft = Draft(
        kind=DocumentKind.RECEIPT,
        tenant_id=tenant_id,
        currency=amount.currency,
        source_type=SourceType.PAYMENT,
        source_id=payment,
        supplied_on=now.astimezone(zone).date(),
        lines=(line,),
        posting_id=posting_id,
        language=tenant.language,
        note=note,
    )
    return draft_document(provider_id=provider_id, draft=draft, now=now)


def issue_payment_documents(*, provider_id: int, now: datetime) -> Issued:
    """Issue every draft of a payment, each in a transaction of its own; one that is refused stays a draft.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the moment of issue.

    Idempotency: a draft is issued once, whoever comes first.
    """
    documents, failed = 0, dict[str, int]()
    for document_id in _drafts(provider_id):
        try:
            with provider_scope(provider_id):
                _issue(provider_id, document_id, now)
        except DomainError as error:
            failed[error.code] = failed.get(error.code, 0) + 1
        else:
            documents += 1
            marker("receipt.issued")
    return Issued(documents, failed)


def draft_missing(*, provider_id: int, now: datetime) -> int:
    """Draft the receipts of payments that were credited before anybody drafted any.

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
            for paid in batch:
                draft_receipt(
                    provider_id=provider_id,
                    tenant_id=paid.tenant_id,
                    payment=paid.public_id,
                    posting_id=paid.posting_id,
                    amount=paid.amount,
                    now=paid.settled_at,
                )
        if not batch:
            return looked
        after, looked = batch[-1].id, looked + len(batch)


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


def _issue(provider_id: int, document_id: int, now: datetime) -> None:
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
