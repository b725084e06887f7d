"""What the lists of parked and of refused events narrow by alike."""

from __future__ import annotations


def told_of(*, reason: str, event_type: str, tenant: str) -> dict[str, str]:
    """Return what an event itself tells, as the filter of its table; an empty word does not narrow."""
    told = {"reason": reason, "event_type": event_type, "tenant_external_id": tenant}
    return {column: word for column, word in told.items() if word}
