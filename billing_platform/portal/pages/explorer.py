"""The usage explorer: what clients used, by meter, day, hour and client. Called by the page and its download."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_moment, format_span
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.client_choice import choose_client
from billing_platform.portal.pages.explorer_clients import all_client_rows, client_rows
from billing_platform.portal.pages.explorer_filter import CLIENT, DAY, GROUPS, HOUR, METER
from billing_platform.portal.pages.explorer_money import (
    Amounts,
    cost_amounts,
    revenue_amounts,
)
from billing_platform.portal.pages.explorer_notes import explorer_notes
from billing_platform.portal.pages.explorer_rows import Asked, day_rows, hour_rows, meter_rows
from billing_platform.portal.pages.list_links import SPANS, ListLink
from billing_platform.portal.pages.usage_line import hour_span
from usage.selectors.explorer import Hours
from usage.selectors.meters import list_meters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.explorer_filter import ExplorerFilter
    from billing_platform.portal.pages.explorer_rows import ExplorerRow
    from tenants.types import ProviderView, TenantView

EXPLORER_HEAD: Final = (
    "day",
    "hour",
    "client",
    "client_id",
    "meter",
    "unit",
    "used",
    "events",
    "amount",
    "currency",
)


@dataclass(frozen=True, slots=True)
class ExplorerPage:
    """The explorer; the sums are those of the rows.

    Attributes:
        wanted: what was asked for; where it could not be done, what is shown instead.
        client_text: how the field of the client is filled.
        days: the days or the hour in words.
        unit: of the chosen meter; empty where several meters stand beneath each other.
        quantity: the sum of one meter's rows; None where units differ.
        has_clients: whether rows tell how many clients used the meter.
        notes: what is capped, and how to read the figures, in sentences.
    """

    wanted: ExplorerFilter
    problems: Sequence[str]
    days: str
    meter: str
    unit: str
    client: TenantView | None
    client_text: str
    spans: Sequence[ListLink]
    groups: Sequence[Choice]
    meters: Sequence[Choice]
    rows: Sequence[ExplorerRow]
    quantity: Decimal | None
    events: int
    amounts: Sequence[tuple[str, Decimal]]
    currencies: Sequence[str]
    is_cost: bool
    decimals: int
    has_clients: bool
    notes: Sequence[str]
    path: str
    all_url: str
    meter_url: str
    csv_url: str
    first_url: str
    next_url: str
    zone: str


def explorer_page(provider: ProviderView, wanted: ExplorerFilter, *, now: datetime) -> ExplorerPage:
    """Return the page, by a fixed number of queries for each grouping.

    Args:
        provider: whose; its scope is open.
        wanted: what is asked for.
        now: the present moment.
    """
    typed = wanted.client
    asked, problems = _asked(provider, wanted, now)
    wanted = asked.wanted
    amounts = _amounts(asked)
    rows, is_ranked, next_after = _rows(asked, amounts)
    by_meter = wanted.group == METER
    return ExplorerPage(
        wanted=wanted,
        problems=problems,
        days=_words(asked),
        meter=asked.meter.name if asked.meter else "",
        unit=asked.meter.unit if asked.meter else "",
        client=asked.client,
        client_text=asked.client.external_id if asked.client else typed,
        spans=[
            ListLink(gettext(label), asked.url(_spanned(asked, span)), span == wanted.span)
            for span, label in SPANS.items()
        ],
        groups=[Choice(key, gettext(GROUPS[key]), key == wanted.group) for key in GROUPS],
        meters=_meter_choices(asked),
        rows=rows,
        quantity=None if by_meter else _sum(rows),
        events=sum(row.events for row in rows),
        amounts=amounts.together(row.amounts for row in rows),
        currencies=amounts.currencies,
        is_cost=amounts.is_cost,
        decimals=amounts.decimals,
        has_clients=wanted.group == HOUR and asked.client is None,
        notes=list(explorer_notes(asked, amounts, is_ranked=is_ranked)),
        path=asked.path,
        all_url=asked.path,
        meter_url=asked.url(wanted.of_days(DAY)) if asked.meter else "",
        csv_url=reverse("provider-usage-csv") + wanted.query(),
        first_url=asked.url(wanted.to(CLIENT)) if wanted.after else "",
        next_url=asked.url(replace(wanted, after=next_after)) if next_after else "",
        zone=provider.time_zone,
    )


def explorer_cells(
    provider: ProviderView, wanted: ExplorerFilter, *, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV: the page's rows, of clients all; a further currency has a line of its own.

    Args:
        provider: whose; its scope is open while it is read.
        wanted: what is asked for; the place is ignored.
        now: the present moment.
    """
    asked, _problems = _asked(provider, replace(wanted, after=0), now)
    amounts = _amounts(asked)
    if asked.wanted.group == CLIENT:
        rows: Iterable[ExplorerRow] = all_client_rows(asked, amounts)
    else:
        rows = _rows(asked, amounts)[0]
    for row in rows:
        yield from _cells(asked, row)


