"""Call History of a tenant, or of all: calls with what each cost; filters and place stand in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.calls_filter import USUAL_SIZE
from billing_platform.portal.words import CALL_DIRECTIONS
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.calls import DIRECTIONS
from usage.selectors.calls import list_calls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.calls_filter import CallFilter
    from usage.selectors.calls import CallRow

EXPORT_ROWS: Final = 500
CALLS_HEAD: Final = (
    "time",
    "from",
    "to",
    "direction",
    "talk_seconds",
    "line",
    "meter",
    "billed",
    "unit",
    "rate",
    "cost",
    "currency",
    "is_about",
)
_RATE_DECIMALS: Final = 8


@dataclass(frozen=True, slots=True)
class CallClient:
    """Whose a call is, and where the client's calls are."""

    name: str
    external_id: str
    url: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call as the page shows it; a number that was removed is empty and `is_erased`."""

    tenant_id: int
    at: datetime
    caller: str
    called: str
    direction: str
    is_erased: bool
    talk_seconds: Decimal | None
    line: str
    meter: str
    billed: Decimal | None
    unit: str
    rate: Decimal | None
    cost: Decimal | None
    currency: str
    is_about: bool
    client: CallClient | None = None


@dataclass(frozen=True, slots=True)
class CallsPage:
    """Some calls, newest first.

    Attributes:
        has_clients: whether these are calls of all clients, each with whose it is.
        client_text: how the field of the client is filled.
        has_meters: whether any meter counts calls, without which none will ever stand here.
        has_about: whether some costs are shares of a total.
        searched_back_to: how far a filter looked when it stopped before the page was full.
        decimals, rate_decimals: how many places costs and rates are shown with.
    """

    rows: Sequence[CallLine]
    filter: CallFilter
    directions: Sequence[Choice]
    is_filtered: bool
    has_about: bool
    has_erased: bool
    searched_back_to: datetime | None
    decimals: int
    rate_decimals: int
    newest_url: str
    older_url: str
    csv_url: str
    path: str
    back_url: str
    back_label: str
    zone: str
    has_clients: bool = False
    client_text: str = ""
    has_meters: bool = True


def calls_page(
    provider_id: int,
    tenant_id: int | None,
    wanted: CallFilter,
    *,
    path: str,
    csv_path: str,
    back: tuple[str, str],
    zone: str,
) -> CallsPage:
    """Return a page of calls, by a fixed number of queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose calls; None for those of all tenants.
        wanted: which, and from where on.
        path: the page's address.
        csv_path: the download's address.
        back: address and name of the page that this one belongs to.
        zone: in which days begin and moments are shown.
    """
    found = list_calls(
        provider_id, tenant_id, wanted=wanted.wanted(zone), before=wanted.before, limit=wanted.size
    )
    rows = [call_line(row) for row in found.rows]
    most: int = get_setting(provider_id, CHARGING_COST_DECIMALS)
    first = replace(wanted, before=None)
    older = replace(wanted, before=found.next_before).query() if found.next_before else ""
    return CallsPage(
        rows=rows,
        filter=wanted,
        directions=_choices(wanted.direction),
        is_filtered=bool(replace(first, size=USUAL_SIZE).query()),
        has_about=any(row.is_about for row in rows),
        has_erased=any(row.is_erased for row in rows),
        searched_back_to=found.searched_back_to,
        decimals=_places([row.cost for row in rows], rows, most),
        rate_decimals=_places([row.rate for row in rows], rows, _RATE_DECIMALS),
        newest_url=path + first.query() if wanted.before else "",
        older_url=path + older if older else "",
        csv_url=csv_path + first.query(),
        path=path,
        back_url=back[0],
        back_label=back[1],
        zone=zone,
    )


def call_cells(
    provider_id: int, tenant_id: int, wanted: CallFilter, zone: str
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV: the page's calls with its filters, all of them.

    Args:
        provider_id: whose; its scope, or the tenant's, is open while it is read.
        tenant_id: whose calls.
        wanted: which; the place is ignored.
        zone: in which the filter's days begin; times are written in it.
    """
    query, before = wanted.wanted(zone), None
    while True:
        found = list_calls(provider_id, tenant_id, wanted=query, before=before, limit=EXPORT_ROWS)
        for row in found.rows:
            yield call_file_cells(call_line(row), ZoneInfo(zone))
        before = found.next_before
        if before is None:
            return


def call_line(row: CallRow) -> CallLine:
    """Return a call as pages show it."""
    charge = row.charge
    return CallLine(
        tenant_id=row.tenant_id,
        at=row.at,
        caller=row.caller,
        called=row.called,
        direction=CALL_DIRECTIONS.get(row.direction, ""),
        is_erased=row.is_erased,
        talk_seconds=row.talk_seconds,
        line=charge.line if charge else "",
        meter=charge.meter if charge else "",
        billed=charge.billed if charge else None,
        unit=charge.unit if charge else "",
        rate=charge.rate if charge else None,
        cost=charge.amount if charge else None,
        currency=charge.currency if charge else "",
        is_about=charge.is_about if charge else False,
    )


def call_file_cells(row: CallLine, zone: ZoneInfo) -> Sequence[Cell]:
    """Return a call as a line of a file, under CALLS_HEAD."""
    return (
        row.at.astimezone(zone),
        row.caller,
        row.called,
        row.direction.lower(),
        row.talk_seconds,
        row.line,
        row.meter,
        row.billed,
        row.unit,
        row.rate,
        row.cost,
        row.currency,
        "yes" if row.is_about else "",
    )


def _choices(chosen: str) -> list[Choice]:
    every = Choice("", _("All directions"), is_chosen=not chosen)
    return [
        every,
        *(Choice(way, CALL_DIRECTIONS[way], is_chosen=way == chosen) for way in DIRECTIONS),
    ]


def _places(figures: Sequence[Decimal | None], rows: Sequence[CallLine], most: int) -> int:
    """Return one number of places for a column: no digit is hidden before `most`."""
    least = max((exponent(row.currency) for row in rows if row.currency), default=2)
    needed = [-int(figure.normalize().as_tuple().exponent) for figure in figures if figure]
    return min(max([least, *needed]), max(most, least))
