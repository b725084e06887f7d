"""Find a provider's tenants by status, contract, plan and balance. Called by the list of clients and its download."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.currencies import CURRENCY_CODES, exponent
from billing_platform.kernel.rows import fetch_all, fetch_one
from tenants.selectors.search import matches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

# So many are asked one by one sooner than all of another table are read.
_FEW: Final = 3_000
LIMIT_MINOR_MAX: Final = 10**18

_REASON: Final = """EXISTS (
    SELECT 1 FROM tenants_suspension s WHERE s.provider_id = t.provider_id AND s.tenant_id = t.id
       AND s.lifted_at IS NULL AND s.reason = %(reason)s)"""
# What stands in another table is read once, as an array: joined, the planner asks tenant by tenant, for seconds. Where
# nothing else narrows, no more is read than is counted. Where very many meet it, or few are left by their status, each
# tenant is asked on the other hand.
_GATHERED: Final = "t.id = ANY (ARRAY(SELECT x.tenant_id FROM {rows}))"
_GATHERED_ALONE: Final = (
    "t.id = ANY (ARRAY(SELECT DISTINCT x.tenant_id FROM {rows} LIMIT %(most)s))"
)
_EACH: Final = "EXISTS (SELECT 1 FROM {rows} AND x.tenant_id = t.id)"
_PLAN: Final = """usage_subscription x WHERE x.provider_id = %(provider)s AND x.plan_id = %(plan_id)s
    AND (x.ends_at IS NULL OR x.ends_at > %(now)s){version}"""
# Each wallet is compared in its own currency: amounts of different currencies are never set against each other. No
# index may hold a balance.
_BELOW: Final = "accounts_wallet x WHERE x.provider_id = %(provider)s AND {low}"
# What is below the limit in every currency, or in none, need not be told by its currency.
_LOW: Final = """(x.balance < %(below_lowest)s OR (x.balance < %(below_highest)s AND x.balance < CASE {odd}
    ELSE %(below_2)s END))"""
_ODD: Final = "WHEN x.currency = ANY (%(codes_{places})s) THEN %(below_{places})s"
_ORDERS: Final = {
    "newest": "t.id DESC",
    "oldest": "t.id",
    "name": "t.name, t.id",
    "name_down": "t.name DESC, t.id DESC",
}
_NAMED: Final = """(t.name, t.id) {} (SELECT x.name, x.id FROM tenants_tenant x
    WHERE x.provider_id = %(provider)s AND x.id = %(after)s)"""
_AFTER: Final = {
    "newest": "t.id < %(after)s",
    "oldest": "t.id > %(after)s",
    "name": _NAMED.format(">"),
    "name_down": _NAMED.format("<"),
}
# The wallets of one currency are read through, since no index may hold a balance; a tenant has one of each.
_BALANCES: Final = """
WITH hit AS MATERIALIZED (SELECT w.tenant_id, w.balance FROM {source} WHERE {where} LIMIT %(most)s),
n AS MATERIALIZED (SELECT count(*) AS found FROM {counted})
SELECT n.found, CASE WHEN n.found < %(most)s
       THEN ARRAY(SELECT w.tenant_id FROM hit w WHERE {after} ORDER BY {order} LIMIT %(limit)s)
       ELSE ARRAY(SELECT w.tenant_id FROM {source} WHERE {each} AND {after} ORDER BY {order} LIMIT %(limit)s) END
  FROM n
"""
_WALLETS: Final = "accounts_wallet w"
_THEIRS: Final = " JOIN tenants_tenant t ON t.provider_id = w.provider_id AND t.id = w.tenant_id"
# Words, plans and balances ask for a tenant's id alone, which its wallets know.
_THEIR_IDS: Final = " CROSS JOIN LATERAL (SELECT w.tenant_id AS id) t"
# By a status alone they are counted in two indexes, without their balances.
_COUNTED: Final = "(SELECT FROM {source} WHERE {where} LIMIT %(most)s) x"
_STATUS: Final = "t.status = %(status)s"
_BILLING: Final = "t.billing_plan = %(billing_plan)s"
_OF_TENANTS: Final = frozenset({_STATUS, _BILLING, _REASON})
_OF_CURRENCY: Final = ("w.provider_id = %(provider)s", "w.currency = %(currency)s")
_STANDING: Final = """(w.balance, w.tenant_id) {} (SELECT x.balance, x.tenant_id FROM accounts_wallet x
    WHERE x.provider_id = %(provider)s AND x.tenant_id = %(after)s AND x.currency = %(currency)s)"""
_BALANCE_ORDERS: Final = {
    "balance": ("w.balance, w.tenant_id", _STANDING.format(">")),
    "balance_down": ("w.balance DESC, w.tenant_id DESC", _STANDING.format("<")),
}
_HAS_WALLET: Final = (
    "accounts_wallet x WHERE x.provider_id = %(provider)s AND x.currency = %(currency)s"
)
_CODES: Final = {
    places: [code for code in CURRENCY_CODES if exponent(code) == places]
    for places in sorted({exponent(code) for code in CURRENCY_CODES})
}
_LOW_SQL: Final = _LOW.format(
    odd=" ".join(_ODD.format(places=places) for places in _CODES if places != 2)
)
# Few are gathered and put in order; where there are more than are counted, the next ones are near in the order itself.
_PAGE: Final = """
WITH hit AS MATERIALIZED (SELECT t.id, t.name FROM tenants_tenant t WHERE {where} LIMIT %(most)s),
n AS MATERIALIZED (SELECT count(*) AS found FROM hit)
SELECT n.found, CASE WHEN n.found < %(most)s
       THEN ARRAY(SELECT t.id FROM hit t WHERE {after} ORDER BY {order} LIMIT %(limit)s)
       ELSE ARRAY(SELECT t.id FROM tenants_tenant t WHERE {each} AND {after} ORDER BY {order} LIMIT %(limit)s) END
  FROM n
