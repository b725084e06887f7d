"""Change when wallets are suspended and warned: one wallet by hand, or all that follow the provider's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from accounts.errors import WalletNotFound
from accounts.services.effects import StateOutcome, follow_up
from accounts.services.wallet_sql import MARK, OUTCOME, RULE_COLUMNS, change_ctes, state_sets
from accounts.services.wallets import LIMIT, ON, provider_rule
from accounts.services.warnings import set_warning_levels
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_all, fetch_dicts, fetch_one
from billing_platform.kernel.scope import provider_scope
from tenants.registry import WARNING_LEVELS_HOURS, WARNING_LEVELS_MINOR
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from datetime import datetime, timedelta

_CHANGE: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET has_own_rule = true, suspend_on = %(on)s, suspend_limit = %(limit)s,
               grace = %(grace)s,
        {state_sets(on="%(on)s", limit="%(limit)s", grace="%(grace)s")}
          FROM mark WHERE w.provider_id = %(dues_provider)s AND w.id = %(wallet)s
        RETURNING {RULE_COLUMNS}),
    {change_ctes("rule")}
SELECT (SELECT count(*) FROM u) AS touched, {OUTCOME}
"""
_NEW_LIMIT: Final = f"({LIMIT.format(currency='w.currency')})"
_FOLLOW: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET suspend_on = {ON}, suspend_limit = {_NEW_LIMIT}, grace = %(grace)s,
        {state_sets(on=ON, limit=_NEW_LIMIT, grace="%(grace)s")}
          FROM tenants_tenant t, mark
         WHERE w.provider_id = %(dues_provider)s AND w.tenant_id >= %(from)s AND w.tenant_id < %(to)s
           AND t.provider_id = %(dues_provider)s AND t.id = w.tenant_id AND NOT w.has_own_rule
           AND (w.suspend_on, w.suspend_limit, w.grace) IS DISTINCT FROM ({ON}, {_NEW_LIMIT}, %(grace)s)
        RETURNING {RULE_COLUMNS}),
    {change_ctes("rule")}
SELECT (SELECT count(*) FROM u) AS touched, {OUTCOME}
"""
_RELEASE: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET has_own_rule = false, suspend_on = {ON}, suspend_limit = {_NEW_LIMIT},
               grace = %(grace)s, {state_sets(on=ON, limit=_NEW_LIMIT, grace="%(grace)s")}
          FROM tenants_tenant t, mark
         WHERE w.provider_id = %(dues_provider)s AND w.id = %(wallet)s
           AND t.provider_id = %(dues_provider)s AND t.id = w.tenant_id
        RETURNING {RULE_COLUMNS}),
    {change_ctes("rule")}
SELECT (SELECT count(*) FROM u) AS touched, {OUTCOME}
"""
# Wallets whose levels are not exactly those of the settings.
_OTHER_LEVELS: Final = """
SELECT w.id FROM accounts_wallet w
 WHERE w.provider_id = %(provider)s AND w.tenant_id >= %(from)s AND w.tenant_id < %(to)s
   AND %(levels)s::text[] IS DISTINCT FROM
       (SELECT array_agg(l.basis || ':' || l.level ORDER BY l.basis || ':' || l.level) FROM accounts_warning_level l
         WHERE l.provider_id = w.provider_id AND l.wallet_id = w.id)
 ORDER BY w.id
"""
_RANGE_END: Final = """
SELECT max(tenant_id) + 1 FROM (
    SELECT tenant_id FROM accounts_wallet WHERE provider_id = %s AND tenant_id >= %s ORDER BY tenant_id LIMIT %s) w
"""
_EVERYBODY: Final = 2**62
_RANGE_WALLETS: Final = 2000


