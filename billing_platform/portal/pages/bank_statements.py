"""Imported bank statements: the list, and one with how far its lines are matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from billing_platform.portal.pages.address import address_query
from payments.enums_bank import LineState, StatementFormat
from payments.selectors.bank_statements import list_statements, statement_by_public_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.selectors.bank_statements import StatementView
    from tenants.types import ProviderView

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement of a list.

    Attributes:
        open: how many of its lines wait for somebody.
    """

    row: StatementView
    format: str
    url: str
    open: int


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """A provider's imported statements."""

    rows: Sequence[StatementRow]
    newest_url: str
    older_url: str
    zone: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many lines stand somewhere, and where they are listed."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """One imported statement.

    Attributes:
        is_open: lines of it are still to be looked at, so that the page asks again.
        percent: how many have been looked at.
    """

    row: StatementRow
    figures: Sequence[Figure]
    is_open: bool
    percent: int
    lines_url: str
    zone: str


def statements_page(provider: ProviderView, *, before: int) -> StatementsPage:
    """Return a provider's statements, newest first, by three queries.

    Args:
        provider: whose; its scope is open.
        before: the row before which the page begins; 0 for the newest.
    """
    path = reverse("provider-statements")
    rows = list_statements(provider.id, before=before or None, limit=PAGE_ROWS)
    older = address_query({"before": rows[-1].id}) if len(rows) == PAGE_ROWS else ""
    return StatementsPage(
        rows=[_row(row) for row in rows],
        newest_url=path if before else "",
        older_url=path + older if older else "",
        zone=provider.time_zone,
    )


def statement_page(provider: ProviderView, public_id: str) -> StatementPage:
    """Return one statement, by three queries.

    Args:
        provider: whose; its scope is open.
        public_id: which.

    Raises:
        StatementNotFound: the provider has no such statement.
    """
    row = _row(statement_by_public_id(provider.id, public_id))
    left = row.row.states.get(LineState.NEW, 0)
    lines = row.row.lines
    return StatementPage(
        row=row,
        figures=[
            Figure(
                str(label),
                row.row.states.get(value, 0),
                reverse("provider-bank") + address_query({"statement": public_id, "state": value}),
            )
            for value, label in LineState.choices
        ],
        is_open=left > 0,
        percent=100 * (lines - left) // lines if lines else 100,
        lines_url=reverse("provider-bank") + address_query({"statement": public_id}),
        zone=provider.time_zone,
    )


def _row(row: StatementView) -> StatementRow:
    return StatementRow(
        row=row,
        format=str(StatementFormat(row.format).label),
        url=reverse("provider-statement", args=[row.public_id]),
        open=row.states.get(LineState.OPEN, 0),
    )
