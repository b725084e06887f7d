"""Open wallets and change their suspension rule. Called when tenants come, by settings, and by upper parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.enums import REVENUE_KINDS
from accounts.errors import WalletNotFound
from accounts.services.calendar import first_stretch
from accounts.services.effects import StateOutcome, follow_up
from accounts.services.periods import calendar_of
from accounts.services.wallet_sql import MARK, OUTCOME, STATE_COLUMNS, change_ctes, state_sets
from accounts.services.warnings import set_warning_levels
from accounts.types import WalletRef
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute, fetch_dicts
from tenants.registry import (
    SUSPENSION_ENABLED,
    SUSPENSION_GRACE_HOURS,
    SUSPENSION_LIMIT_MINOR,
    WARNING_LEVELS_HOURS,
    WARNING_LEVELS_MINOR,
)
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# The rule that follows from the provider's settings and the tenant's own credit limit. What a flexible tenant's credit
# does not cover is invoiced, so an empty wallet is no reason to suspend it.
_ON: Final = "(%(on)s AND t.billing_plan <> 'FLEXIBLE')"
_LIMIT: Final = "%(limit)s - CASE WHEN t.currency = {currency} THEN t.credit_limit_minor ELSE 0 END"
_TENANTS: Final = """
SELECT x.no, t.id AS tenant_id, x.currency, t.time_zone, t.anchor_day, t.billing_plan, t.trial_ends_at
  FROM unnest(%(tenants)s::bigint[], %(currencies)s::text[]) WITH ORDINALITY AS x (tenant_id, currency, no)
  JOIN tenants_tenant t ON t.provider_id = %(dues_provider)s AND t.id = x.tenant_id
 WHERE NOT EXISTS (SELECT 1 FROM accounts_wallet w WHERE w.provider_id = %(dues_provider)s AND w.tenant_id = t.id
                      AND w.currency = x.currency)
 ORDER BY t.id, x.currency
"""
_OPEN: Final = f"""
WITH {MARK},
    x AS MATERIALIZED (
        SELECT * FROM unnest(%(tenants)s::bigint[], %(currencies)s::text[], %(starts)s::timestamptz[],
               %(ends)s::timestamptz[], %(charged)s::boolean[], %(free)s::boolean[])
               AS x (tenant_id, currency, starts, ends, is_charged, is_free)),
    a AS (
        INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)
        SELECT %(dues_provider)s, tenant_id, 'wallet', currency FROM x ORDER BY tenant_id, currency
        ON CONFLICT (provider_id, tenant_id, kind, currency) DO NOTHING RETURNING id, tenant_id, currency),
    p AS (
        INSERT INTO accounts_period (provider_id, tenant_id, wallet_id, starts, ends, state, is_charged, is_free)
        SELECT %(dues_provider)s, a.tenant_id, a.id, x.starts, x.ends, 'current', x.is_charged, x.is_free
          FROM a JOIN x USING (tenant_id, currency) ORDER BY a.id RETURNING id, wallet_id, is_charged),
    u AS (
        INSERT INTO accounts_wallet AS w (id, provider_id, tenant_id, currency, period_id, is_charged, suspend_on,
                                          suspend_limit, grace)
        SELECT a.id, %(dues_provider)s, a.tenant_id, a.currency, p.id, p.is_charged, {_ON},
               {_LIMIT.format(currency="a.currency")}, %(grace)s
          FROM a JOIN p ON p.wallet_id = a.id
          JOIN tenants_tenant t ON t.provider_id = %(dues_provider)s AND t.id = a.tenant_id ORDER BY a.id
        RETURNING {STATE_COLUMNS}),
    {change_ctes("opened", always=True)}
SELECT id FROM u ORDER BY id
"""
_REVENUE: Final = """
INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)
SELECT %(dues_provider)s, 0, k.kind, c.currency
  FROM unnest(%(kinds)s::text[]) AS k (kind) CROSS JOIN unnest(%(currencies)s::text[]) AS c (currency)
 WHERE NOT EXISTS (SELECT 1 FROM accounts_account a WHERE a.provider_id = %(dues_provider)s AND a.tenant_id = 0
                      AND a.kind = k.kind AND a.currency = c.currency)
 GROUP BY 1, 2, 3, 4 ORDER BY 3, 4 ON CONFLICT DO NOTHING
"""
_FOUND: Final = """
SELECT w.id, w.tenant_id, w.currency FROM accounts_wallet w
  JOIN unnest(%(tenants)s::bigint[], %(currencies)s::text[]) AS x (tenant_id, currency) USING (tenant_id, currency)
 WHERE w.provider_id = %(dues_provider)s ORDER BY w.id
