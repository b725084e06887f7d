"""The rows of the usage explorer: by meter, day, hour or client, each with the address of what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.address import hour_text
from billing_platform.portal.pages.explorer_filter import CLIENT, DAY
from billing_platform.portal.pages.usage_line import LineKey
from usage.selectors.explorer import (
    Used,
    meter_lines,
    used_by_day,
    used_by_hour,
    used_by_meter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from billing_platform.portal.pages.explorer_filter import ExplorerFilter
    from billing_platform.portal.pages.explorer_money import Amounts, Cell
    from tenants.types import ProviderView, TenantView
    from usage.selectors.explorer import Hours, MeterLine
    from usage.selectors.meters import MeterRow

_ONE_DAY: Final = timedelta(days=1)
_ONE_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, looked up.

    Attributes:
        meter: None for all.
        client: None for all.
        path: the explorer's address.
    """

    provider: ProviderView
    wanted: ExplorerFilter
    meters: Sequence[MeterRow]
    meter: MeterRow | None
    client: TenantView | None
    hours: Hours
    path: str
    now: datetime

    def url(self, wanted: ExplorerFilter) -> str:
        """Return the explorer's address with other words."""
        return self.path + wanted.query()


@dataclass(frozen=True, slots=True)
class ExplorerRow:
    """One row.

    Attributes:
        label: a meter or a client; empty on days and hours, which have `day` or `hour`.
        detail: the meter's code, or the client's own id.
        url: its next level; empty where there is none.
        quantity: None where meters with units of their own are added up.
        clients: how many used the meter in the hour; None elsewhere.
        amounts: currencies with exact major units; None where nothing is known yet.
        is_rest: whether it is all that is not shown by itself.
    """

    label: str
    quantity: Decimal | None
    unit: str
    events: int
    url: str = ""
    day: date | None = None
    hour: datetime | None = None
    detail: str = ""
    clients: int | None = None
    amounts: Sequence[Cell] = ()
    is_rest: bool = False


def meter_rows(asked: Asked, amounts: Amounts) -> list[ExplorerRow]:
    """Return one row per meter that was used, by name; each opens its days."""
    names = {meter.id: meter for meter in asked.meters}
    found = {row.key: row for row in used_by_meter(asked.provider.id, asked.hours)}
    return [
        ExplorerRow(
            label=meter.name,
            detail=meter.code,
            quantity=found[meter.id].quantity,
            unit=meter.unit,
            events=found[meter.id].events,
            url=asked.url(asked.wanted.to(_below(asked), meter=meter.code)),
            amounts=amounts.of(meter.code),
        )
        for meter in names.values()
        if meter.id in found
    ]


def day_rows(asked: Asked, amounts: Amounts) -> list[ExplorerRow]:
    """Return one row per day without a gap, oldest first; each opens its hours."""
    zone = asked.provider.time_zone
    found = {row.key: row for row in used_by_day(asked.provider.id, asked.hours, zone=zone)}
    last = min(asked.wanted.until, asked.now.astimezone(ZoneInfo(zone)).date())
    days = _every_day(asked, last) or sorted(found)
    days += [day for day in sorted(found) if day > last]
    rows = []
    for day in days:
        used = found.get(day) or Used(day, Decimal(0), 0, 0)
        rows.append(
            ExplorerRow(
                label="",
                day=day,
                quantity=used.quantity,
                unit=_unit(asked),
                events=used.events,
                url=asked.url(asked.wanted.of_day(day)),
                amounts=amounts.of(day),
            )
        )
    return rows


def hour_rows(asked: Asked, amounts: Amounts) -> list[ExplorerRow]:
    """Return one row per hour without a gap, oldest first; each opens its clients, or the client's own events."""
    found = {row.key: row for row in used_by_hour(asked.provider.id, asked.hours)}
    ends = min(asked.hours.until, hour_floor(asked.now) + _ONE_HOUR)
    count = max(0, (ends - asked.hours.since) // _ONE_HOUR)
    hours = [asked.hours.since + number * _ONE_HOUR for number in range(count)]
    hours += [hour for hour in sorted(found) if hour >= ends]
    lines: Sequence[MeterLine] = ()
    events_url = ""
    if asked.client is not None:
        lines = lines_of(asked, [asked.client.id]).get(asked.client.id, ())
        place = {"public_id": asked.client.public_id}
        events_url = reverse("provider-client-events", kwargs=place)
    rows = []
    for hour in hours:
        used = found.get(hour) or Used(hour, Decimal(0), 0, 0)
        rows.append(
            ExplorerRow(
                label="",
                hour=hour,
                quantity=used.quantity,
                unit=_unit(asked),
                events=used.events,
                clients=None if asked.client else used.tenants,
                url=_hour_url(asked, hour, lines if used.events else (), events_url),
                amounts=amounts.of(hour),
            )
        )
    return rows


def line_url(asked: Asked, tenant: TenantView, lines: Sequence[MeterLine]) -> str:
    """Return where a client's usage of the meter is: the events of an hour, the line of the bill, or its usage.

    Args:
        asked: what the explorer shows.
        tenant: the client.
        lines: of its bills that the meter's hours stand on, oldest first; none where the meter has no price.
    """
    place = {"public_id": tenant.public_id}
    if not lines:
        return reverse("provider-client-periods", kwargs=place)
    last = lines[-1]
    period = "" if last.is_running else hour_text(last.starts)
    key = LineKey(last.code, last.currency, period)
    if asked.wanted.hour is not None:
        hour = hour_text(asked.wanted.hour)
        return reverse("provider-client-events", kwargs=place) + key.query(hour=hour)
    return reverse("provider-client-line", kwargs=place) + key.query()


def lines_of(asked: Asked, tenant_ids: Sequence[int]) -> Mapping[int, Sequence[MeterLine]]:
    """Return the lines of some clients' bills that the meter's hours stand on, by client and by one query.

    Args:
        asked: what the explorer shows; its meter is chosen.
        tenant_ids: of the clients.
    """
    found: dict[int, list[MeterLine]] = {}
    for row in meter_lines(asked.provider.id, asked.hours, tenant_ids):
        found.setdefault(row.tenant_id, []).append(row)
    return found


def _below(asked: Asked) -> str:
    return CLIENT if asked.wanted.hour else DAY


def _every_day(asked: Asked, last: date) -> list[date]:
    if asked.wanted.hour is not None:
        return []
    count = (last - asked.wanted.since).days + 1
    return [asked.wanted.since + number * _ONE_DAY for number in range(max(0, count))]


def _hour_url(asked: Asked, hour: datetime, lines: Sequence[MeterLine], events_url: str) -> str:
    """Return where an hour leads: to its clients; of one client to its events, where a bill has a line for them."""
    if asked.client is None:
        return asked.url(asked.wanted.to(CLIENT, hour=hour))
    own = next((row for row in lines if row.low <= hour < row.high), None)
    if own is None:
        return ""
    key = LineKey(own.code, own.currency, "" if own.is_running else hour_text(own.starts))
    return events_url + key.query(hour=hour_text(hour))


def _unit(asked: Asked) -> str:
    return asked.meter.unit if asked.meter else ""
