"""Read a bank's CSV by its profile."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from io import StringIO
from typing import TYPE_CHECKING, Final

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
    from collections.abc import Iterator, Mapping

    from payments.statements.csv_profile import CsvProfile

_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,5})?")


def read_bank_csv(data: bytes, profile: CsvProfile, account: str) -> list[Statement]:
    """Return the one statement of a file; it has no balances.

    Args:
        data: the file.
        profile: how this bank writes.
        account: whose it is where no column says so.

    Raises:
        StatementUnreadable: another encoding, missing columns, or a line whose day or amount cannot be read.
    """
    profile.check()
    rows = list(_rows(data, profile))
    named = {compact(row[profile.account]) for row in rows} if profile.account else set()
    if len(named) > 1:
        raise StatementUnreadable(message=_("This file holds the lines of several accounts."))
    lines = tuple(_line(number, row, profile) for number, row in enumerate(rows, start=1))
    return [
        Statement(
            account=next(iter(named), "") or account,
            number="",
            opening=None,
            closing=None,
            lines=lines,
        )
    ]


def _rows(data: bytes, profile: CsvProfile) -> Iterator[Mapping[str, str]]:
    try:
        text = data.decode(profile.encoding)
    except UnicodeError as error:
        raise StatementUnreadable(
            message=_("This file is not written in %s.") % profile.encoding
        ) from error
    stream = StringIO(text.replace("\x00", ""), newline="")
    for _line_before in range(profile.skipped):
        stream.readline()
    reader = csv.DictReader(stream, delimiter=profile.delimiter, restval="", restkey="")
    try:
        head = [each.strip() for each in reader.fieldnames or ()]
        reader.fieldnames = head
        missing = [each for each in profile.columns() if each not in head]
        if missing:
            raise StatementUnreadable(
                message=_("These columns are missing: %s.") % clean_text(", ".join(missing), 200)
            )
        for row in reader:
            cells = {name: value for name, value in row.items() if isinstance(value, str)}
            if any(each.strip() for each in cells.values()):
                yield cells
    except csv.Error as error:
        raise StatementUnreadable(
            message=_("This file cannot be taken apart into lines.")
        ) from error


def _line(number: int, row: Mapping[str, str], profile: CsvProfile) -> StatementLine:
    def cell(name: str) -> str:
        return row.get(name, "") if name else ""

    try:
        booked = profile.day(cell(profile.booked))
        valued = profile.day(cell(profile.valued)) if cell(profile.valued).strip() else None
        amount = _amount(row, profile)
    except (ValueError, DomainError) as error:
        raise StatementUnreadable(
            message=_("Line %s: its day or amount cannot be read.") % number
        ) from error
    is_return = _says(cell(profile.kind), profile.return_words)
    return StatementLine(
        booked_on=booked,
        valued_on=valued,
        amount=amount,
        bank_ref=clean_word(cell(profile.bank_ref)),
        reference=compact(clean_word(cell(profile.reference))),
        end_to_end=clean_word(cell(profile.end_to_end)),
        text=clean_text(" ".join(cell(name) for name in profile.text_columns())),
        party_name=clean_name(cell(profile.name)),
        party_iban=compact(cell(profile.iban))[:34],
        is_return=is_return,
        return_reason=clean_text(cell(profile.kind), 140) if is_return else "",
        is_batch=_says(cell(profile.kind), profile.batch_words),
    )


def _says(kind: str, words: str) -> bool:
    """Return whether what a bank calls a booking holds one of some words, with commas between them."""
    said = kind.casefold()
    return any(each in said for each in _words(words))


def _words(listed: str) -> set[str]:
    return {each.strip().casefold() for each in listed.split(",") if each.strip()}


def _amount(row: Mapping[str, str], profile: CsvProfile) -> Money:
    said = row.get(profile.currency, "").strip().upper() if profile.currency else ""
    currency = said or profile.default_currency
    if not profile.amount:
        out, came = (
            _number(row.get(name, ""), profile) for name in (profile.debit, profile.credit)
        )
        return Money.from_major(abs(came) - abs(out), currency)
    number = _number(row[profile.amount], profile)
    words = _words(profile.debit_words)
    if profile.mark and row.get(profile.mark, "").strip().casefold() in words:
        number = -abs(number)
    return Money.from_major(number, currency)


def _number(text: str, profile: CsvProfile) -> Decimal:
    """Return a number as this bank writes it; an empty cell is nothing.

    Raises:
        ValueError: it is none.
    """
    bare = re.sub(r"[\s\u00a0'’]", "", text).replace("−", "-")
    if not bare:
        return Decimal(0)
    other = "." if profile.decimal == "," else ","
    plain = bare.replace(other, "").replace(profile.decimal, ".")
    if plain.endswith("-"):
        plain = f"-{plain[:-1]}"
    if not _PLAIN.fullmatch(plain):
        raise ValueError(text)
    return Decimal(plain)
