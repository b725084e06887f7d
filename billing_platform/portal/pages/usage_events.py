"""What was counted in one hour of a line: its events, or the resources that ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.portal.pages.address import hour_text, row_number
from billing_platform.portal.pages.usage_line import LineNotFoundError, hour_span
from tenants.registry import INGESTION_PAYLOAD_DAYS
from tenants.selectors.settings import get_setting
from usage.selectors.hour_costs import hour_costs
from usage.selectors.hour_events import EventPlace, hour_events, hour_runs, line_meter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from billing_platform.portal.pages.usage_line import LineKey
    from billing_platform.portal.pages.usage_places import UsagePlaces
    from tenants.types import TenantView
    from usage.selectors.hour_events import HourEvent, LineMeter, ResourceRun

PAGE_EVENTS: Final = 100
_RUNS_MAX: Final = 500
_MICRO: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event; `counted` is None where events do not add up by themselves."""

    at: datetime
    event_id: str
    type: str
    subject: str
    quantity: Decimal | None
    counted: Decimal | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A resource's share of the hour."""

    resource: str
    size: Decimal
    starts_at: datetime
    ends_at: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class UsageEventsPage:
    """One hour of a line with a page of what was counted, in order of time.

    Attributes:
        erased_days: after how many days the provider removed what says whom an event was about; 0 where it is kept.
    """

    label: str
    unit: str
    span: str
    used: Decimal | None
    is_duration: bool
    erased_days: int
    events: Sequence[EventRow]
    runs: Sequence[RunRow]
    line_url: str
    newest_url: str
    older_url: str
    places: UsagePlaces
    zone: str


def usage_events_page(
    tenant: TenantView,
    key: LineKey,
    places: UsagePlaces,
    *,
    hour: datetime,
    after: str,
    now: datetime,
) -> UsageEventsPage:
    """Return the page of one hour, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        key: which line.
        places: where the pages around it stand.
        hour: a full hour.
        after: where the page before ended, as its address says; empty for the first.
        now: the present moment, from which the provider's retention counts back.

    Raises:
        LineNotFoundError: the tenant has no such metered line in this hour.
    """
    place = (tenant.provider_id, tenant.id)
    meter = line_meter(*place, code=key.code, currency=key.currency, hour=hour)
    if meter is None:
        raise LineNotFoundError
    costs = hour_costs(*place, since=hour, until=hour + timedelta(hours=1), code=key.code)
    own = [row for row in costs if row.currency == key.currency]
    begins = _place(after)
    found: list[HourEvent] = []
    runs: list[ResourceRun] = []
    if meter.is_duration:
        runs = hour_runs(*place, meter.id, hour=hour, limit=_RUNS_MAX)
    else:
        found = hour_events(*place, meter.id, hour=hour, after=begins, limit=PAGE_EVENTS + 1)
    more = len(found) > PAGE_EVENTS
    shown = found[:PAGE_EVENTS]
    here = hour_text(hour)
    kept: int = get_setting(tenant.provider_id, INGESTION_PAYLOAD_DAYS)
    return UsageEventsPage(
        label=own[0].label if own else meter.name,
        unit=meter.unit,
        span=hour_span(hour, tenant.time_zone),
        used=own[0].quantity if own else None,
        is_duration=meter.is_duration,
        erased_days=kept if hour < now - timedelta(days=kept) else 0,
        events=[_event(row, meter) for row in shown],
        runs=[_run(row) for row in runs],
        line_url=places.line + key.query(),
        newest_url=places.events + key.query(hour=here) if begins else "",
        older_url=places.events + key.query(hour=here, after=_text(shown[-1])) if more else "",
        places=places,
        zone=tenant.time_zone,
    )


def _event(row: HourEvent, meter: LineMeter) -> EventRow:
    return EventRow(
        row.at, row.event_id, row.type, row.subject, row.quantity, meter.counted(row.quantity)
    )


def _run(row: ResourceRun) -> RunRow:
    seconds = (row.ends_at - row.starts_at) // timedelta(seconds=1)
    return RunRow(row.resource, row.size, row.starts_at, row.ends_at, seconds)


def _text(row: HourEvent) -> str:
    return f"{(row.at - _EPOCH) // _MICRO}.{row.source_id}.{row.event_id}"


def _place(text: str) -> EventPlace | None:
    at, _, rest = text.partition(".")
    source, _, event_id = rest.partition(".")
    micros, source_id = row_number(at), row_number(source)
    if not (micros and source_id and event_id) or "\x00" in event_id:
        return None
    try:
        return EventPlace(_EPOCH + micros * _MICRO, source_id, event_id)
    except OverflowError:
        return None
