"""Find billing periods of wallets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.errors import PeriodNotFound
from accounts.types import PeriodView
from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from datetime import datetime

# The posted amount of the running period stands in the wallet, of the others in the period.
_PERIOD = """
SELECT p.id, p.tenant_id, p.wallet_id, p.starts, p.ends, p.state, p.is_charged, p.is_free,
       CASE WHEN p.state = 'current' THEN w.period_posted ELSE p.posted END AS posted_minor
  FROM accounts_period p JOIN accounts_wallet w ON w.provider_id = p.provider_id AND w.id = p.wallet_id
 WHERE p.provider_id = %(provider)s AND p.wallet_id = %(wallet)s
"""


def period_at(provider_id: int, wallet_id: int, at: datetime) -> PeriodView | None:
    """Return the period of a wallet that a moment lies in, or None.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        wallet_id: which wallet.
        at: an aware datetime.
    """
    sql = _PERIOD + " AND p.starts <= %(at)s AND p.ends > %(at)s"
    rows = fetch_dicts(sql, {"provider": provider_id, "wallet": wallet_id, "at": at})
    return _view(rows[0]) if rows else None


def period_covering(provider_id: int, wallet_id: int, at: datetime) -> PeriodView:
    """Return the period of a wallet that a moment lies in.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        wallet_id: which wallet.
        at: an aware datetime.

    Raises:
        PeriodNotFound: there is none.
    """
    found = period_at(provider_id, wallet_id, at)
    if found is None:
        raise PeriodNotFound
    return found


def periods_of(provider_id: int, wallet_id: int) -> list[PeriodView]:
    """Return all periods of a wallet, oldest first.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        wallet_id: which wallet.
    """
    sql = _PERIOD + " ORDER BY p.starts"
    return [_view(row) for row in fetch_dicts(sql, {"provider": provider_id, "wallet": wallet_id})]


def _view(row: dict[str, Any]) -> PeriodView:
    return PeriodView(**row)
