"""PayPal's own lists: what changed, and what moved. The gateway calls them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from payments.gateways.answers import read, text_of
from payments.gateways.errors import NOT_SEARCHABLE, GatewayRejected, GatewayUnavailable
from payments.gateways.paypal.reading import movements_of
from payments.gateways.paypal.webhooks import listed_event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payments.gateways.paypal.api import Api
    from payments.gateways.requests import LookUp
    from payments.gateways.values import GatewayEvent, Movement

SEARCH_DAYS: Final = 31
# PayPal forgets the keys of orders after so long, and nothing is made by one any more.
KEY_HOLDS: Final = timedelta(hours=6)
# A clock of ours may be ahead of PayPal's, or behind.
SKEW: Final = timedelta(minutes=5)
# Event codes of payments that come in: https://developer.paypal.com/docs/reports/reference/tcodes/
PAYMENTS: Final = "T00"
PAGE_SIZE: Final = 100
# Lines that brought nothing yet, or never will, come after those that did.
LINE_RANKS: Final = {"P": 1, "D": 2}


def events(api: Api, since: datetime, *, is_live: bool) -> Iterator[GatewayEvent]:
    """Yield what changed since a time, oldest first; PayPal keeps thirty days.

    Args:
        api: of the connection.
        since: UTC.
        is_live: of the connection.
    """
    query = urlencode({"start_time": _written(since), "page_size": PAGE_SIZE})
    known: dict[str, GatewayEvent] = {}
    while query:
        page = api.call("GET", f"/v1/notifications/webhooks-events?{query}")
        found = page.get("events")
        if not isinstance(found, list):
            raise GatewayUnavailable("unknown_state", "PayPal's list cannot be read.")
        news = [listed_event(one, is_live=is_live) for one in found]
        news = [event for event in news if event.event_id not in known]
        known |= {event.event_id: event for event in news}
        # A page may be shorter than what was asked for: only the link, or a page without news, is the end.
        query = read(_further, page) if news else ""
    oldest_first = list(reversed(known.values()))
    yield from sorted(oldest_first, key=lambda event: event.created_at)


def _further(page: dict[str, Any]) -> str:
    """Return the query of a list's next page, "" on its last; the address itself is ours, not the answer's."""
    links = {one["rel"]: str(one["href"]) for one in page.get("links") or []}
    return urlsplit(links.get("next", "")).query


def movements(api: Api, starts: datetime, ends: datetime) -> Iterator[Movement]:
    """Yield the books' lines of a half-open span, asked for in pieces of the longest span that PayPal takes.

    Args:
        api: of the connection.
        starts: UTC.
        ends: UTC, behind it.
    """
    at = starts
    while at < ends:
        until = min(ends, at + timedelta(days=SEARCH_DAYS))
        yield from _searched(api, at, until)
        at = until


def captured(api: Api, wanted: LookUp) -> str | None:
    """Return the id of the capture that carries a reference; None proves that there is none.

    Args:
        api: of the connection.
        wanted: the attempt; its key was asked by for `KEY_HOLDS` at the longest.

    Raises:
        GatewayUnavailable: the books do not reach so far yet, or may not be read (`not_searchable`).
    """
    starts, ends = wanted.since - SKEW, wanted.since + KEY_HOLDS + SKEW
    try:
        pages = list(_pages(api, starts, ends))
    except (GatewayRejected, GatewayUnavailable) as error:
        # Reading the books is a feature of its own at PayPal, and days too young are refused: nothing is proved.
        is_refused = isinstance(error, GatewayRejected) and error.code != "authentication"
        is_denied = isinstance(error, GatewayUnavailable) and error.reason == "denied"
        if not (is_refused or is_denied):
            raise
        raise GatewayUnavailable(NOT_SEARCHABLE, error.message) from error
    found = [info for page in pages for info in _named(page, wanted.reference)]
    if found:
        # Of several the one that took the money, then one that still may, as of an order.
        found.sort(key=lambda info: LINE_RANKS.get(str(info.get("transaction_status")), 0))
        return read(lambda it: text_of(it["transaction_id"]), found[0])
    known = [page.get("last_refreshed_datetime") for page in pages]
    if any(one is None or read(datetime.fromisoformat, one) < ends for one in known):
        raise GatewayUnavailable(NOT_SEARCHABLE, "PayPal's books do not reach so far yet.")
    return None


def _named(page: dict[str, Any], reference: str) -> Iterator[dict[str, Any]]:
    for one in read(lambda it: list(it["transaction_details"]), page):
        info = read(lambda it: dict(it["transaction_info"]), one)
        is_payment = str(info.get("transaction_event_code")).startswith(PAYMENTS)
        if is_payment and reference in (info.get("invoice_id"), info.get("custom_field")):
            yield info


def _searched(api: Api, starts: datetime, ends: datetime) -> Iterator[Movement]:
    for page in _pages(api, starts, ends):
        for one in read(lambda it: list(it["transaction_details"]), page):
            yield from read(movements_of, one)


def _pages(api: Api, starts: datetime, ends: datetime) -> Iterator[dict[str, Any]]:
    number = pages = 1
    while number <= pages:
        query = urlencode(
            {
                "start_date": _written(starts),
                "end_date": _written(ends - timedelta(seconds=1)),
                "fields": "transaction_info",
                "page_size": PAGE_SIZE,
                "page": number,
            }
        )
        found = api.call("GET", f"/v1/reporting/transactions?{query}")
        pages = read(lambda it: int(it["total_pages"]), found)
        yield found
        number += 1


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
