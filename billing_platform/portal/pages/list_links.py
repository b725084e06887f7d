"""Links of lists that keep what else the address asks for: choices of days, heads that sort, lengths of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop

from billing_platform.portal.pages.address import address_query

if TYPE_CHECKING:
    from collections.abc import Mapping

SPANS: Final = {
    "today": gettext_noop("Today"),
    "yesterday": gettext_noop("Yesterday"),
    "7": gettext_noop("7 days"),
    "30": gettext_noop("30 days"),
    "month": gettext_noop("This month"),
    "last_month": gettext_noop("Last month"),
    "quarter": gettext_noop("This quarter"),
    "90": gettext_noop("90 days"),
}
SIZES: Final = (25, 50, 100)
# In an address: the oldest first, where lists begin with the newest.
OLDEST: Final = "oldest"
# Where a list has a place: its next page is not the one of another order or other days.
_PLACES: Final = ("before", "after")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListLink:
    """A choice and its address."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SortHead:
    """The head of a column that sorts: the address of the order that comes next, and the order now as ARIA says it."""

    url: str
    sort: str


def span_days(span: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a choice.

    Args:
        span: of SPANS.
        today: the present day of who looks.
    """
    month = today.replace(day=1)
    before = month - _ONE_DAY
    named = {
        "today": (today, today),
        "yesterday": (today - _ONE_DAY, today - _ONE_DAY),
        "month": (month, today),
        "last_month": (before.replace(day=1), before),
        "quarter": (month.replace(month=today.month - (today.month - 1) % 3), today),
    }
    return named[span] if span in named else (today - _ONE_DAY * (int(span) - 1), today)


def span_links(query: Mapping[str, str], today: date) -> list[ListLink]:
    """Return every choice of days with its address, from the first page on.

    Args:
        query: of the address that is looked at; its days are `since` and `until`.
        today: the present day of who looks.
    """
    asked = query.get("since"), query.get("until")
    links = []
    for span, label in SPANS.items():
        since, until = (day.isoformat() for day in span_days(span, today))
        url = _address(query, since=since, until=until)
        links.append(ListLink(gettext(label), url, asked == (since, until)))
    return links


def sort_head(query: Mapping[str, str], ascending: str, descending: str) -> SortHead:
    """Return how a column's head sorts.

    Args:
        query: of the address that is looked at; its order is `order`.
        ascending: word of `order` for the smallest first; an empty one is the usual order.
        descending: the same for the largest first.
    """
    now = query.get("order", "")
    if now == ascending:
        return SortHead(_address(query, order=descending), "ascending")
    is_descending = now == descending or not descending
    return SortHead(_address(query, order=ascending), "descending" if is_descending else "none")


def asked_size(query: Mapping[str, str], usual: int) -> int:
    """Return how many rows of a page an address asks for, of SIZES.

    Args:
        query: of the address; its length is `size`.
        usual: where it asks for none, or for nonsense.
    """
    text = query.get("size", "")
    return next((size for size in SIZES if text == str(size)), usual)


def size_links(query: Mapping[str, str], usual: int) -> list[ListLink]:
    """Return every length of a page with its address, from the first page on.

    Args:
        query: of the address that is looked at.
        usual: the length where it asks for none.
    """
    now = asked_size(query, usual)
    # The usual one is written too: an address that asks for nothing would be that of the filter that somebody saved.
    return [ListLink(str(size), _address(query, size=str(size)), size == now) for size in SIZES]


def without(query: Mapping[str, str], name: str) -> str:
    """Return the address without one of the things that it asks for, from the first page on.

    Args:
        query: of the address that is looked at.
        name: of what is left out.
    """
    return _address({key: value for key, value in query.items() if key != name})


def has_place(query: Mapping[str, str]) -> bool:
    """Return whether an address asks for a further page.

    Args:
        query: of the address.
    """
    return any(query.get(name) for name in _PLACES)


def _address(query: Mapping[str, str], **changed: str) -> str:
    kept = {name: value for name, value in query.items() if name not in _PLACES}
    # An address that asks for nothing else is written all the same: an empty one would keep the old query.
    return address_query({**kept, **changed}) or "?"
