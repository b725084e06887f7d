"""A provider's bank lines as rows of a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billing_platform.portal.pages.bank import clients_of_lines, statement_number
from payments.selectors.bank_lines import list_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.bank_filter import BankFilter
    from payments.selectors.bank_lines import BankLineView
    from tenants.types import ProviderView, TenantView

EXPORT_ROWS: Final = 500
BANK_HEAD: Final = (
    "booked_on",
    "line",
    "currency",
    "amount",
    "name",
    "iban",
    "reference",
    "end_to_end",
    "text",
    "bank_ref",
    "state",
    "reason",
    "client",
)


def bank_cells(provider: ProviderView, wanted: BankFilter) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV, newest first; the provider's scope is open while it is read."""
    query = replace(wanted.wanted(statement_number(provider.id, wanted)), before=None)
    while True:
        rows = list_lines(provider.id, query, limit=EXPORT_ROWS)
        clients = clients_of_lines(provider.id, rows)
        for row in rows:
            yield _cells(row, clients.get(row.id))
        if len(rows) < EXPORT_ROWS:
            return
        query = replace(query, before=rows[-1].id)


def _cells(row: BankLineView, client: TenantView | None) -> tuple[Cell, ...]:
    return (
        row.booked_on,
        row.public_id,
        row.amount.currency,
        row.amount.to_major(),
        row.party_name,
        row.party_iban,
        row.reference,
        row.end_to_end,
        row.text,
        row.bank_ref,
        row.state,
        row.reason,
        client.external_id if client else "",
    )
