"""Credit notes of refunds of taxed top-ups: the money and the tax that went back, exactly as the ledger has them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.rounding import round_to_minor
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.models import Document, DocumentLine, DocumentTax
from invoicing.services.crediting import apply_note
from invoicing.services.drafting import locked_document
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from invoicing.types import Draft, DraftLine, DraftTax
from payments.enums import RefundState
from payments.selectors.settled import taxed_refunds
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from payments.selectors.settled import TaxedRefund

BATCH: Final = 200


def credit_refunds(
    *, provider_id: int, now: datetime, since: datetime | None = None
) -> tuple[int, dict[str, int]]:
    """Issue the credit notes of refunds whose top-up has an invoice, each in a transaction of its own.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the moment of issue.
        since: only of refunds that have moved since; None for all.

    Returns:
        For how many refunds notes were issued, and how many were refused, by reason; those are tried again with the
        next round.

    Idempotency: by refund.
    Source: Directive 2006/112/EC Art. 90 and 219; docs/decisions/0022-the-money-of-a-top-up.md.
    """
    return each_refund(provider_id, RefundState.SUCCEEDED, _credit, now=now, since=since)


def credit_refunds_before(invoice: Document, now: datetime) -> None:
    """Issue the notes of what was refunded of a payment before its invoice was issued, however long that took.

    Args:
        invoice: of a payment, issued just now in an open transaction, in which its row is locked.
        now: the moment of issue.

    Raises:
        SellerIncomplete, BuyerIncomplete, ExchangeRateMissing: as `issue_document`; then the invoice waits too.

    Idempotency: by refund.
    """
    provider_id = invoice.provider_id
    for refund in taxed_refunds(provider_id, after=0, limit=BATCH, payment=invoice.source_id):
        _credit(provider_id, refund, now)


def each_refund(
    provider_id: int,
    state: str,
    issue: Callable[[int, TaxedRefund, datetime], bool],
    *,
    now: datetime,
    since: datetime | None,
) -> tuple[int, dict[str, int]]:
    """Do something about each refund of a taxed top-up, in a transaction of its own.

    Args:
        provider_id: whose; no scope needs to be open.
        state: of the refunds.
        issue: returns whether this call issued anything.
        now: the moment of issue.
        since: only of refunds that have moved since; None for all.

    Returns:
        How many issued something, and how many were refused, by reason.
    """
    issued, failed, after = 0, dict[str, int](), 0
    while True:
        with provider_scope(provider_id):
            batch = taxed_refunds(provider_id, after=after, limit=BATCH, since=since, state=state)
        for refund in batch:
            try:
                with provider_scope(provider_id):
                    issued += issue(provider_id, refund, now)
            except DomainError as error:
                failed[error.code] = failed.get(error.code, 0) + 1
        if not batch:
            return issued, failed
        after = batch[-1].id


def invoices_of(provider_id: int, payment: str) -> list[Document]:
    """Return the issued invoices of a payment, oldest first: its own, and those of refunds that came again.

    Args:
        provider_id: whose; its scope is open.
        payment: public id of it.
    """
    mine = Document.objects.filter(provider_id=provider_id)
    issued = mine.filter(kind=DocumentKind.INVOICE).exclude(state=DocumentState.DRAFT)
    found = list(issued.filter(source_type=SourceType.PAYMENT, source_id=payment))
    newest = found
    while newest:
        notes = mine.filter(
            kind=DocumentKind.CREDIT_NOTE, corrects_id__in=[one.pk for one in newest]
        )
        names = list(notes.values_list("public_id", flat=True))
        newest = list(issued.filter(source_type=SourceType.DOCUMENT, source_id__in=names))
        found += newest
    return sorted(found, key=lambda one: one.pk)


def notes_of(provider_id: int, invoices: Sequence[Document], refund: str) -> list[Document]:
    """Return the credit notes of a refund.

    Args:
        provider_id: whose; its scope is open.
        invoices: of its payment.
        refund: public id of it.
    """
    names = [f"{one.public_id}/{refund}" for one in invoices]
    rows = Document.objects.filter(provider_id=provider_id, kind=DocumentKind.CREDIT_NOTE)
    return list(rows.filter(source_id__in=names).order_by("pk"))


def _credit(provider_id: int, refund: TaxedRefund, now: datetime) -> bool:
    """Issue the notes of a refund; returns whether this call did. An invoice that is a draft still comes first."""
    found = invoices_of(provider_id, refund.payment)
    if notes_of(provider_id, found, refund.public_id):
        return False
    invoices = [locked_document(provider_id, one.pk) for one in found]
    shares = _shares(invoices, refund)
    # Looked for again under the locks: somebody else may have issued them meanwhile.
    if not shares or notes_of(provider_id, invoices, refund.public_id):
        return False
    for invoice, share in shares:
        issue_note(invoice, share, now)
    return True


def _shares(
    invoices: Sequence[Document], refund: TaxedRefund
) -> list[tuple[Document, TaxedRefund]]:
    """Return what of a refund each invoice takes back: one all of it where one has room; none when it is too much."""
    left, parts = refund.amount.amount_minor, refund.tax_parts
    rooms = [(one, one.total_minor - one.credited_minor) for one in invoices]
    # More went back than was paid, in the gateway's dashboard: for people to look at.
    if sum(room for _one, room in rooms) < left:
        return []
    rooms.sort(key=lambda it: it[1] < left)
    shares = []
    for invoice, room in rooms:
        take = min(room, left)
        if take <= 0:
            continue
        taken = tuple(part * take // left for part in parts)
        amount = Money(take, refund.amount.currency)
        shares.append((invoice, replace(refund, amount=amount, tax_parts=taken)))
        parts = tuple(part - one for part, one in zip(parts, taken, strict=True))
        left -= take
    return shares


def issue_note(invoice: Document, refund: TaxedRefund, now: datetime, *, reason: str = "") -> None:
    """Issue the credit note of money that went back, settled by the posting that took it.

    Args:
        invoice: locked in an open transaction; of one line.
        refund: what went back, with its taxes in the order of the invoice's.
        now: the moment of issue.
        reason: printed on the note; the refund's number without one.
    """
    source_id = f"{invoice.public_id}/{refund.public_id}"
    draft = _draft(invoice, refund, source_id, now)
    draft = replace(draft, reason=reason or draft.reason)
    note_id = issue_now(provider_id=invoice.provider_id, draft=draft, now=now)
    apply_note(invoice, note_id, now)
    settle_document(
        provider_id=invoice.provider_id,
        document_id=note_id,
        amount=refund.amount,
        key=f"refund/{refund.public_id}",
        posting_id=refund.posting_id,
        now=now,
    )


def _draft(invoice: Document, refund: TaxedRefund, source_id: str, now: datetime) -> Draft:
    language = str(invoice.content.get("language", ""))
    base = refund.amount.amount_minor - sum(refund.tax_parts)
    discount = _discount(invoice, refund.amount.amount_minor)
    with override(language or None):
        reason = _("Refund %s") % refund.public_id
    return Draft(
        kind=DocumentKind.CREDIT_NOTE,
        tenant_id=invoice.tenant_id,
        currency=invoice.currency,
        source_type=SourceType.DOCUMENT,
        source_id=source_id,
        supplied_on=provider_day(invoice.provider_id, now),
        lines=(_line(invoice, base + discount),),
        taxes=_taxes(invoice, refund, base),
        discount_minor=discount,
        corrects_id=invoice.pk,
        posting_id=refund.posting_id,
        language=language,
        reason=reason,
        tax=invoice.content.get("tax") or {},
    )


def _line(invoice: Document, net_minor: int) -> DraftLine:
    line = DocumentLine.objects.get(provider_id=invoice.provider_id, document_id=invoice.pk)
    return DraftLine(
        name=line.name,
        detail=line.detail,
        quantity=Decimal(1),
        unit_price=Money(net_minor, invoice.currency).to_major(),
        net_minor=net_minor,
        tax_group=line.tax_group,
        corrects_position=line.position,
    )


def _taxes(invoice: Document, refund: TaxedRefund, base: int) -> tuple[DraftTax, ...]:
    rows = DocumentTax.objects.filter(provider_id=invoice.provider_id, document_id=invoice.pk)
    return tuple(
        DraftTax(
            tax_group=tax.tax_group,
            name=tax.name,
            category=tax.category,
            rate=tax.rate,
            base_minor=base,
            tax_minor=part,
            region=tax.region,
            reason=tax.reason,
        )
        for tax, part in zip(rows.order_by("position"), refund.tax_parts, strict=True)
    )


def _discount(invoice: Document, amount: int) -> int:
    """Return what of the invoice's discount goes back with an amount, so that in the end all of it has."""
    notes = Document.objects.filter(provider_id=invoice.provider_id, corrects_id=invoice.pk)
    given = notes.exclude(state=DocumentState.DRAFT).aggregate(
        off=Sum("discount_minor", default=0), total=Sum("total_minor", default=0)
    )
    together = Decimal(invoice.discount_minor) * (given["total"] + amount)
    return max(0, round_to_minor(together / invoice.total_minor) - int(given["off"]))
