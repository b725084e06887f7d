"""Turn start, resize and stop events into the stretches of time in which a resource ran, whatever order they come in.

Each event is one row, keyed by its time; it lasts until the next event of the resource. A stop is a row without length.
The hourly job goes on counting what still runs; what has ended is counted here to its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from billing_platform.kernel.rows import execute, fetch_all
from usage.enums import Aggregation
from usage.services.metered_usage import UsageRow
from usage.services.staging import NULL, StageTable, copy_text, stage_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_EXACT: Final = Context(prec=80)
_HOUR: Final = timedelta(hours=1)
_NOTHING: Final = Decimal(0)
_BUCKETS: Final = 64
_STAGE: Final = StageTable(
    "usage_stage_interval",
    (
        ("tenant_id", "bigint"),
        ("meter_id", "bigint"),
        ("resource", "text"),
        ("size", "numeric"),
        ("starts_at", "timestamptz"),
        ("ends_at", "timestamptz"),
        ("accrued_through", "timestamptz"),
    ),
)
# Resources are many and the server's lock table is not: tenants share 64 locks.
_QUEUE: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('usage.resources:' || bucket, %s))
  FROM (SELECT DISTINCT unnest(%s::bigint[]) AS bucket ORDER BY 1) b
"""
_READ: Final = """
SELECT i.tenant_id, i.meter_id, i.resource, i.size, i.starts_at, i.ends_at, i.accrued_through
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[]) AS k (tenant_id, meter_id, resource, since)
  JOIN usage_resource_interval i
    ON i.provider_id = %s AND i.tenant_id = k.tenant_id AND i.meter_id = k.meter_id AND i.resource = k.resource
   AND (i.ends_at IS NULL OR i.ends_at >= k.since)
 ORDER BY i.id FOR UPDATE OF i
"""
_WRITE: Final = """
INSERT INTO usage_resource_interval (provider_id, tenant_id, meter_id, resource, size, starts_at, ends_at,
                                     accrued_through)
SELECT %s, tenant_id, meter_id, resource, size, starts_at, ends_at, accrued_through
  FROM pg_temp.usage_stage_interval ORDER BY tenant_id, meter_id, resource, starts_at
ON CONFLICT (provider_id, tenant_id, meter_id, resource, starts_at) DO UPDATE
   SET size = excluded.size, ends_at = excluded.ends_at, accrued_through = excluded.accrued_through
"""


class Resource(NamedTuple):
    """One resource of a tenant on a duration meter."""

    tenant_id: int
    meter_id: int
    name: str


class ResourceChange(NamedTuple):
    """From `at` on the resource runs at `size`, or has stopped."""

    resource: Resource
    at: datetime
    size: Decimal
    is_stop: bool


@dataclass(frozen=True)
class Stretch:
    """A stretch of time at one size; `ends` None runs on, `accrued` is up to where its hours are counted."""

    starts: datetime
    ends: datetime | None
    size: Decimal
    accrued: datetime

    @property
    def is_stop(self) -> bool:
        """Return whether this row only says that the resource stopped here."""
        return self.ends == self.starts and not self.size


def change_resources(*, provider_id: int, changes: Sequence[ResourceChange]) -> list[UsageRow]:
    """Write what resources did, and return what that adds to or takes from hourly usage.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        changes: in the order of receipt; of two at the same time for one resource the later received holds.

    Returns:
        Differences per hour in size times seconds, for `add_usage`; they stand for no event of their own.
    """
    if not changes:
        return []
    buckets = sorted({change.resource.tenant_id % _BUCKETS for change in changes})
    execute(_QUEUE, [provider_id, buckets])
    by_resource: dict[Resource, list[ResourceChange]] = {}
    for change in changes:
        by_resource.setdefault(change.resource, []).append(change)
    before = _read(provider_id, by_resource)
    cells: list[tuple[str, ...]] = []
    usage: list[UsageRow] = []
    for resource in sorted(by_resource):
        old = before.get(resource, [])
        new = apply_changes(old, by_resource[resource])
        cells += [_cells(resource, stretch) for stretch in new if stretch not in old]
        usage += _differences(resource, old, new)
    stage_rows(_STAGE, cells)
    execute(_WRITE, [provider_id])
    return usage


def apply_changes(old: Sequence[Stretch], changes: Iterable[ResourceChange]) -> list[Stretch]:
    """Return a resource's stretches after changes, in order of time; what has ended is counted to its end.

    Args:
        old: the stretches that reach the first change or lie after it.
        changes: in the order of receipt.
    """
    points = {stretch.starts: stretch for stretch in old}
    horizon = max((stretch.accrued for stretch in old if stretch.ends is None), default=None)
    for change in changes:
        ends = change.at if change.is_stop else None
        points[change.at] = Stretch(change.at, ends, change.size, change.at)
    ordered = [points[at] for at in sorted(points)]
    ended = [
        stretch if stretch.is_stop else replace(stretch, ends=after.starts, accrued=after.starts)
        for stretch, after in pairwise(ordered)
    ]
    last = ordered[-1]
    if last.ends is None and horizon is not None:
        last = replace(last, accrued=max(last.starts, horizon))
    return [*ended, last]


def seconds_by_hour(starts: datetime, ends: datetime) -> Iterator[tuple[datetime, Decimal]]:
    """Yield the full UTC hours that a stretch touches with its exact seconds in each."""
    hour = starts.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < ends:
        part = min(ends, hour + _HOUR) - max(starts, hour)
        yield hour, Decimal(part // timedelta(microseconds=1)).scaleb(-6)
        hour += _HOUR


def _differences(
    resource: Resource, old: Sequence[Stretch], new: Sequence[Stretch]
) -> list[UsageRow]:
    hours: dict[datetime, Decimal] = {}
    for sign, stretches, others in ((-1, old, new), (1, new, old)):
        for stretch in stretches:
            if stretch in others or not stretch.size:
                continue
            for hour, seconds in seconds_by_hour(stretch.starts, stretch.accrued):
                part = _EXACT.multiply(stretch.size, seconds) * sign
                hours[hour] = _EXACT.add(hours.get(hour, _NOTHING), part)
    return [
        UsageRow(
            resource.tenant_id, resource.meter_id, Aggregation.DURATION, hour, quantity, events=0
        )
        for hour, quantity in sorted(hours.items())
        if quantity
    ]


def _read(
    provider_id: int, by_resource: dict[Resource, list[ResourceChange]]
) -> dict[Resource, list[Stretch]]:
    keys = sorted(by_resource)
    rows = fetch_all(
        _READ,
        [
            [key.tenant_id for key in keys],
            [key.meter_id for key in keys],
            [key.name for key in keys],
            [min(change.at for change in by_resource[key]) for key in keys],
            provider_id,
        ],
    )
    found: dict[Resource, list[Stretch]] = {}
    for tenant_id, meter_id, name, size, starts, ends, accrued in rows:
        key = Resource(tenant_id, meter_id, name)
        found.setdefault(key, []).append(Stretch(starts, ends, size, accrued))
    return found


def _cells(resource: Resource, stretch: Stretch) -> tuple[str, ...]:
    return (
        str(resource.tenant_id),
        str(resource.meter_id),
        copy_text(resource.name),
        format(stretch.size, "f"),
        stretch.starts.isoformat(),
        stretch.ends.isoformat() if stretch.ends else NULL,
        stretch.accrued.isoformat(),
    )
