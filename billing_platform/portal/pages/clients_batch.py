"""Some of a provider's clients in the order asked for, with what a list shows of each: for its page and its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.selectors.balances import currencies_in_use, wallets_of
from billing_platform.portal.pages.clients_filter import BY_BALANCE, currency_choices
from tenants.selectors.suspensions import suspension_reasons
from tenants.selectors.tenants import tenants_by_id
from usage.selectors.directory import find_tenants, running_plans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from accounts.types import WalletView
    from billing_platform.portal.pages.blocks import Choice
    from billing_platform.portal.pages.clients_filter import ClientFilter
    from tenants.types import ProviderView, TenantView
    from usage.selectors.directory import TenantQuery


@dataclass(frozen=True, slots=True)
class ClientBatch:
    """Some clients, and the last of them where more follow; `count` is how many there are in all."""

    tenants: Sequence[TenantView]
    wallets: Mapping[int, Sequence[WalletView]]
    plans: Mapping[int, str]
    reasons: Mapping[int, Sequence[str]]
    next_after: int | None
    count: int


def client_batch(
    provider_id: int,
    query: TenantQuery,
    *,
    now: datetime,
    after: int | None,
    limit: int,
    bound: int | None,
) -> ClientBatch:
    """Return some clients by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        query: which, and in which order.
        now: the present moment.
        after: the last client of those before; None for the first ones.
        limit: how many at most.
        bound: how many meet the status or the reason asked for, where that is known.
    """
    found = find_tenants(provider_id, query, now=now, after=after, limit=limit + 1, bound=bound)
    ids = found.ids[:limit]
    tenants = tenants_by_id(provider_id, ids)
    wallets: dict[int, list[WalletView]] = {}
    for wallet in wallets_of(provider_id, ids):
        wallets.setdefault(wallet.tenant_id, []).append(wallet)
    plans: dict[int, list[str]] = {}
    for plan in running_plans(provider_id, ids, now=now):
        plans.setdefault(plan.tenant_id, []).append(f"{plan.name} v{plan.number}")
    return ClientBatch(
        tenants=[tenants[tenant_id] for tenant_id in ids if tenant_id in tenants],
        wallets=wallets,
        plans={tenant_id: ", ".join(names) for tenant_id, names in plans.items()},
        reasons=suspension_reasons(provider_id, ids),
        next_after=ids[-1] if len(found.ids) > limit else None,
        count=found.count,
    )


def known_bound(
    wanted: ClientFilter, counts: Mapping[str, int], suspended: Mapping[str, int]
) -> int | None:
    """Return how many the status and the reason leave; None where neither is asked for.

    Args:
        wanted: as it was asked for.
        counts: clients by status.
        suspended: clients by what they are suspended for.
    """
    known = [counts.get(wanted.status, 0)] if wanted.status else []
    if wanted.reason:
        known.append(suspended.get(wanted.reason, 0))
    return min(known, default=None)


def balance_currencies(provider: ProviderView, wanted: ClientFilter) -> list[Choice]:
    """Return the currencies of balances to sort by, one of them chosen; none where nothing is sorted by balance.

    Args:
        provider: whose; its scope is open.
        wanted: as it was asked for.
    """
    known = currencies_in_use(provider.id) if wanted.order in BY_BALANCE else []
    return currency_choices(wanted, known, provider.currency)


def chosen_currency(currencies: Sequence[Choice]) -> str:
    """Return the chosen one, or an empty text."""
    return next((choice.value for choice in currencies if choice.is_chosen), "")
