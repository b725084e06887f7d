"""Say of accepted events that they started a resource whose tenant was suspended. Called by ingestion.

Whoever makes resources asks the entitlement first; an event says that one was made all the same. It runs, so it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenants.enums import TenantStatus
from tenants.selectors.suspensions import suspended_since
from usage.intake.verdicts import EventResult, Reason, Verdict
from usage.services.resolving import Resolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def tell_suspended_starts(
    *,
    provider_id: int,
    tenants: Mapping[str, tuple[int, str]],
    items: Sequence[Resolved | Reason],
    results: list[EventResult],
) -> list[EventResult]:
    """Return the results of a batch; an accepted start within its tenant's suspension says so.

    Args:
        provider_id: whose; its scope is open.
        tenants: id and status by external id, of all that the batch names.
        items: what each event means here.
        results: what became of each, in the same order.
    """
    suspended = {
        tenant_id for tenant_id, status in tenants.values() if status == TenantStatus.SUSPENDED
    }
    if not suspended:
        return results
    started = {
        place: item
        for place, (item, result) in enumerate(zip(items, results, strict=True))
        if result.verdict == Verdict.ACCEPTED
        and isinstance(item, Resolved)
        and item.tenant_id in suspended
        and any(measure.action == "start" for measure in item.measures)
    }
    if not started:
        return results
    since = suspended_since(provider_id, {item.tenant_id for item in started.values()})
    told = list(results)
    for place, item in started.items():
        # Who was suspended when the batch was read may be back by now.
        began = since.get(item.tenant_id)
        if began is not None and item.event.at >= began:
            told[place] = EventResult(
                item.event.event_id, Verdict.ACCEPTED, Reason.STARTED_WHILE_SUSPENDED
            )
    return told