"""
_CHANGE: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET suspend_on = %(on)s, suspend_limit = %(limit)s, grace = %(grace)s,
        {state_sets(on="%(on)s", limit="%(limit)s", grace="%(grace)s")}
          FROM mark WHERE w.provider_id = %(dues_provider)s AND w.id = %(wallet)s
        RETURNING {STATE_COLUMNS}),
    {change_ctes("rule", always=True)}
SELECT (SELECT count(*) FROM u) AS touched, {OUTCOME}
"""
_NEW_ON: Final = _ON
_NEW_LIMIT: Final = f"({_LIMIT.format(currency='w.currency')})"
_FOLLOW: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET suspend_on = {_NEW_ON}, suspend_limit = {_NEW_LIMIT}, grace = %(grace)s,
        {state_sets(on=_NEW_ON, limit=_NEW_LIMIT, grace="%(grace)s")}
          FROM tenants_tenant t, mark
         WHERE w.provider_id = %(dues_provider)s AND w.tenant_id >= %(from)s AND w.tenant_id < %(to)s
           AND t.provider_id = %(dues_provider)s AND t.id = w.tenant_id
           AND (w.suspend_on, w.suspend_limit, w.grace) IS DISTINCT FROM ({_NEW_ON}, {_NEW_LIMIT}, %(grace)s)
        RETURNING {STATE_COLUMNS}),
    {change_ctes("rule", always=True)}
SELECT (SELECT count(*) FROM u) AS touched, {OUTCOME}
"""


@dataclass(frozen=True)
class WalletRequest:
    """A wallet that should exist.

    Attributes:
        at: a moment in its first period; None for now.
    """

    tenant_id: int
    currency: str
    at: datetime | None = None


def open_wallet(
    *,
    provider_id: int,
    tenant_id: int,
    currency: str,
    now: datetime,
    at: datetime | None = None,
) -> WalletRef:
    """Open a tenant's wallet in a currency, with its first period and the provider's suspension rule.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose wallet.
        currency: ISO 4217.
        now: the moment of opening.
        at: a moment in its first period, for imported history; `now` when left out.

    Returns:
        The wallet.

    Raises:
        WalletNotFound: the provider has no such tenant.
        UnknownCurrencyError: no such currency.
        TransactionRequiredError: no transaction is open.

    Idempotency: by tenant and currency; an open wallet is returned unchanged.
    """
    request = WalletRequest(tenant_id, currency, at)
    found = open_wallets(provider_id=provider_id, requests=[request], now=now)
    if not found:
        raise WalletNotFound
    return found[0]


def open_wallets(
    *, provider_id: int, requests: Sequence[WalletRequest], now: datetime
) -> list[WalletRef]:
    """Open those wallets that do not exist yet, set-based.

    Args:
        provider_id: whose; its scope is open.
        requests: which wallets.
        now: the moment of opening.

    Returns:
        All wallets asked for, by id; tenants that do not exist have none.

    Raises:
        UnknownCurrencyError: no such currency; none is opened.
        TransactionRequiredError: no transaction is open.

    Idempotency: by tenant and currency.
    """
    require_atomic()
    for currency in {request.currency for request in requests}:
        exponent(currency)
    params = {
        "dues_provider": provider_id,
        "dues_now": now,
        "tenants": [request.tenant_id for request in requests],
        "currencies": [request.currency for request in requests],
    }
    missing = fetch_dicts(_TENANTS, params)
    if missing:
        _open(provider_id, missing, [requests[row["no"] - 1].at or now for row in missing], now)
    return [WalletRef(**row) for row in fetch_dicts(_FOUND, params)]


def change_suspension_rule(
    *,
    provider_id: int,
    wallet_id: int,
    suspend_on: bool,
    limit_minor: int,
    grace: timedelta,
    now: datetime,
) -> None:
    """Change when a wallet is suspended; the rule runs at once, in both directions.

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
    *, provider_id: int, now: datetime, tenant_from: int = 0, tenant_to: int = 2**62
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
        **_rule(provider_id),
        "dues_provider": provider_id,
        "dues_now": now,
        "from": tenant_from,
        "to": tenant_to,
    }
    (row,) = fetch_dicts(_FOLLOW, params)
    follow_up(provider_id=provider_id, outcome=StateOutcome.of(row), posting_ids=(), now=now)
    return int(row["touched"])


def _open(
    provider_id: int, missing: list[dict[str, Any]], moments: list[datetime], now: datetime
) -> None:
    stretches = [
        first_stretch(at, calendar_of(row)) for row, at in zip(missing, moments, strict=True)
    ]
    params = {
        **_rule(provider_id),
        "dues_provider": provider_id,
        "dues_now": now,
        "kinds": [kind.value for kind in REVENUE_KINDS],
        "tenants": [row["tenant_id"] for row in missing],
        "currencies": [row["currency"] for row in missing],
        "starts": [stretch.period.starts for stretch in stretches],
        "ends": [stretch.period.ends for stretch in stretches],
        "charged": [stretch.is_charged for stretch in stretches],
        "free": [stretch.is_free for stretch in stretches],
    }
    execute(_REVENUE, params)
    opened = [row["id"] for row in fetch_dicts(_OPEN, params)]
    amounts, hours = get_settings(provider_id, WARNING_LEVELS_MINOR, WARNING_LEVELS_HOURS)
    set_warning_levels(
        provider_id=provider_id, wallet_ids=opened, amounts_minor=amounts, hours=hours, now=now
    )


def _rule(provider_id: int) -> dict[str, Any]:
    is_on, limit, hours = get_settings(
        provider_id, SUSPENSION_ENABLED, SUSPENSION_LIMIT_MINOR, SUSPENSION_GRACE_HOURS
    )
    return {"on": is_on, "limit": limit, "grace": timedelta(hours=hours)}
