"""What a bank statement says, whatever it is written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from billing_platform.kernel.money import Money

# A month of a busy account is a few megabytes; what is larger is no statement.
BYTES_MAX: Final = 8 * 1024 * 1024
LINES_MAX: Final = 10_000
# Longer ones are cut: no rule reads so far.
TEXT_MAX: Final = 2000
_NAME_MAX: Final = 140
_WORD_MAX: Final = 70
# How banks say that there is none.
_NOTHING: Final = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "NOTAVAILABLE"})


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One movement on an account; a batch booking is several when the bank tells what is in it.

    Attributes:
        amount: + came in, − went out.
        bank_ref: the bank's own reference; empty when it gives none.
        reference: the structured creditor references, compact, with blanks between them.
        end_to_end: what the payer named the payment; empty when nothing.
        text: all that the payer wrote.
        party_name, party_iban: who is on the other side.
        is_return: it takes an earlier movement back, or is a payment that came back.
        return_reason: the bank's code and words.
        is_batch: several payments that the bank does not tell apart.
    """

    booked_on: date
    amount: Money
    valued_on: date | None = None
    bank_ref: str = ""
    reference: str = ""
    end_to_end: str = ""
    text: str = ""
    party_name: str = ""
    party_iban: str = ""
    is_return: bool = False
    return_reason: str = ""
    is_batch: bool = False


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What happened on one account.

    Attributes:
        account: an IBAN, or as an old bank writes it: bank code, a slash, account number.
        number: as the bank numbers it.
        opening, closing: what stood there before and after; None where the format does not say.
        lines: in the order of the file; what is not booked yet is left out.
        unbooked: how many were left out.
    """

    account: str
    number: str
    opening: Money | None
    closing: Money | None
    lines: tuple[StatementLine, ...]
    unbooked: int = 0


def clean_text(text: str | None, most: int = TEXT_MAX) -> str:
    """Return what a bank wrote, on one line and without signs that cannot be printed."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text or "")
    return " ".join(printable.split())[:most]


def clean_name(text: str | None) -> str:
    """Return the name of who is on the other side."""
    return clean_text(text, _NAME_MAX)


def clean_word(text: str | None) -> str:
    """Return a reference as it was written, empty for the words by which banks say that there is none."""
    word = clean_text(text, _WORD_MAX)
    return "" if compact(word) in _NOTHING else word


def compact(text: str) -> str:
    """Return letters and digits only, upper case."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())
