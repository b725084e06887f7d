"""Read MT940 by the library `mt-940`; banks still send it, though SWIFT retires it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import mt940
from django.utils.translation import gettext as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from payments.statements.errors import StatementUnreadable
from payments.statements.values import (
    Statement,
    StatementLine,
    clean_name,
    clean_text,
    clean_word,
    compact,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# Without `applicant_iban` the library glues the IBAN to the payer's name, without `reversal_sign` it counts money
# that was taken back as money that came in.
OPTIONS: Final = mt940.Options(
    applicant_iban=True,
    reversal_sign=True,
    case_insensitive_marks=True,
    merge_keeps_values=True,
    unbounded_details=True,
    strip_bom=True,
    gvc_leading_text=True,
)
# What the library raises on what it cannot read.
_BROKEN: Final = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_REVERSALS: Final = ("RC", "RD")


def read_mt940(data: bytes) -> list[Statement]:
    """Return the statements of a file.

    Args:
        data: the file, in UTF-8 or in Windows' Latin.

    Raises:
        StatementUnreadable: no MT940, or broken.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if ":20:" not in text or ":25:" not in text:
        raise StatementUnreadable(message=_("This file holds no MT940 statement."))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    try:
        # As an open file: a text that names a file would be opened.
        blocks = mt940.parse_statements(StringIO(lines), options=OPTIONS)
        return [_statement(block.data, [each.data for each in block]) for block in blocks]
    except _BROKEN as error:
        raise StatementUnreadable(message=_("This file is no MT940 that can be read.")) from error


def _statement(head: Mapping[str, Any], rows: list[dict[str, Any]]) -> Statement:
    opening = _balance(head, "final_opening_balance", "intermediate_opening_balance")
    closing = _balance(head, "final_closing_balance", "intermediate_closing_balance")
    if opening is None or closing is None:
        raise StatementUnreadable(message=_("This statement has no opening or no closing balance."))
    number = "/".join(
        str(head[key]) for key in ("statement_number", "sequence_number") if head.get(key)
    )
    return Statement(
        account=str(head.get("account_identification") or "").strip().upper(),
        number=clean_word(number),
        opening=opening,
        closing=closing,
        lines=tuple(_line(row) for row in rows if "amount" in row),
    )


def _balance(head: Mapping[str, Any], *names: str) -> Money | None:
    found = next((head[name] for name in names if head.get(name) is not None), None)
    return _money(found.amount) if found is not None else None


def _line(row: Mapping[str, Any]) -> StatementLine:
    amount = _money(row["amount"])
    purpose = row.get("purpose") or row.get("transaction_details") or row.get("extra_details")
    extra = row.get("additional_purpose") or ""
    iban = row.get("applicant_iban") or row.get("gvc_applicant_iban") or ""
    named = row.get("end_to_end_reference") or row.get("customer_reference")
    reason = row.get("return_debit_notes") or ""
    valued = _day(row["date"])
    return StatementLine(
        booked_on=_day(row["entry_date"]) if row.get("entry_date") else valued,
        valued_on=valued,
        amount=amount,
        bank_ref=clean_word(row.get("bank_reference")),
        end_to_end=clean_word(named),
        text=clean_text(f"{purpose or ''}{extra}"),
        party_name=clean_name(row.get("applicant_name")),
        party_iban=compact(iban)[:34],
        is_return=str(row.get("status", "")).upper() in _REVERSALS or bool(reason),
        return_reason=clean_text(reason, 140),
    )


def _money(amount: Any) -> Money:
    try:
        return Money.from_major(Decimal(amount.amount), str(amount.currency))
    except DomainError as error:
        raise StatementUnreadable(message=error.message) from error


def _day(found: Any) -> date:
    return date(found.year, found.month, found.day)
