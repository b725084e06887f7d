"""Issue a draft: number, snapshots and digest in one transaction; from then on it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from billing_platform.kernel.markers import marker
from invoicing.digests import document_digest
from invoicing.enums import DocumentKind, DocumentState
from invoicing.errors import NumberRefused, SellerIncomplete
from invoicing.models import DocumentLine, DocumentTax
from invoicing.services.buyers import has_irn, told_buyer
from invoicing.services.document_mails import announce_document
from invoicing.services.drafting import draft_document, locked_document
from invoicing.services.national_tax import KEY as NATIONAL_TAX
from invoicing.services.national_tax import frozen_national_taxes
from invoicing.services.numbering import check_pattern, take_number
from invoicing.services.parties import frozen_content
from tenants.registry_documents import DOCUMENTS_DUE_DAYS
from tenants.selectors.providers import legal_identity, provider_day
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from invoicing.models import Document
    from invoicing.types import Draft

MARKERS = ("document.numbered",)
# Documents in the sense of the law, which wants the seller's name and address on them.
OF_THE_LAW = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE)


def issue_now(*, provider_id: int, draft: Draft, now: datetime) -> int:
    """Write a draft and issue it, in one transaction.

    Args, raises: as `draft_document` and `issue_document`.

    Returns:
        The row's number.

    Idempotency: by kind and source, for ever.
    """
    with transaction.atomic():
        document_id = draft_document(provider_id=provider_id, draft=draft, now=now)
        issue_document(provider_id=provider_id, document_id=document_id, now=now)
    return document_id


@transaction.atomic
def issue_document(*, provider_id: int, document_id: int, now: datetime) -> str:
    """Give a draft its number and freeze it.

    Args:
        provider_id: whose; its scope is open.
        document_id: the row's number.
        now: the moment of issue.

    Returns:
        The number as it is printed; of one that is issued already, the number it has.

    Raises:
        DocumentNotFound: the provider has no such document.
        SellerIncomplete: an invoice or credit note without the seller's name and address.
        BuyerIncomplete: the law wants more of the buyer than is known.
        StateLearnt: it was taxed in a state of India that turned out to be another one.
        NumberRefused: the provider's pattern gives no usable number, or one that is taken.
        ExchangeRateMissing: its tax has to be named in another currency, and nobody has stored a rate.

    Idempotency: a document is issued once.
    Source: Directive 2006/112/EC Art. 226; a number that is rolled back is given to the next document.
    """
    row = locked_document(provider_id, document_id)
    if row.state != DocumentState.DRAFT:
        return str(row.number)
    _check_seller(row)
    mine = {"provider_id": provider_id, "document_id": row.pk}
    lines = list(DocumentLine.objects.filter(**mine).order_by("position"))
    taxes = list(DocumentTax.objects.filter(**mine).order_by("position"))
    row.content = _content(row, taxes)
    _number(row, _date(row, now))
    row.digest = document_digest(row, lines, taxes)
    is_open = row.total_minor > row.credit_used_minor
    row.state = DocumentState.SENT if is_open else DocumentState.PAID
    row.state_at = now
    marker("document.numbered")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "invoicing_document_number" in str(error):
            raise NumberRefused from error
        raise
    # What is to be registered is no invoice before, and is sent with it.
    if not row.content.get("has_irn"):
        announce_document(row, now=now)
    return str(row.number)


def check_issue(row: Document) -> None:
    """Refuse what `issue_document` would refuse of a draft, but for a number that is taken; nothing is written.

    Args:
        row: a draft; its provider's scope is open.

    Raises:
        SellerIncomplete, BuyerIncomplete, StateLearnt, ExchangeRateMissing: as `issue_document`.
        NumberRefused: the provider's pattern gives no number.
    """
    _check_seller(row)
    check_pattern(row.provider_id, row.kind)
    taxes = DocumentTax.objects.filter(provider_id=row.provider_id, document_id=row.pk)
    _content(row, list(taxes.order_by("position")))


def _check_seller(row: Document) -> None:
    if row.kind in OF_THE_LAW and not legal_identity(row.provider_id).is_complete:
        raise SellerIncomplete


def _content(row: Document, taxes: Sequence[DocumentTax]) -> dict[str, Any]:
    content = frozen_content(row.provider_id, row.tenant_id, row.kind, row.currency, row.content)
    content["buyer"] = told_buyer(row, content)
    told = frozen_national_taxes(row, taxes, str(content["seller"].get("country") or ""))
    if told:
        content[NATIONAL_TAX] = told
    if has_irn(row, content):
        content["has_irn"] = True
    return content


def _date(row: Document, now: datetime) -> date:
    """Note when a document is issued, and return the provider's day."""
    on = provider_day(row.provider_id, now)
    row.issued_at, row.issued_on = now, on
    if row.due_on is None and row.kind in (DocumentKind.INVOICE, DocumentKind.PROFORMA):
        row.due_on = on + timedelta(days=get_setting(row.provider_id, DOCUMENTS_DUE_DAYS))
    return on


def _number(row: Document, on: date) -> None:
    taken = take_number(provider_id=row.provider_id, kind=row.kind, on=on)
    row.number, row.series, row.series_number = taken.number, taken.series, taken.place
