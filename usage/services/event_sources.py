"""Find the sources of a batch; a source is made on its first event. Called by ingestion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usage.models import EventSource
from usage.selectors.intake import SourceRule, event_sources

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def ensure_sources(
    *, provider_id: int, codes: Iterable[str], now: datetime
) -> dict[str, SourceRule]:
    """Return the sources of a batch, making those that send for the first time.

    Args:
        provider_id: whose; its scope is open.
        codes: what the events name as their source.
        now: the moment of receipt.

    Idempotency: by code.
    """
    wanted = set(codes)
    known = event_sources(provider_id, wanted)
    missing = sorted(wanted - known.keys())
    if not missing:
        return known
    EventSource.objects.bulk_create(
        [EventSource(provider_id=provider_id, code=code, created_at=now) for code in missing],
        ignore_conflicts=True,
    )
    return known | event_sources(provider_id, missing)
