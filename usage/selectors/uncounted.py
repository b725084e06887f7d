"""What the lists of parked and of refused events narrow by alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usage.selectors.parked import ParkedQuery
    from usage.selectors.refused import RefusedQuery


def told_of(query: ParkedQuery | RefusedQuery) -> dict[str, str]:
    """Return what an event itself tells, as the filter of its table.

    Args:
        query: what is empty does not narrow.
    """
    told = {
        "reason": query.reason,
        "event_type": query.event_type,
        "tenant_external_id": query.tenant,
    }
    return {column: word for column, word in told.items() if word}
