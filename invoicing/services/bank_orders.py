"""Orders to top up by bank transfer: top-up, proforma and reference in one transaction. Called by customers' pages."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.counters import next_number
from billing_platform.kernel.markers import marker
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind, DocumentState, SourceType
from invoicing.errors_bank import NoBankAccount, NotCancellable, OrderNotFound
from invoicing.models import BankOrder, Document
from invoicing.services.cancelling import cancel_document
from invoicing.services.issuing import issue_now
from invoicing.services.references import compact, make_reference
from invoicing.services.topup_documents import sale_facts, sale_line, sale_taxes
from invoicing.types import Draft
from payments.selectors.bank_accounts import account_for
from payments.selectors.topups import topup_by_public_id
from payments.services.topup_money import close_bank_topup
from payments.services.topups import open_bank_topup
from tenants.selectors.providers import provider_day, provider_view
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money

MARKERS: Final = ("order.opened",)
_SERIES: Final = "bank_reference"
# A transfer takes days; one that is later still is credited all the same.
EXPIRES_AFTER: Final = timedelta(days=30)


def open_bank_order(
    *,
    provider_id: int,
    tenant_id: int,
    amount: Money,
    code: str,
    request_key: str,
    opened_by: int | None,
    now: datetime,
) -> str:
    """Open an order, and issue its proforma at once.

    Args:
        provider_id: whose; no scope needs to be open.
        tenant_id: who will pay.
        amount: the credit that is bought.
        code: of a promotion, or "".
        request_key: of the form, at most 100 characters.
        opened_by: number of the user.
        now: the moment of issue.

    Returns:
        The proforma's public id.

    Raises:
        NoBankAccount: the provider's documents in this currency name no account.
        TopupBlocked, FormReused: as `open_bank_topup`.

    Idempotency: by `request_key` per tenant; the second call returns the first one's proforma.
    """
    with transaction.atomic(), provider_scope(provider_id):
        there = _before(provider_id, tenant_id, request_key)
        if there:
            return there
        if account_for(provider_id, amount.currency) is None:
            raise NoBankAccount
        topup = open_bank_topup(
            provider_id=provider_id,
            tenant_id=tenant_id,
            amount=amount,
            code=code,
            request_key=request_key,
            opened_by=opened_by,
            now=now,
        )
        # Of two at the same time the second one finds the first one's order when it gets the counter.
        number = next_number(provider_id=provider_id, series=_SERIES)
        there = _before(provider_id, tenant_id, request_key)
        if there:
            return there
        document = _proforma(provider_id, tenant_id, topup, number, now)
        BankOrder.objects.create(
            provider_id=provider_id,
            tenant_id=tenant_id,
            document_id=document.pk,
            reference=document.content["payment"]["reference"],
            number_key=compact(document.number),
            topup=topup,
            request_key=request_key,
            opened_by=opened_by,
            created_at=now,
        )
        marker("order.opened")
        return document.public_id


def cancel_bank_order(
    *, provider_id: int, public_id: str, tenant_id: int | None, now: datetime
) -> None:
    """Cancel an order on which nothing came in; money that comes after all is credited still.

    Args:
        provider_id: whose; no scope needs to be open.
        public_id: of the proforma.
        tenant_id: only when it is this tenant's; None for the provider's people.
        now: the present moment.

    Raises:
        OrderNotFound: there is no such order.
        NotCancellable: something came in.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        rows = Document.objects.filter(provider_id=provider_id, public_id=public_id)
        if tenant_id is not None:
            rows = rows.filter(tenant_id=tenant_id)
        row = rows.filter(source_type=SourceType.ORDER).first()
        if row is None:
            raise OrderNotFound
        _cancel(row, now)


def expire_bank_orders(*, provider_id: int, now: datetime) -> int:
    """Cancel orders that are long overdue and on which nothing came in, so that they hold no promotion any more.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the present moment.

    Returns:
        How many were cancelled.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        day = provider_day(provider_id, now) - EXPIRES_AFTER
        rows = Document.objects.filter(
            provider_id=provider_id,
            source_type=SourceType.ORDER,
            state=DocumentState.SENT,
            due_on__lt=day,
        )
        found = list(rows.order_by("pk"))
        for row in found:
            with suppress(NotCancellable):  # its money came this moment
                _cancel(row, now)
        return len(found)


def _cancel(row: Document, now: datetime) -> None:
    cancel_document(provider_id=row.provider_id, document_id=row.pk, now=now)
    close_bank_topup(provider_id=row.provider_id, public_id=row.source_id, now=now)


def _before(provider_id: int, tenant_id: int, request_key: str) -> str:
    rows = BankOrder.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    row = rows.filter(request_key=request_key).first()
    if row is None:
        return ""
    return Document.objects.get(provider_id=provider_id, pk=row.document_id).public_id


def _proforma(provider_id: int, tenant_id: int, topup: str, number: int, now: datetime) -> Document:
    sold, tenant = topup_by_public_id(provider_id, topup), tenant_by_id(provider_id, tenant_id)
    share = sold.share_of(sold.total)
    reference = make_reference(provider_view(provider_id).slug, number)
    with override(tenant.language):
        taxes = sale_taxes(share)
        line = sale_line(share, detail=_("Payment order %s") % reference)
        note = _(
            "This is a proforma and no tax invoice. Please give the reference on the transfer."
        )
    draft = Draft(
        kind=DocumentKind.PROFORMA,
        tenant_id=tenant_id,
        currency=sold.total.currency,
        source_type=SourceType.ORDER,
        source_id=topup,
        supplied_on=provider_day(provider_id, now),
        lines=(line,),
        taxes=taxes,
        discount_minor=share.discount.amount_minor if share.discount else 0,
        language=tenant.language,
        note=note,
        reference=reference,
        tax=sale_facts(share),
    )
    document_id = issue_now(provider_id=provider_id, draft=draft, now=now)
    return Document.objects.get(provider_id=provider_id, pk=document_id)
