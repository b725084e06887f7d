"""Stretches of days, half-open, as the tables keep them. Called by whoever reads or writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql.psycopg_any import DateRange

from tax.errors import InvalidPeriod

if TYPE_CHECKING:
    from datetime import date


def days(begins: date, ends: date | None) -> DateRange:
    """Return a stretch of days.

    Args:
        begins: the first day.
        ends: the first day that is no part of it, None for no end.

    Raises:
        InvalidPeriod: it would hold no day.
    """
    if ends is not None and ends <= begins:
        raise InvalidPeriod
    return DateRange(begins, ends, "[)")


def first_day(stretch: Any) -> date:
    """Return the first day of a stored stretch, which always has one.

    Args:
        stretch: as a table keeps it.
    """
    first: date = stretch.lower
    return first
