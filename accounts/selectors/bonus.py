"""How much of a wallet is bonus credit, which is used but never paid out. Called by whoever gives money back."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.rows import fetch_one

_BONUS: Final = """
SELECT coalesce(sum(g.remaining), 0)::bigint
  FROM accounts_wallet w JOIN accounts_credit_grant g ON g.provider_id = w.provider_id AND g.wallet_id = w.id
 WHERE w.provider_id = %s AND w.tenant_id = %s AND w.currency = %s AND g.remaining > 0 AND NOT g.is_paid
"""


def bonus_left(provider_id: int, tenant_id: int, currency: str) -> int:
    """Return what is left of promotional grants in a wallet, minor units, by one query.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet.
        currency: ISO 4217.
    """
    row = fetch_one(_BONUS, [provider_id, tenant_id, currency])
    return int(row[0]) if row else 0
