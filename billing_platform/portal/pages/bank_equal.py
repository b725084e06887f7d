"""The line of a bank statement of which another may be a second copy, as the other's page tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from payments.selectors.bank_lines import bank_line
from payments.selectors.bank_statements import statements_by_ids

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.bank_lines import BankLineView


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


def equal_line(provider_id: int, row: BankLineView) -> EqualLine | None:
    """Return the line that one may equal, by five queries; None where nothing is equal.

    Args:
        provider_id: whose; its scope is open.
        row: the line.
    """
    if row.equal_line_id is None:
        return None
    line = bank_line(provider_id, row.equal_line_id)
    (statement,) = statements_by_ids(provider_id, [line.statement_id])
    return EqualLine(
        url=reverse("provider-bank-line", args=[line.public_id]),
        pill=f"line_{line.state}",
        statement=statement.numbers or statement.name,
        imported_at=statement.imported_at,
    )