def change_suspension_rule(
    *,
    provider_id: int,
    wallet_id: int,
    suspend_on: bool,
    limit_minor: int,
    grace: timedelta,
    now: datetime,
) -> None:
    """Give a wallet a rule of its own; it runs at once, in both directions, and settings no longer change it.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        suspend_on: whether it is ever suspended.
        limit_minor: available credit at or below which it falls, minor units.
        grace: time between the fall and the suspension, 0 or more.
        now: the moment of the change.

    Raises:
        WalletNotFound: the provider has no such wallet.
        TransactionRequiredError: no transaction is open.

    Idempotency: by state, apart from a line in the wallet's history.
    """
    require_atomic()
    params = {
        "dues_provider": provider_id,
        "dues_now": now,
        "wallet": wallet_id,
        "on": suspend_on,
        "limit": limit_minor,
        "grace": grace,
    }
    (row,) = fetch_dicts(_CHANGE, params)
    if not row["touched"]:
        raise WalletNotFound
    follow_up(provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now)


def follow_provider_rule(
    *, provider_id: int, now: datetime, tenant_from: int = 0, tenant_to: int = _EVERYBODY
) -> int:
    """Give the wallets of a range of tenants the rule of the provider's settings and of their own credit limits.

    Args:
        provider_id: whose; its scope is open.
        now: the moment of the change.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.

    Returns:
        How many wallets have another rule than before.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    params = {
        **provider_rule(provider_id),
        "dues_provider": provider_id,
        "dues_now": now,
        "from": tenant_from,
        "to": tenant_to,
    }
    (row,) = fetch_dicts(_FOLLOW, params)
    follow_up(provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now)
    return int(row["touched"])


def drop_own_rule(*, provider_id: int, wallet_id: int, now: datetime) -> None:
    """Let a wallet follow the provider's settings and its tenant's credit limit again.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        now: the moment of the change.

    Raises:
        WalletNotFound: the provider has no such wallet.
        TransactionRequiredError: no transaction is open.

    Idempotency: by state, apart from a line in the wallet's history.
    """
    require_atomic()
    params = {
        **provider_rule(provider_id),
        "dues_provider": provider_id,
        "dues_now": now,
        "wallet": wallet_id,
    }
    (row,) = fetch_dicts(_RELEASE, params)
    if not row["touched"]:
        raise WalletNotFound
    follow_up(provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now)


def follow_provider_warnings(
    *, provider_id: int, now: datetime, tenant_from: int = 0, tenant_to: int = _EVERYBODY
) -> int:
    """Give the wallets of a range of tenants the warning levels of the provider's settings.

    Args:
        provider_id: whose; its scope is open.
        now: the moment of the change.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.

    Returns:
        How many wallets had other levels.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    amounts, hours = get_settings(provider_id, WARNING_LEVELS_MINOR, WARNING_LEVELS_HOURS)
    names = {f"amount:{level}" for level in amounts} | {f"hours:{level}" for level in hours}
    params: dict[str, Any] = {
        "provider": provider_id,
        "from": tenant_from,
        "to": tenant_to,
        "levels": sorted(names) or None,
    }
    others = [wallet_id for (wallet_id,) in fetch_all(_OTHER_LEVELS, params)]
    if others:
        set_warning_levels(
            provider_id=provider_id, wallet_ids=others, amounts_minor=amounts, hours=hours, now=now
        )
    return len(others)


def follow_settings(*, provider_id: int, now: datetime) -> int:
    """Give all wallets of a provider the rule and the levels of its settings, in short transactions of its own.

    Args:
        provider_id: whose; no transaction should be open, or the locks last as long as that one.
        now: the moment of the change.

    Returns:
        How many changes of wallets that were.

    Idempotency: by state; it may be stopped and called again.
    """
    changed, low = 0, 0
    while True:
        with provider_scope(provider_id):
            high = _range_end(provider_id, low)
            if high is None:
                return changed
            range_ = {"tenant_from": low, "tenant_to": high}
            changed += follow_provider_rule(provider_id=provider_id, now=now, **range_)
            changed += follow_provider_warnings(provider_id=provider_id, now=now, **range_)
        low = high


def _range_end(provider_id: int, low: int) -> int | None:
    row = fetch_one(_RANGE_END, [provider_id, low, _RANGE_WALLETS])
    return row[0] if row else None
