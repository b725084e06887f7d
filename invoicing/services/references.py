"""Creditor references: made for proformas, and found again in what payers write.

Source: ISO 11649 (RF, two check digits, up to 21 letters and digits), ISO 7064 (mod 97-10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from payments.selectors.bank_lines import BankLineView

_SHORTEST: Final = 5
_LONGEST: Final = 25
_CODE_LENGTH: Final = 8
_START: Final = re.compile(r"(?=RF[0-9]{2})")
# A text is bounded, what is looked up from it is as well.
_STARTS_MAX: Final = 40
_WINDOWS_MAX: Final = 400


def make_reference(code: str, number: int) -> str:
    """Return a reference with its check digits.

    Args:
        code: a short word of the provider; what is neither letter nor digit is left out.
        number: unique within the provider, 0 or more.
    """
    base = f"{compact(code)[:_CODE_LENGTH]}{number:06d}"
    return f"RF{mod_97_10.calc_check_digits(base + 'RF')}{base}"


def compact(text: str) -> str:
    """Return letters and digits only, upper case."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def references_in(text: str) -> set[str]:
    """Return everything in a text that is a valid reference, whatever blanks and dashes stand in it.

    What follows without a gap belongs to it or not: every length whose check digits are right is returned.
    """
    letters = compact(text)
    starts = [found.start() for found in _START.finditer(letters)][:_STARTS_MAX]
    pieces = {
        letters[at : at + length]
        for at in starts
        for length in range(_SHORTEST, _LONGEST + 1)
        if at + length <= len(letters)
    }
    return {piece for piece in pieces if iso11649.is_valid(piece)}


def written_in(line: BankLineView) -> set[str]:
    """Return the references that the payer of a line wrote, or its bank in the end-to-end reference."""
    return references_in(line.text) | references_in(line.end_to_end)


def references_of(line: BankLineView) -> set[str]:
    """Return all references that a line names, the structured ones too."""
    return set(line.reference.split()) | written_in(line)


def numbers_in(text: str, lengths: Collection[int]) -> set[str]:
    """Return every run of whole words of a text that is as long as a number of a document may be.

    Args:
        text: what a payer wrote.
        lengths: how many letters and digits numbers have.
    """
    found: set[str] = set()
    for run in _runs(text):
        if len(run) in lengths:
            found.add(run)
        if len(found) >= _WINDOWS_MAX:
            break
    return found


def _runs(text: str) -> Iterator[str]:
    words = [word for word in re.split(r"[^0-9A-Z]+", text.upper()) if word]
    for first in range(len(words)):
        run = ""
        for word in words[first : first + 8]:
            run += word
            if len(run) > 2 * _LONGEST:
                break
            yield run
