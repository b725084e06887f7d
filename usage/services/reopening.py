"""Open closed periods again: their archived totals come back, so that late usage is rated like any other.

Called by ingestion and by retroactive changes. The next hourly run posts just the difference, under the period's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.services.periods import ensure_period, reopen_periods
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.rows import execute, fetch_all, fetch_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_RESTORE: Final = """
    WITH gone AS (
        DELETE FROM usage_period_line l WHERE l.provider_id = %s AND l.period_id = ANY(%s) AND l.tenant_id = ANY(%s)
        RETURNING l.provider_id, l.tenant_id, l.period_id, l.segment_id, l.price_id, l.quantity, l.start, l.less_minor)
    INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start, less_minor)
    SELECT * FROM gone ORDER BY tenant_id, period_id, segment_id
"""
_CLOSED_SINCE: Final = """
    SELECT p.id FROM accounts_period p
     WHERE p.provider_id = %s AND p.wallet_id = %s AND p.tenant_id = %s AND p.ends > %s AND p.state = 'closed'
       AND (%s OR EXISTS (SELECT 1 FROM usage_period_line l WHERE l.provider_id = p.provider_id
                             AND l.tenant_id = p.tenant_id AND l.period_id = p.id))
"""
_FIRST_HOUR: Final = """
    SELECT min(hour) FROM usage_hour WHERE provider_id = %s AND tenant_id = %s AND hour >= %s
"""


def reopen_totals(
    *, provider_id: int, period_ids: Sequence[int], tenant_ids: Sequence[int]
) -> None:
    """Make closed periods late again and bring their totals back.

    Args:
        provider_id: whose; its scope is open, and its ingest lock is shared or held.
        period_ids: the periods; those that are not closed are left alone.
        tenant_ids: whose periods they are.

    Idempotency: by state; of two that reopen one period, the second waits on its row and finds nothing to do.
    """
    if period_ids:
        reopen_periods(provider_id=provider_id, period_ids=period_ids)
        execute(_RESTORE, [provider_id, list(period_ids), list(tenant_ids)])


def open_periods_since(
    *, provider_id: int, tenant_id: int, wallet_id: int, since: datetime, now: datetime
) -> bool:
    """Make sure that a wallet has open periods for all usage from a moment on.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet.
        wallet_id: the wallet.
        since: where a change of segments begins.
        now: the moment of the change.

    Returns:
        Whether there is usage from that moment on; without any no period is made.

    Idempotency: by state.
    """
    row = fetch_one(_FIRST_HOUR, [provider_id, tenant_id, since])
    first = row[0] if row else None
    if first is not None:
        ensure_period(provider_id=provider_id, wallet_id=wallet_id, at=first)
        ensure_period(provider_id=provider_id, wallet_id=wallet_id, at=hour_floor(now))
    where = [provider_id, wallet_id, tenant_id, since, first is not None]
    closed = [row[0] for row in fetch_all(_CLOSED_SINCE, where)]
    reopen_totals(provider_id=provider_id, period_ids=closed, tenant_ids=[tenant_id])
    return first is not None