"""


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
        currency: with a wallet of it.
        order: of newest, oldest, name, name_down (from Z to A), balance and balance_down, which need a currency.
    """

    search: str = ""
    status: str = ""
    reason: str = ""
    billing_plan: str = ""
    plan_id: int | None = None
    version_id: int | None = None
    below: Decimal | None = None
    currency: str = ""
    order: str = "newest"


@dataclass(frozen=True)
class FoundTenants:
    """Ids of a page of tenants in the order asked for.

    Attributes:
        count: how many there are in all, counted no further than one beyond `COUNT_CAP`.
    """

    ids: list[int]
    count: int


@dataclass(frozen=True)
class RunningPlan:
    """A plan that a tenant is subscribed to."""

    tenant_id: int
    name: str
    number: int


def find_tenants(
    provider_id: int,
    wanted: TenantQuery,
    *,
    now: datetime,
    after: int | None,
    limit: int,
    bound: int | None = None,
) -> FoundTenants:
    """Return ids of tenants in the order asked for, with their number.

    Args:
        provider_id: whose; its scope is open.
        wanted: which.
        now: the present moment, which tells subscriptions that have ended.
        after: the last tenant of the page before; None for the first page.
        limit: how many at most.
        bound: how many meet the status or the reason asked for, where that is known already.
    """
    conditions, params = _where(provider_id, wanted, now)
    if bound is not None and bound <= _FEW:
        conditions = [(each, each) for _, each in conditions]
    make = _by_balance if wanted.order in _BALANCE_ORDERS else _by_itself
    sql = make(conditions, wanted.order, is_first=after is None)
    row = fetch_one(sql, {**params, "after": after, "limit": limit, "most": COUNT_CAP + 1})
    count, ids = row if row else (0, [])
    return FoundTenants(ids, count)


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


def _by_itself(conditions: Sequence[tuple[str, str]], order: str, *, is_first: bool) -> str:
    return _PAGE.format(
        where=" AND ".join(gathered for gathered, _ in conditions),
        each=" AND ".join(each for _, each in conditions),
        after="true" if is_first else _AFTER[order],
        order=_ORDERS[order],
    )


def _by_balance(conditions: Sequence[tuple[str, str]], order: str, *, is_first: bool) -> str:
    # The first condition is the provider's, which the wallets bear themselves.
    narrowing = conditions[1:]
    words, after = _BALANCE_ORDERS[order]
    theirs = _THEIRS if any(each in _OF_TENANTS for _, each in narrowing) else _THEIR_IDS
    source = _WALLETS + theirs
    where = " AND ".join([*_OF_CURRENCY, *(gathered for gathered, _ in narrowing)])
    by_status = [gathered for gathered, _ in narrowing] == [_STATUS]
    return _BALANCES.format(
        source=source,
        where=where,
        counted=_COUNTED.format(source=source, where=where) if by_status else "hit",
        each=" AND ".join([*_OF_CURRENCY, *(each for _, each in narrowing)]),
        after="true" if is_first else after,
        order=words,
    )


def _where(
    provider_id: int, wanted: TenantQuery, now: datetime
) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Return the conditions, each as it gathers and as it asks tenant by tenant, and their parameters."""
    same = ["t.provider_id = %(provider)s"]
    other: list[tuple[str, str]] = []
    params: dict[str, Any] = {**asdict(wanted), "provider": provider_id, "now": now}
    if wanted.search:
        found = matches(provider_id, wanted.search)
        other.append((found.gathered, found.each))
        params.update(found.params)
    if wanted.status:
        same.append(_STATUS)
    if wanted.billing_plan:
        same.append(_BILLING)
    if wanted.reason:
        same.append(_REASON)
    elsewhere = []
    if wanted.plan_id is not None:
        version = "" if wanted.version_id is None else " AND x.plan_version_id = %(version_id)s"
        elsewhere.append(_PLAN.format(version=version))
    if wanted.below is not None:
        elsewhere.append(_BELOW.format(low=_LOW_SQL))
        params.update(_limits(wanted.below))
    if wanted.currency and wanted.order not in _BALANCE_ORDERS:
        elsewhere.append(_HAS_WALLET)
    # The currency, which the balances' own statement asks for, narrows as well: then no part of them will do.
    is_alone = len(same) + len(other) + len(elsewhere) == 2 and wanted.order not in _BALANCE_ORDERS
    form = _GATHERED_ALONE if is_alone else _GATHERED
    other += [(form.format(rows=rows), _EACH.format(rows=rows)) for rows in elsewhere]
    return [*((one, one) for one in same), *other], params


def _limits(below: Decimal) -> dict[str, Any]:
    limits = {places: _minor(below, places) for places in _CODES}
    return {
        "below_lowest": min(limits.values()),
        "below_highest": max(limits.values()),
        **{f"codes_{places}": codes for places, codes in _CODES.items()},
        **{f"below_{places}": limit for places, limit in limits.items()},
    }


def _minor(major: Decimal, places: int) -> int:
    minor = int(major.scaleb(places).to_integral_value(ROUND_CEILING))
    return max(-LIMIT_MINOR_MAX, min(minor, LIMIT_MINOR_MAX))
