"""Read MT940 by the library `mt-940`; banks still send it, though SWIFT retires it."""

from __future__ import annotations

import re
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
# Field 61, subfield 6: an item that came back.
_RETURNED_ITEM: Final = "RTI"
# Codes of business of the German banks. Source: DFÜ-Abkommen, Anlage 3, MT940, Geschäftsvorfallcodes.
_RETURNS: Final = frozenset(
    ("108", "109", "110", "111", "159", "160", "181", "182", "183", "184", "193", "199")
)
_BATCHES: Final = frozenset(
    ("079", "185", "188", "189", "190", "191", "192", "194", "195", "196", "197", "198")
)
# Subfield 34 stands on ordinary payments too (000, 011, 166, 992, 997, 999): only these say why something came back.
_WHY: Final = re.compile(r"9(?!9|00)[0-9]{2}|[A-Z]{2}[0-9]{2}")


def read_mt940(data: bytes) -> list[Statement]:
    """Return the statements of a file.

    A batch is one line that waits: the format has no place for what is in it. A return says so by its mark, its type or
    its code of business.

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
    told = clean_text(row.get("return_debit_notes") or "", 140)
    is_return = _is_return(row, told)
    is_batch = str(row.get("transaction_code") or "") in _BATCHES
    if is_batch:
        # What the library takes for a reference are the batch's own words.
        extra, named = f"{extra} {named or ''}", ""
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
        is_return=is_return,
        return_reason=told if is_return else "",
        is_batch=is_batch,
    )


def _is_return(row: Mapping[str, Any], told: str) -> bool:
    return (
        str(row.get("status", "")).upper() in _REVERSALS
        or str(row.get("id", ""))[1:4].upper() == _RETURNED_ITEM
        or str(row.get("transaction_code") or "") in _RETURNS
        or _WHY.fullmatch(told[:4].strip()) is not None
    )


def _money(amount: Any) -> Money:
    try:
        return Money.from_major(Decimal(amount.amount), str(amount.currency))
    except DomainError as error:
        raise StatementUnreadable(message=error.message) from error


def _day(found: Any) -> date:
    return date(found.year, found.month, found.day)
