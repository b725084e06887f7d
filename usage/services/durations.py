"""Count the seconds of resources that are still running, hour by hour. Called by the hourly job in its chunk.

What has ended is counted by ingestion to its end; a stop that arrives late takes back what was counted beyond it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import execute, fetch_all
from usage.enums import Aggregation
from usage.services.metered_usage import UsageRow, add_usage
from usage.services.resource_intervals import seconds_by_hour

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_RUNNING: Final = """
    SELECT i.id, i.tenant_id, i.meter_id, i.size, i.accrued_through FROM usage_resource_interval i
     WHERE i.provider_id = %s AND i.tenant_id >= %s AND i.tenant_id < %s AND i.ends_at IS NULL
       AND i.accrued_through < %s
     ORDER BY i.id FOR UPDATE
"""
_ACCRUED: Final = """
    UPDATE usage_resource_interval SET accrued_through = %s WHERE provider_id = %s AND id = ANY(%s)
"""


def accrue_running(*, provider_id: int, tenant_from: int, tenant_to: int, until: datetime) -> int:
    """Add the seconds that running resources ran since they were counted last, times their size, to their hours.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        tenant_from: the first tenant id of the range; the caller holds the lock of its chunk.
        tenant_to: the tenant id behind the range.
        until: up to this full UTC hour.

    Returns:
        How many resources run.

    Idempotency: by state; each row knows up to where it is counted.
    """
    running = fetch_all(_RUNNING, [provider_id, tenant_from, tenant_to, until])
    if running:
        rows = sorted(_usage(running, until), key=lambda row: (row.tenant_id, row.meter_id, row.at))
        add_usage(provider_id=provider_id, rows=_summed(rows))
        execute(_ACCRUED, [until, provider_id, [row[0] for row in running]])
    return len(running)


def _usage(running: Iterable[tuple[Any, ...]], until: datetime) -> Iterable[UsageRow]:
    for _, tenant_id, meter_id, size, accrued in running:
        for hour, seconds in seconds_by_hour(accrued, until):
            yield UsageRow(
                tenant_id, meter_id, Aggregation.DURATION, hour, size * seconds, events=0
            )


def _summed(rows: Iterable[UsageRow]) -> list[UsageRow]:
    groups = groupby(rows, key=lambda row: (row.tenant_id, row.meter_id, row.at))
    summed = []
    for _, group in groups:
        first, *others = group
        quantity = sum((row.quantity for row in others), first.quantity)
        summed.append(first._replace(quantity=quantity))
    return summed
