"""Read balances: a wallet's three faces, any tenant account as of a time, the provider's accounts from roll-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from accounts.errors import WalletNotFound
from accounts.types import WalletView
from billing_platform.kernel.rows import fetch_all, fetch_dicts, fetch_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_WALLET: Final = """
SELECT id, tenant_id, currency, balance AS settled, reserved, balance - reserved AS available, period_id, period_posted,
       is_charged, suspend_on, suspend_limit, grace, below_since, suspended_at
  FROM accounts_wallet WHERE provider_id = %(provider)s
"""
_AT: Final = """
SELECT coalesce(sum(e.amount_minor), 0)::bigint
  FROM accounts_entry e JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
 WHERE e.provider_id = %(provider)s AND e.account_id = %(account)s AND p.effective_at <= %(at)s
"""
# The last roll-up and what no seal covers yet: neither a hot row nor a long sum. Unsealed entries begin at the first
# entry of the oldest unsealed posting.
_PROVIDER: Final = """
SELECT a.kind, a.currency, coalesce(r.balance_minor, 0) + coalesce(n.amount, 0) AS balance
  FROM accounts_account a
  LEFT JOIN LATERAL (SELECT r.balance_minor FROM accounts_rollup r
                      WHERE r.provider_id = a.provider_id AND r.account_id = a.id
                      ORDER BY r.seal_id DESC LIMIT 1) r ON true
  LEFT JOIN LATERAL (
        SELECT sum(e.amount_minor)::bigint AS amount
          FROM accounts_entry e JOIN accounts_proof f ON f.provider_id = e.provider_id AND f.posting_id = e.posting_id
         WHERE e.provider_id = a.provider_id AND e.account_id = a.id AND f.seal_id IS NULL
           AND e.id >= (SELECT min(x.first_entry_id) FROM accounts_proof x
                         WHERE x.provider_id = a.provider_id AND x.seal_id IS NULL)) n ON true
 WHERE a.provider_id = %(provider)s AND a.tenant_id = 0
 ORDER BY a.kind, a.currency
"""


def wallet_of(provider_id: int, tenant_id: int, currency: str) -> WalletView:
    """Return a tenant's wallet in a currency.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose wallet.
        currency: ISO 4217.

    Raises:
        WalletNotFound: there is none, or not in this scope.
    """
    sql = _WALLET + " AND tenant_id = %(tenant)s AND currency = %(currency)s"
    rows = fetch_dicts(sql, {"provider": provider_id, "tenant": tenant_id, "currency": currency})
    if not rows:
        raise WalletNotFound
    return WalletView(**rows[0])


def wallets_of(provider_id: int, tenant_ids: Sequence[int]) -> list[WalletView]:
    """Return the wallets of some tenants, by tenant and currency.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_ids: whose wallets.
    """
    sql = _WALLET + " AND tenant_id = ANY(%(tenants)s) ORDER BY tenant_id, currency"
    found = fetch_dicts(sql, {"provider": provider_id, "tenants": list(tenant_ids)})
    return [WalletView(**row) for row in found]


def balance_at(provider_id: int, account_id: int, at: datetime) -> int:
    """Return what an account held at a moment, by the effective times of its postings, in minor units.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        account_id: a wallet or another account.
        at: an aware datetime; postings effective at that very moment count.
    """
    params: dict[str, Any] = {"provider": provider_id, "account": account_id, "at": at}
    row = fetch_one(_AT, params)
    return int(row[0]) if row else 0


def tenant_balances(provider_id: int, tenant_id: int) -> dict[tuple[str, str], int]:
    """Return the balances of a tenant's accounts other than wallets, in minor units, by (kind, currency).

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose accounts.
    """
    rows = fetch_all(
        "SELECT a.kind, a.currency, b.balance FROM accounts_tenant_balance b"
        " JOIN accounts_account a ON a.provider_id = b.provider_id AND a.id = b.account_id"
        " WHERE b.provider_id = %s AND b.tenant_id = %s ORDER BY 1, 2",
        [provider_id, tenant_id],
    )
    return {(kind, currency): balance for kind, currency, balance in rows}


def provider_balances(provider_id: int) -> dict[tuple[str, str], int]:
    """Return the balances of the provider's own accounts, in minor units, by (kind, currency).

    Args:
        provider_id: whose; its scope is open.

    Returns:
        + is a credit balance (revenue, tax payable), − a debit balance (clearing, expense).
    """
    rows = fetch_all(_PROVIDER, {"provider": provider_id})
    return {(kind, currency): int(balance) for kind, currency, balance in rows}


def currencies_in_use(provider_id: int) -> list[str]:
    """Return the currencies of which a provider's clients have wallets, by code.

    Args:
        provider_id: whose; its scope is open.
    """
    # The provider's own accounts of a currency come to be with the first wallet of it.
    rows = fetch_all(
        "SELECT DISTINCT currency FROM accounts_account WHERE provider_id = %s AND tenant_id = 0 ORDER BY 1",
        [provider_id],
    )
    return [currency for (currency,) in rows]
