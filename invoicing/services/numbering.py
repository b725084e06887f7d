"""Numbers of documents: the provider's pattern, and a counter per kind and year that has no gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.counters import next_number
from invoicing.enums import DocumentKind
from invoicing.errors import NumberRefused
from tenants.registry_documents import (
    DOCUMENTS_CREDIT_NOTE_PATTERN,
    DOCUMENTS_INVOICE_PATTERN,
    DOCUMENTS_NUMBER_RESET,
    DOCUMENTS_PROFORMA_PATTERN,
    DOCUMENTS_RECEIPT_PATTERN,
    DOCUMENTS_YEAR_STARTS_MONTH,
)
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import date

    from tenants.setting import Setting

PATTERNS: Final[dict[str, Setting[str]]] = {
    DocumentKind.PROFORMA: DOCUMENTS_PROFORMA_PATTERN,
    DocumentKind.INVOICE: DOCUMENTS_INVOICE_PATTERN,
    DocumentKind.CREDIT_NOTE: DOCUMENTS_CREDIT_NOTE_PATTERN,
    DocumentKind.RECEIPT: DOCUMENTS_RECEIPT_PATTERN,
}
NUMBER_MAX: Final = 40
_PATTERN: Final = re.compile(
    r"(?:[A-Za-z0-9/-]|\{year\}|\{yy\})*\{number(?::[1-9])?\}(?:[A-Za-z0-9/-]|\{year\}|\{yy\})*"
)
_FIGURE: Final = re.compile(r"\{number(?::([1-9]))?\}")


@dataclass(frozen=True, slots=True)
class Taken:
    """A number that was given out.

    Attributes:
        number: as it is printed.
        series: the counter.
        place: what the counter said.
    """

    number: str
    series: str
    place: int


def take_number(*, provider_id: int, kind: str, on: date) -> Taken:
    """Give a document its number; the series stays locked until the transaction ends, so take it last.

    Args:
        provider_id: whose; its scope is open in a transaction.
        kind: of DocumentKind.
        on: the provider's day of issue.

    Raises:
        NumberRefused: the pattern is broken, or the number too long.
        TransactionRequiredError: no transaction is open.

    Idempotency: none; it goes back when the transaction is rolled back.
    Source: Directive 2006/112/EC Art. 226 (2); CGST Rules 2017, rule 46 (b).
    """
    pattern = get_setting(provider_id, PATTERNS[kind])
    year = number_year(on, get_setting(provider_id, DOCUMENTS_YEAR_STARTS_MONTH))
    if not is_usable(pattern):
        raise NumberRefused
    series = series_of(kind, pattern, year, get_setting(provider_id, DOCUMENTS_NUMBER_RESET))
    place = next_number(provider_id=provider_id, series=series)
    number = written(pattern, year=year, place=place)
    if len(number) > NUMBER_MAX:
        raise NumberRefused
    return Taken(number, series, place)


def check_pattern(provider_id: int, kind: str) -> None:
    """Refuse what `take_number` would refuse of a pattern, whatever the counter says.

    Args:
        provider_id: whose; its scope is open.
        kind: of DocumentKind.

    Raises:
        NumberRefused: the pattern is broken.
    """
    if not is_usable(get_setting(provider_id, PATTERNS[kind])):
        raise NumberRefused


def is_usable(pattern: str) -> bool:
    """Return whether a pattern gives numbers: letters, digits, - and /, one `{number}`, and years."""
    return _PATTERN.fullmatch(pattern) is not None


def number_year(on: date, starts_month: int) -> int:
    """Return the year of the numbers in which a day lies: the calendar year in which it began.

    Args:
        on: the day.
        starts_month: 1 to 12; 4 for India's and the United Kingdom's.
    """
    return on.year if on.month >= starts_month else on.year - 1


def series_of(kind: str, pattern: str, year: int, reset: str) -> str:
    """Return the counter of a document.

    Without a year in the pattern it never begins anew, or numbers would come twice.
    """
    is_yearly = reset == "yearly" and ("{year}" in pattern or "{yy}" in pattern)
    return f"document/{kind}/{year}" if is_yearly else f"document/{kind}"


def written(pattern: str, *, year: int, place: int) -> str:
    """Return a number as it is printed.

    Args:
        pattern: a usable one.
        year: of the number.
        place: of the counter, 1 or more.
    """

    def figure(found: re.Match[str]) -> str:
        return str(place).zfill(int(found[1] or 1))

    text = pattern.replace("{year}", f"{year:04}").replace("{yy}", f"{year % 100:02}")
    return _FIGURE.sub(figure, text)
