"""Read files of exchange rates: the European Central Bank's table, or a line for each rate."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import CURRENCY_CODES
from tax.errors import ExchangeFileUnreadable, TooManyRates
from tax.rules.exchange import PIVOT
from tax.types_exchange import QuotedRate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A year of the European Central Bank's table has 9,000.
RATES_MAX: Final = 20_000
# Its table of all days begins in 1999, with currencies that are gone: what no document will ask for is left out.
DAYS_MAX: Final = 400
_COLUMNS: Final = ["date", "base", "quote", "rate"]
_NONE: Final = frozenset({"", "N/A", "-"})


def read_rates(data: bytes, source: str, today: date) -> list[QuotedRate]:
    """Return the rates of a file.

    Args:
        data: CSV in UTF-8: the columns `date,base,quote,rate` with a line for each; or as the European Central Bank
            publishes it, `Date` and a column for each currency, one euro's worth, a line for each day; of that, days of
            more than 400 days ago and currencies that are none any more are left out.
        source: who published them.
        today: the provider's day.

    Raises:
        ExchangeFileUnreadable: it is neither, or a day or a rate is none; its words name the line.
        TooManyRates: a file of lines has more than 20,000.

    Source: European Central Bank, euro foreign exchange reference rates, CSV of the last day and of all days.
    """
    try:
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ExchangeFileUnreadable from error
    lines = [(at, [cell.strip() for cell in row]) for at, row in enumerate(rows, start=1) if row]
    if not lines:
        raise ExchangeFileUnreadable
    (_at, head), *body = lines
    names = [name.lower() for name in head]
    if names == _COLUMNS:
        found = list(_listed(body, source))
    elif names[0] == "date" and len(names) > 1:
        oldest = today - timedelta(days=DAYS_MAX)
        found = list(_table([name.upper() for name in head], body, source, oldest))
    else:
        raise ExchangeFileUnreadable
    if not found:
        raise ExchangeFileUnreadable
    if len(found) > RATES_MAX:
        raise TooManyRates
    return found


def _listed(body: Sequence[tuple[int, list[str]]], source: str) -> Iterator[QuotedRate]:
    for at, row in body:
        if len(row) != len(_COLUMNS):
            raise _unreadable(at)
        day, base, quote, rate = row
        yield QuotedRate(
            base=base.upper(),
            quote=quote.upper(),
            rate=_figure(rate, at),
            on=_day(day, at),
            source=source,
        )


def _table(
    head: Sequence[str], body: Sequence[tuple[int, list[str]]], source: str, oldest: date
) -> Iterator[QuotedRate]:
    for at, row in body:
        if len(row) > len(head):
            raise _unreadable(at)
        on = _day(row[0], at)
        if on < oldest:
            continue
        for currency, cell in zip(head[1:], row[1:], strict=False):
            # The bank's lines end with a comma, and a currency that is gone has no rate or is none.
            if currency in CURRENCY_CODES and cell not in _NONE:
                rate = _figure(cell, at)
                yield QuotedRate(base=PIVOT, quote=currency, rate=rate, on=on, source=source)


def _day(text: str, at: int) -> date:
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise _unreadable(at)


def _figure(text: str, at: int) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise _unreadable(at) from error


def _unreadable(at: int) -> ExchangeFileUnreadable:
    return ExchangeFileUnreadable(
        message=_("Line %(line)s of this file is no rate of exchange.") % {"line": at}
    )
