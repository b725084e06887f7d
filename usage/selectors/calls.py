"""Calls of a tenant or of all, newest first, read from the kept events, with what each cost. Called by pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts
from usage.calls import DIRECTIONS, EVENT_TYPE
from usage.importers.asterisk_mapping import number_key
from usage.models import Meter
from usage.selectors.call_prices import CallCharge, CallPrices, MeteredCall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# A filter that no index helps reads this many calls for a page at most; the next page goes on from there.
SCAN_MAX: Final = 20_000
# The type stands in the text, for that is what the index of calls is made for.
_CALLS: Final = f"""
WITH seen AS MATERIALIZED (
    SELECT e.tenant_id, e.at, e.source_id, e.event_id, e.quantity, e.properties, e.meter_ids
      FROM usage_event e
     WHERE e.provider_id = %(provider)s AND e.type = '{EVENT_TYPE}' {{bounds}}
     ORDER BY e.at DESC, e.source_id DESC, e.event_id DESC LIMIT %(scan)s)
(SELECT s.*, true AS is_found FROM seen s WHERE true {{filters}}
  ORDER BY s.at DESC, s.source_id DESC, s.event_id DESC LIMIT %(most)s)
UNION ALL
(SELECT s.*, false FROM seen s WHERE (SELECT count(*) FROM seen) = %(scan)s
  ORDER BY s.at, s.source_id, s.event_id LIMIT 1)
"""
_TENANT: Final = " AND e.tenant_id = %(tenant)s"
_STARTS: Final = " AND e.at >= %(starts)s"
_ENDS: Final = " AND e.at < %(ends)s"
# The first comparison leaves months unread, the second goes on within a moment.
_BEFORE: Final = (
    " AND e.at <= %(at)s AND (e.at, e.source_id, e.event_id) < (%(at)s, %(source)s, %(event)s)"
)
_DIRECTION: Final = """ AND (s.meter_ids && %(these)s::bigint[]
    OR (NOT s.meter_ids && %(others)s::bigint[] AND s.properties ->> 'direction' = %(direction)s))"""
_NUMBER: Final = """ AND (strpos(lower(translate(s.properties ->> 'from', '+ ()-./', '')), %(number)s) > 0
    OR strpos(lower(translate(s.properties ->> 'to', '+ ()-./', '')), %(number)s) > 0)"""

_COMPONENTS: Final = f"""
SELECT DISTINCT p.code FROM usage_meter m JOIN usage_price p ON p.provider_id = m.provider_id AND p.meter_id = m.id
 WHERE m.provider_id = %s AND m.event_type = '{EVENT_TYPE}' AND m.aggregation IN ('sum', 'count')
