"""Documents as CSV, for customers and for the provider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from invoicing.selectors.documents import list_documents
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from billing_platform.portal.list_cells import Cell
    from invoicing.selectors.documents import DocumentQuery
    from invoicing.types import DocumentView

EXPORT_ROWS: Final = 500
OWN_HEAD: Final = (
    "number",
    "kind",
    "issued_on",
    "due_on",
    "status",
    "currency",
    "net",
    "tax",
    "total",
    "due",
    "document",
)
STAFF_HEAD: Final = (*OWN_HEAD, "client")


def document_cells(
    provider_id: int, query: DocumentQuery, today: date, *, is_staff: bool
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a CSV, newest first; the scope is open while it is read."""
    query = replace(query, before=None)
    while True:
        rows = list_documents(provider_id, query, today=today, limit=EXPORT_ROWS)
        clients = tenants_by_id(provider_id, {row.tenant_id for row in rows}) if is_staff else {}
        for row in rows:
            client = clients.get(row.tenant_id)
            name = (client.external_id if client else "",)
            yield (*_cells(row), *name) if is_staff else _cells(row)
        if len(rows) < EXPORT_ROWS:
            return
        query = replace(query, before=rows[-1].id)


def _cells(row: DocumentView) -> tuple[Cell, ...]:
    net = row.subtotal - row.discount
    return (
        row.number,
        row.kind,
        row.issued_on,
        row.due_on,
        row.status,
        row.total.currency,
        *(amount.to_major() for amount in (net, row.tax, row.total, row.due)),
        row.public_id,
    )
