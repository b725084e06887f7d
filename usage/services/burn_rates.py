"""Write down how fast wallets are used up, so that the ledger can warn by time left. Called by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.services.warnings import record_burn_rates
from accounts.types import DueSelection
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from usage.selectors.burn_sql import burn_selection

if TYPE_CHECKING:
    from datetime import datetime


def record_rates(*, provider_id: int, until: datetime, now: datetime) -> int:
    """Write down the burn rate of every wallet of a provider, chunk by chunk.

    Args:
        provider_id: whose; the scope is opened here, per chunk.
        until: a full UTC hour; the day before it counts.
        now: the moment of the reckoning.

    Returns:
        How many wallets have another rate than before.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        chunks = fetch_all(
            "SELECT t_from, t_to FROM usage_charge_chunk WHERE provider_id = %s ORDER BY no",
            [provider_id],
        )
    changed = 0
    for low, high in chunks:
        with provider_scope(provider_id):
            sql, params = burn_selection(
                provider_id=provider_id, tenant_from=low, tenant_to=high, until=until
            )
            changed += record_burn_rates(
                provider_id=provider_id, selection=DueSelection(sql=sql, params=params), now=now
            )
    return changed
