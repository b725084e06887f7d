"""How far a provider's usage is charged. Called by pages and health checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.rows import fetch_one

if TYPE_CHECKING:
    from datetime import datetime


def charged_through(provider_id: int) -> datetime | None:
    """Return the hour before which all usage was charged, as far as it had come in; None before the first run.

    Args:
        provider_id: whose; its scope is open, or a tenant's, whose own progress is returned.
    """
    row = fetch_one(
        "SELECT min(charged_through) FROM usage_charge_chunk WHERE provider_id = %s", [provider_id]
    )
    found: datetime | None = row[0] if row else None
    return found
