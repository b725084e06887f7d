"""Payments as CSV: a customer's history, and what matches the provider's filters; refunds follow their payment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.portal.method_words import paid_title
from billing_platform.portal.pages.payments import client_number, own_lines, staff_lines
from billing_platform.portal.payment_words import failure_words
from payments.enums import RefundDestination
from payments.selectors.payments import list_payments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.payments import PaymentLine
    from billing_platform.portal.pages.payments_filter import PaymentFilter
    from payments.types import PaymentView
    from tenants.types import ProviderView, TenantView

EXPORT_ROWS: Final = 500
HISTORY_HEAD: Final = ("at", "payment", "method", "for", "currency", "amount", "state", "reason")
PAYMENTS_HEAD: Final = (
    *HISTORY_HEAD,
    "client",
    "received",
    "gateway_id",
    "code",
    "given_back",
    "fee",
    "fee_currency",
)


def history_cells(tenant: TenantView, wanted: PaymentFilter) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a customer's CSV, newest first; the tenant's scope is open while it is read."""
    query = replace(wanted.wanted(tenant.time_zone, tenant.id), before=None)
    while True:
        rows = list_payments(tenant.provider_id, query, limit=EXPORT_ROWS)
        for line in own_lines(tenant.provider_id, rows):
            cells = _cells(line.row, line.pill)
            yield _later_cells(cells, line) if line.refund or line.dispute else cells
        if len(rows) < EXPORT_ROWS:
            return
        query = replace(query, before=rows[-1].id)


def payment_cells(provider: ProviderView, wanted: PaymentFilter) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the provider's CSV, newest first; its scope is open while it is read."""
    query = wanted.wanted(provider.time_zone, client_number(provider.id, wanted.client))
    query = replace(query, before=None)
    while True:
        rows = list_payments(provider.id, query, limit=EXPORT_ROWS)
        for line in staff_lines(provider.id, rows):
            yield _staff_cells(line)
        if len(rows) < EXPORT_ROWS:
            return
        query = replace(query, before=rows[-1].id)


def _staff_cells(line: PaymentLine) -> tuple[Cell, ...]:
    row, one = line.row, line.refund
    client = line.client.external_id if line.client else ""
    cells = _cells(row, line.pill)
    if one is not None:
        told = _later_cells(cells, line)
        return (*told, client, "", one.external_id, one.failure_code, "", "", "")
    received = f"{row.received.to_major():f} {row.received.currency}" if row.received else ""
    back = Money(row.given_back_minor, row.received.currency).to_major() if row.received else ""
    return (
        *cells,
        client,
        received,
        row.external_id,
        row.failure_code,
        back,
        "" if row.fee is None else row.fee.to_major(),
        "" if row.fee is None else row.fee.currency,
    )


def _cells(row: PaymentView, pill: str) -> tuple[Cell, ...]:
    return (
        row.created_at,
        row.public_id,
        paid_title(row),
        row.description,
        row.amount.currency,
        row.amount.to_major(),
        pill.removeprefix("payment_"),
        failure_words(row.failure_code),
    )


def _later_cells(cells: Sequence[Cell], line: PaymentLine) -> tuple[Cell, ...]:
    """Return the cells of a refund or a dispute of a payment, from those of the payment."""
    _at, payment, method, what, currency, _amount, _state, _reason = cells
    if line.is_to_balance:
        method = RefundDestination.BALANCE.value
    return (
        line.at,
        payment,
        method,
        what,
        currency,
        line.amount.to_major(),
        line.pill,
        "",
    )
