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
    SELECT i.id, i.tenant_id, i.meter_id, i.size, i.accrued_through, least(%(until)s, t.closed_at) AS till
      FROM usage_resource_interval i JOIN tenants_tenant t ON t.provider_id = i.provider_id AND t.id = i.tenant_id
     WHERE i.provider_id = %(provider)s AND i.tenant_id >= %(low)s AND i.tenant_id < %(high)s AND i.ends_at IS NULL
       AND i.accrued_through < least(%(until)s, t.closed_at)
     ORDER BY i.id FOR UPDATE OF i
"""
_ACCRUED: Final = """
    UPDATE usage_resource_interval i SET accrued_through = x.till
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS x (id, till) WHERE i.provider_id = %s AND i.id = x.id
"""


def accrue_running(*, provider_id: int, tenant_from: int, tenant_to: int, until: datetime) -> int:
    """Add the seconds that running resources ran since they were counted last, times their size, to their hours.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        tenant_from: the first tenant id of the range; the caller holds the lock of its chunk.
        tenant_to: the tenant id behind the range.
        until: up to this full UTC hour; a closed client's run up to its closing.

    Returns:
        How many resources run.

    Idempotency: by state; each row knows up to where it is counted.
    """
    params = {"provider": provider_id, "low": tenant_from, "high": tenant_to, "until": until}
    running = fetch_all(_RUNNING, params)
    if running:
        rows = sorted(_usage(running), key=lambda row: (row.tenant_id, row.meter_id, row.at))
        add_usage(provider_id=provider_id, rows=_summed(rows))
        ids, tills = [row[0] for row in running], [row[5] for row in running]
        execute(_ACCRUED, [ids, tills, provider_id])
    return len(running)


def _usage(running: Iterable[tuple[Any, ...]]) -> Iterable[UsageRow]:
    for _, tenant_id, meter_id, size, accrued, till in running:
        for hour, seconds in seconds_by_hour(accrued, till):
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