"""


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Which calls.

    Attributes:
        starts, ends: half-open; None for no bound.
        number: part of either number, however it is written; empty for all.
        direction: of `usage.calls.DIRECTIONS`; empty for all.
    """

    starts: datetime | None = None
    ends: datetime | None = None
    number: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class CallKey:
    """The place of a call in the list."""

    at: datetime
    source_id: int
    event_id: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call.

    Attributes:
        tenant_id: whose.
        caller, called: the numbers; empty when they are unknown or removed.
        direction: of `usage.calls.DIRECTIONS`, or empty.
        talk_seconds: as it was measured; None when the event has no quantity.
        is_erased: whether the numbers were removed after the provider's retention.
        charge: what it cost; None when no price was valid for it.
    """

    tenant_id: int
    at: datetime
    caller: str
    called: str
    direction: str
    talk_seconds: Decimal | None
    is_erased: bool
    charge: CallCharge | None


@dataclass(frozen=True, slots=True)
class CallList:
    """Some calls, and behind which call older ones begin; None when there are none.

    Attributes:
        searched_back_to: how far a filter looked when it stopped before the page was full; None otherwise.
    """

    rows: Sequence[CallRow]
    next_before: CallKey | None
    searched_back_to: datetime | None


def list_calls(
    provider_id: int,
    tenant_id: int | None,
    *,
    wanted: CallQuery,
    before: CallKey | None = None,
    limit: int = 50,
    scan: int = SCAN_MAX,
) -> CallList:
    """Return a page of calls, newest first, by a fixed number of queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose calls; None for those of all tenants.
        wanted: which.
        before: the place behind which the page begins; None for the newest.
        limit: how many calls at most.
        scan: how many calls a filter looks through at most.
    """
    directions = _directions_of_meters(provider_id)
    sql, params = _statement(wanted, before, directions, is_one=tenant_id is not None)
    is_filtered = bool(wanted.number or wanted.direction)
    params |= {"provider": provider_id, "tenant": tenant_id, "most": limit + 1}
    params["scan"] = max(scan, limit + 1) if is_filtered else limit + 1
    rows = [_read(row) for row in fetch_dicts(sql, params)]
    found = sorted((row for row in rows if row["is_found"]), key=_place, reverse=True)
    last = next((row for row in rows if not row["is_found"]), None)
    shown = found[:limit]
    prices = CallPrices.of(provider_id, [_metered(row) for row in shown])
    is_cut = len(found) <= limit and last is not None
    edge = last if is_cut else (shown[-1] if len(found) > limit else None)
    return CallList(
        rows=[_row(row, directions, prices) for row in shown],
        next_before=None if edge is None else CallKey(*_place(edge)),
        searched_back_to=last["at"] if is_cut and last is not None else None,
    )


def call_components(provider_id: int) -> set[str]:
    """Return the codes of the prices that charge calls.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
    """
    rows = fetch_dicts(_COMPONENTS, [provider_id])
    return {row["code"] for row in rows}


def _statement(
    wanted: CallQuery, before: CallKey | None, directions: Mapping[int, str], *, is_one: bool
) -> tuple[str, dict[str, Any]]:
    bounds, filters = _TENANT if is_one else "", ""
    params: dict[str, Any] = {}
    if wanted.starts is not None:
        bounds, params = bounds + _STARTS, {**params, "starts": wanted.starts}
    if wanted.ends is not None:
        bounds, params = bounds + _ENDS, {**params, "ends": wanted.ends}
    if before is not None:
        bounds += _BEFORE
        params |= {"at": before.at, "source": before.source_id, "event": before.event_id}
    if wanted.direction:
        filters += _DIRECTION
        params["direction"] = wanted.direction
        params["these"] = [meter for meter, way in directions.items() if way == wanted.direction]
        params["others"] = [meter for meter, way in directions.items() if way != wanted.direction]
    if wanted.number:
        filters += _NUMBER
        params["number"] = number_key(wanted.number).lower()
    return _CALLS.format(bounds=bounds, filters=filters), params


def _directions_of_meters(provider_id: int) -> dict[int, str]:
    """Return the direction of meters that count one only: it outlives the personal part of events."""
    meters = Meter.objects.filter(provider_id=provider_id, event_type=EVENT_TYPE).order_by("pk")
    found: dict[int, str] = {}
    for meter_id, filters in meters.values_list("pk", "filters"):
        for rule in filters:
            if rule["property"] == "direction" and len(rule["values"]) == 1:
                found[meter_id] = rule["values"][0]
    return {meter_id: way for meter_id, way in found.items() if way in DIRECTIONS}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    data = row["properties"]
    if isinstance(data, str):
        data = json.loads(data, parse_float=Decimal)
    return {**row, "properties": data}


def _place(row: Mapping[str, Any]) -> tuple[datetime, int, str]:
    return row["at"], row["source_id"], row["event_id"]


def _metered(row: Mapping[str, Any]) -> MeteredCall:
    return MeteredCall(
        row["tenant_id"], row["at"], row["quantity"], row["properties"], row["meter_ids"]
    )


def _row(row: Mapping[str, Any], directions: Mapping[int, str], prices: CallPrices) -> CallRow:
    data = row["properties"] or {}
    told = next((directions[meter] for meter in row["meter_ids"] if meter in directions), None)
    said = str(data.get("direction", ""))
    return CallRow(
        tenant_id=row["tenant_id"],
        at=row["at"],
        caller=str(data.get("from", "")),
        called=str(data.get("to", "")),
        direction=told or (said if said in DIRECTIONS else ""),
        talk_seconds=row["quantity"],
        is_erased=row["properties"] is None,
        charge=prices.charge(_metered(row)),
    )