def _asked(
    provider: ProviderView, wanted: ExplorerFilter, now: datetime
) -> tuple[Asked, Sequence[str]]:
    """Look up what is named; what there is none of is said, and left out."""
    problems = list(wanted.problems)
    meters = list_meters(provider.id)
    meter = next((row for row in meters if row.code == wanted.meter), None)
    if wanted.meter and meter is None:
        problems.append(_("There is no meter “%s”.") % wanted.meter)
    if wanted.group == METER:
        meter = None
    elif meter is None:
        # Units of different meters cannot be added up.
        meter = meters[0] if meters else None
    choice = choose_client(provider.id, wanted.client, now=now)
    if choice.problem:
        problems.append(choice.problem)
    since, until = wanted.bounds(provider.time_zone)
    client = choice.client
    shown = replace(
        wanted,
        meter=meter.code if meter else "",
        client=client.public_id if client else "",
    )
    hours = Hours(since, until, meter.id if meter else None, client.id if client else None)
    path = reverse("provider-usage")
    return Asked(provider, shown, meters, meter, client, hours, path, now), problems


def _rows(asked: Asked, amounts: Amounts) -> tuple[Sequence[ExplorerRow], bool, int]:
    """Return the rows; of clients also whether they are those who used most, and where the next page begins."""
    group = asked.wanted.group
    if group == METER:
        return meter_rows(asked, amounts), True, 0
    if asked.meter is None:
        return [], True, 0
    if group == CLIENT:
        found = client_rows(asked, amounts)
        return found.rows, found.is_ranked, found.next_after
    return (day_rows if group == DAY else hour_rows)(asked, amounts), True, 0


def _amounts(asked: Asked) -> Amounts:
    wanted = asked.wanted
    if asked.client is not None:
        if asked.meter is None:
            return Amounts()
        return cost_amounts(asked.provider, asked.client, asked.hours, group=wanted.group)
    if wanted.hour is not None or wanted.group not in {METER, DAY}:
        return Amounts()
    return revenue_amounts(
        asked.provider,
        group=wanted.group,
        since=wanted.since,
        until=wanted.until,
        code=wanted.meter,
    )


def _sum(rows: Sequence[ExplorerRow]) -> Decimal:
    return sum((row.quantity for row in rows if row.quantity is not None), Decimal(0))


def _words(asked: Asked) -> str:
    zone, locale = asked.provider.time_zone, get_language() or "en"
    if asked.wanted.hour is not None:
        return hour_span(asked.wanted.hour, zone)
    if asked.wanted.since == asked.wanted.until:
        return format_moment(asked.hours.since, zone, locale, style="date")
    return format_span(asked.hours.since, asked.hours.until, zone, locale, with_hours=False)


def _spanned(asked: Asked, span: str) -> ExplorerFilter:
    return replace(asked.wanted, span=span, hour=None, after=0)


def _meter_choices(asked: Asked) -> list[Choice]:
    every = Choice("", _("All meters"), is_chosen=asked.meter is None)
    return [
        every,
        *(Choice(row.code, row.name, is_chosen=row == asked.meter) for row in asked.meters),
    ]


def _cells(asked: Asked, row: ExplorerRow) -> Iterator[Sequence[Cell]]:
    zone = ZoneInfo(asked.provider.time_zone)
    is_client = asked.wanted.group == CLIENT
    client = (row.label, row.detail) if is_client else ("", "")
    if asked.client is not None:
        client = (asked.client.name, asked.client.external_id)
    meter = asked.meter.code if asked.meter else row.detail
    place: list[Cell] = [
        row.day,
        row.hour.astimezone(zone) if row.hour else None,
        *client,
        meter,
        row.unit,
    ]
    used: list[Cell] = [row.quantity, row.events]
    known: list[list[Cell]] = [
        [amount, currency] for currency, amount in row.amounts if amount is not None
    ]
    for amount in known or [[None, ""]]:
        yield [*place, *used, *amount]
        # What was used stands on the first line of several.
        used = [None, None]
