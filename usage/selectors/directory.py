"""Find a provider's tenants by status, contract, plan and balance. Called by the list of clients and its download."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.currencies import CURRENCY_CODES, exponent
from billing_platform.kernel.rows import fetch_all, fetch_one
from tenants.selectors.search import matches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

COUNT_CAP: Final = 10_000
LIMIT_MINOR_MAX: Final = 10**18

_REASON: Final = """EXISTS (
    SELECT 1 FROM tenants_suspension s WHERE s.provider_id = t.provider_id AND s.tenant_id = t.id
       AND s.lifted_at IS NULL AND s.reason = %(reason)s)"""
_PLAN: Final = """EXISTS (
    SELECT 1 FROM usage_subscription u WHERE u.provider_id = t.provider_id AND u.tenant_id = t.id
       AND u.plan_id = %(plan_id)s AND (u.ends_at IS NULL OR u.ends_at > %(now)s){version})"""
# Each wallet is compared in its own currency: amounts of different currencies are never set against each other. No
# index may hold a balance, so all wallets are read once, as an array: joined, the planner asks tenant by tenant, for
# seconds.
_BELOW: Final = """t.id = ANY (ARRAY(
    SELECT w.tenant_id FROM accounts_wallet w
      JOIN unnest(%(currencies)s::text[], %(limits)s::bigint[]) AS l (currency, minor) ON l.currency = w.currency
     WHERE w.provider_id = %(provider)s AND w.balance < l.minor))"""
_ORDERS: Final = {"newest": "t.id DESC", "oldest": "t.id", "name": "t.name, t.id"}
_AFTER: Final = {
    "newest": "t.id < %(after)s",
    "oldest": "t.id > %(after)s",
    "name": "(t.name, t.id) > (SELECT x.name, x.id FROM tenants_tenant x"
    " WHERE x.provider_id = %(provider)s AND x.id = %(after)s)",
}


@dataclass(frozen=True, kw_only=True)
class TenantQuery:
    """Which tenants are asked for, and in which order; what is empty or None does not narrow.

    Attributes:
        search: beginnings of words of the name, the external id, the legal name or a member's address, any case.
        status: of TenantStatus.
        reason: of SuspensionReason: suspended for it now.
        billing_plan: of BillingPlan.
        plan_id: with a subscription to this plan that has not ended.
        version_id: with this version of it.
        below: with a wallet of which the balance is below it, major units of the wallet's own currency.
        order: newest, oldest or name.
    """

    search: str = ""
    status: str = ""
    reason: str = ""
    billing_plan: str = ""
    plan_id: int | None = None
    version_id: int | None = None
    below: Decimal | None = None
    order: str = "newest"


@dataclass(frozen=True)
class RunningPlan:
    """A plan that a tenant is subscribed to."""

    tenant_id: int
    name: str
    number: int


def find_tenants(
    provider_id: int, wanted: TenantQuery, *, now: datetime, after: int | None, limit: int
) -> list[int]:
    """Return ids of tenants in the order asked for.

    Args:
        provider_id: whose; its scope is open.
        wanted: which.
        now: the present moment, which tells subscriptions that have ended.
        after: the last tenant of the page before; None for the first page.
        limit: how many at most.
    """
    where, params = _where(provider_id, wanted, now)
    if after is not None:
        where.append(_AFTER[wanted.order])
    sql = (
        f"SELECT t.id FROM tenants_tenant t WHERE {' AND '.join(where)}"
        f" ORDER BY {_ORDERS[wanted.order]} LIMIT %(limit)s"
    )
    return [found for (found,) in fetch_all(sql, {**params, "after": after, "limit": limit})]


def count_found(provider_id: int, wanted: TenantQuery, *, now: datetime) -> int:
    """Return how many tenants there are, counted no further than one beyond `COUNT_CAP`.

    Args:
        provider_id: whose; its scope is open.
        wanted: which.
        now: the present moment.
    """
    where, params = _where(provider_id, wanted, now)
    inner = f"SELECT 1 FROM tenants_tenant t WHERE {' AND '.join(where)} LIMIT %(limit)s"
    row = fetch_one(f"SELECT count(*) FROM ({inner}) x", {**params, "limit": COUNT_CAP + 1})
    return int(row[0]) if row else 0


def running_plans(
    provider_id: int, tenant_ids: Sequence[int], *, now: datetime
) -> list[RunningPlan]:
    """Return the plans that some tenants are subscribed to, by tenant and name; those that have ended are left out.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: a page of tenants.
        now: the present moment.
    """
    rows = fetch_all(
        "SELECT u.tenant_id, p.name, v.number FROM usage_subscription u"
        " JOIN usage_plan p ON p.provider_id = u.provider_id AND p.id = u.plan_id"
        " JOIN usage_plan_version v ON v.provider_id = u.provider_id AND v.id = u.plan_version_id"
        " WHERE u.provider_id = %s AND u.tenant_id = ANY(%s) AND (u.ends_at IS NULL OR u.ends_at > %s)"
        " ORDER BY u.tenant_id, p.name, v.number",
        [provider_id, list(tenant_ids), now],
    )
    return [RunningPlan(*row) for row in rows]


def _where(
    provider_id: int, wanted: TenantQuery, now: datetime
) -> tuple[list[str], dict[str, Any]]:
    where = ["t.provider_id = %(provider)s"]
    params: dict[str, Any] = {**asdict(wanted), "provider": provider_id, "now": now}
    if wanted.search:
        found = matches(provider_id, wanted.search)
        where += found.where
        params.update(found.params)
    if wanted.status:
        where.append("t.status = %(status)s")
    if wanted.billing_plan:
        where.append("t.billing_plan = %(billing_plan)s")
    if wanted.reason:
        where.append(_REASON)
    if wanted.plan_id is not None:
        version = "" if wanted.version_id is None else " AND u.plan_version_id = %(version_id)s"
        where.append(_PLAN.format(version=version))
    if wanted.below is not None:
        where.append(_BELOW)
        params["currencies"] = list(CURRENCY_CODES)
        params["limits"] = [_minor(wanted.below, code) for code in CURRENCY_CODES]
    return where, params


def _minor(major: Decimal, currency: str) -> int:
    minor = int(major.scaleb(exponent(currency)).to_integral_value(ROUND_CEILING))
    return max(-LIMIT_MINOR_MAX, min(minor, LIMIT_MINOR_MAX))
