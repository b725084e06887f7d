"""Open wallets, each with the suspension rule of the provider's settings. Called by upper parts and commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from accounts.enums import REVENUE_KINDS
from accounts.errors import WalletNotFound
from accounts.services.calendar import first_stretch
from accounts.services.periods import calendar_of
from accounts.services.wallet_sql import MARK, RULE_COLUMNS, change_ctes
from accounts.services.warnings import set_warning_levels
from accounts.types import WalletRef
from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute, fetch_all, fetch_dicts
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
ON: Final = "(%(on)s AND t.billing_plan <> 'FLEXIBLE')"
LIMIT: Final = "%(limit)s - CASE WHEN t.currency = {currency} THEN t.credit_limit_minor ELSE 0 END"
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
        SELECT a.id, %(dues_provider)s, a.tenant_id, a.currency, p.id, p.is_charged, {ON},
               {LIMIT.format(currency="a.currency")}, %(grace)s
          FROM a JOIN p ON p.wallet_id = a.id
          JOIN tenants_tenant t ON t.provider_id = %(dues_provider)s AND t.id = a.tenant_id ORDER BY a.id
        RETURNING {RULE_COLUMNS}),
    {change_ctes("opened")}
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


_LOCK: Final = """
SELECT w.id FROM accounts_wallet w WHERE w.provider_id = %s AND w.id = ANY(%s) ORDER BY w.id FOR NO KEY UPDATE
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


def lock_wallets(*, provider_id: int, wallet_ids: Sequence[int]) -> list[int]:
    """Lock wallets by id, before a transaction that moves several of them; it ends with the transaction.

    Args:
        provider_id: whose; its scope is open.
        wallet_ids: which.

    Returns:
        Those that exist, by id.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: locking twice is locking once.
    """
    require_atomic()
    return [row[0] for row in fetch_all(_LOCK, [provider_id, list(wallet_ids)])]


def _open(
    provider_id: int, missing: list[dict[str, Any]], moments: list[datetime], now: datetime
) -> None:
    stretches = [
        first_stretch(at, calendar_of(row)) for row, at in zip(missing, moments, strict=True)
    ]
    params = {
        **provider_rule(provider_id),
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


def provider_rule(provider_id: int) -> dict[str, Any]:
    """Return the parameters of `ON` and `LIMIT`, and the grace, from a provider's settings.

    Args:
        provider_id: whose; its scope is open.
    """
    is_on, limit, hours = get_settings(
        provider_id, SUSPENSION_ENABLED, SUSPENSION_LIMIT_MINOR, SUSPENSION_GRACE_HOURS
    )
    return {"on": is_on, "limit": limit, "grace": timedelta(hours=hours)}
