"""Orders to top up by bank transfer as pages show them, and which of them a line of a statement may be meant for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from invoicing.enums import UNPAID_STATES, DocumentKind, SourceType
from invoicing.models import BankOrder, Document
from invoicing.selectors.documents import DocumentQuery, documents_of_source, list_documents
from payments.enums_bank import LineState
from payments.selectors.bank_lines import payers_by_iban

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from invoicing.types import DocumentView
    from payments.selectors.bank_lines import BankLineView


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with its proforma."""

    reference: str
    topup: str
    document: DocumentView


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An order that a line may pay: its payer paid for this client before, and exactly this is open."""

    reference: str
    number: str
    tenant_id: int


def own_orders(
    provider_id: int, tenant_id: int, *, today: date, before: int | None = None, limit: int = 50
) -> list[OrderView]:
    """Return a customer's orders, newest first, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the customer.
        today: the provider's day.
        before: the proforma's row before which the page begins.
        limit: at most so many.
    """
    query = DocumentQuery(tenant_id=tenant_id, kinds=[DocumentKind.PROFORMA], before=before)
    found = list_documents(provider_id, query, today=today, limit=limit)
    known = {
        row.document_id: row
        for row in BankOrder.objects.filter(
            provider_id=provider_id, document_id__in=[each.id for each in found]
        )
    }
    return [
        OrderView(reference=known[each.id].reference, topup=known[each.id].topup, document=each)
        for each in found
        if each.id in known
    ]


def orders_by_request(
    provider_id: int, keys: Collection[str], *, today: date | None = None
) -> dict[str, OrderView]:
    """Return orders by the keys of the forms that asked for them, by two queries.

    Args:
        provider_id: whose; its scope is open.
        keys: which; unknown ones are left out.
        today: the provider's day, on which unpaid ones are overdue or not; None where that is no question.
    """
    rows = BankOrder.objects.filter(provider_id=provider_id, request_key__in=keys).order_by("pk")
    orders = {row.topup: row for row in rows}
    found = documents_of_source(
        provider_id, SourceType.ORDER, list(orders), today=today or date.min
    )
    return {
        orders[topup].request_key: OrderView(
            reference=orders[topup].reference, topup=topup, document=documents[0]
        )
        for topup, documents in found.items()
    }


def documents_of_references(provider_id: int, references: Collection[str]) -> dict[str, str]:
    """Return the public ids of proformas by reference, by two queries.

    Args:
        provider_id: whose; its scope is open.
        references: which; unknown ones are left out.
    """
    rows = BankOrder.objects.filter(provider_id=provider_id, reference__in=references)
    orders = {row.document_id: row.reference for row in rows}
    found = Document.objects.filter(provider_id=provider_id, pk__in=orders)
    return {orders[number]: public for number, public in found.values_list("pk", "public_id")}


def suggestions_for(provider_id: int, lines: Sequence[BankLineView]) -> dict[int, list[Suggestion]]:
    """Return what lines that wait may be meant for, by line, by four queries; nothing is matched by it.

    Args:
        provider_id: whose; its scope is open.
        lines: which; those that do not wait get none.
    """
    waiting = [
        line
        for line in lines
        if line.state == LineState.OPEN and line.amount.amount_minor > 0 and line.party_iban
    ]
    if not waiting:
        return {}
    payers = payers_by_iban(provider_id, [line.party_iban for line in waiting])
    tenants = {tenant for found in payers.values() for tenant in found}
    rows = Document.objects.filter(
        provider_id=provider_id,
        tenant_id__in=tenants,
        source_type=SourceType.ORDER,
        state__in=UNPAID_STATES,
    )
    documents = {row.pk: row for row in rows}
    orders = BankOrder.objects.filter(provider_id=provider_id, document_id__in=documents)
    open_orders = [(order, documents[order.document_id]) for order in orders.order_by("pk")]
    return {
        line.id: [
            Suggestion(reference=order.reference, number=document.number, tenant_id=order.tenant_id)
            for order, document in open_orders
            if _fits(line, order, document, payers.get(line.party_iban, set()))
        ]
        for line in waiting
    }


def _fits(line: BankLineView, order: BankOrder, document: Document, payers: set[int]) -> bool:
    left = document.total_minor - document.paid_minor - document.credited_minor
    return (
        order.tenant_id in payers
        and document.currency == line.amount.currency
        and left == line.amount.amount_minor
    )
