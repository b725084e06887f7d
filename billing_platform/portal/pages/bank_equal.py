"""Lines of bank statements that may be second copies: one as its page tells of it, and all that are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from billing_platform.portal.pages.address import address_query
from payments.enums_bank import LineReason, LineState
from payments.selectors.bank_lines import LineQuery, lines_by_ids, list_lines
from payments.selectors.bank_statements import statements_by_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from invoicing.services.bank_answers import Answered
    from payments.selectors.bank_lines import BankLineView
    from tenants.types import ProviderView

EQUAL_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class EqualLine:
    """The line of which another may be a second copy.

    Attributes:
        statement: as the bank numbers it, else what the file was called.
        imported_at: when that file came.
    """

    url: str
    pill: str
    statement: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line about which it is asked."""

    row: BankLineView
    url: str
    equal: EqualLine


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line that was answered about just now.

    Attributes:
        pill: where it stands, "" when there is no such line.
        refused: why nothing was done, "" when it was.
    """

    line: str
    url: str
    pill: str
    refused: str


@dataclass(frozen=True, slots=True)
class EqualPage:
    """All lines that may be second copies, the newest first.

    Attributes:
        before: the row before which the page begins; 0 for the newest.
        older_url: where those beyond the first are, "" when these are all.
        answers: what became of those that were answered about just now.
    """

    lines: Sequence[AskedLine]
    before: int
    older_url: str
    answers: Sequence[AnsweredLine]
    zone: str


def equal_page(
    provider: ProviderView, *, before: int, answers: Sequence[Answered] = ()
) -> EqualPage:
    """Return the lines about which it is asked, by five queries at most.

    Args:
        provider: whose; its scope is open.
        before: the row before which the page begins; 0 for the newest.
        answers: what became of those that were answered about just now.
    """
    query = LineQuery(state=LineState.OPEN, reason=LineReason.DUPLICATE, before=before or None)
    rows = list_lines(provider.id, query, limit=EQUAL_ROWS)
    if before and not rows:
        # The last ones of an older page were answered about.
        return equal_page(provider, before=0, answers=answers)
    equals = _equals(provider.id, {row.equal_line_id for row in rows if row.equal_line_id})
    path = reverse("provider-bank-equal")
    return EqualPage(
        lines=[
            AskedLine(row, _url(row.public_id), equals[row.equal_line_id])
            for row in rows
            if row.equal_line_id
        ],
        before=before,
        older_url=path + address_query({"before": rows[-1].id}) if len(rows) == EQUAL_ROWS else "",
        answers=[
            AnsweredLine(
                each.line,
                _url(each.line) if each.state else "",
                f"line_{each.state}" if each.state else "",
                each.refused,
            )
            for each in answers
        ],
        zone=provider.time_zone,
    )


def equal_line(provider_id: int, row: BankLineView) -> EqualLine | None:
    """Return the line that one may equal, by four queries; None where nothing is equal.

    Args:
        provider_id: whose; its scope is open.
        row: the line.
    """
    if row.equal_line_id is None:
        return None
    return _equals(provider_id, [row.equal_line_id])[row.equal_line_id]


def _equals(provider_id: int, ids: Collection[int]) -> dict[int, EqualLine]:
    if not ids:
        return {}
    lines = lines_by_ids(provider_id, ids)
    wanted = sorted({line.statement_id for line in lines.values()})
    statements = {each.id: each for each in statements_by_ids(provider_id, wanted)}
    return {
        number: EqualLine(
            url=_url(line.public_id),
            pill=f"line_{line.state}",
            statement=statements[line.statement_id].numbers or statements[line.statement_id].name,
            imported_at=statements[line.statement_id].imported_at,
        )
        for number, line in lines.items()
    }


def _url(line: str) -> str:
    return reverse("provider-bank-line", args=[line])
