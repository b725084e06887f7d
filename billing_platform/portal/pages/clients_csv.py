"""The list of clients as a file: one line per currency in which a client has a wallet or owes an invoice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.clients_batch import (
    balance_currencies,
    chosen_currency,
    client_batch,
    known_bound,
)
from billing_platform.portal.pages.clients_filter import BY_BALANCE, tenant_query
from billing_platform.portal.pages.open_invoices import day_of
from invoicing.selectors.owed import owed_by_tenant
from tenants.selectors.suspensions import count_suspended
from tenants.selectors.tenants import count_tenants
from usage.selectors.sale import offered_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from accounts.types import WalletView
    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.clients_batch import ClientBatch
    from billing_platform.portal.pages.clients_filter import ClientFilter
    from invoicing.selectors.owed import Owed
    from tenants.types import ProviderView, TenantView

FILE_ROWS: Final = 500


def client_cells(
    provider: ProviderView, wanted: ClientFilter, *, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the list's CSV, page by page; one line per client and currency.

    What is sorted by balance stands in the order of the newest: balances move while a long file is read, and a client
    must stand in it once.

    Args:
        provider: whose; its scope is open while it is read.
        wanted: search, filters and order; the place is ignored.
        now: the present moment.
    """
    provider_id, currency = provider.id, chosen_currency(balance_currencies(provider, wanted))
    query = tenant_query(wanted, offered_versions(provider_id), currency)
    if wanted.order in BY_BALANCE:
        query = replace(query, order="newest")
    bound = None
    if wanted.status or wanted.reason:
        counts = count_tenants(provider_id, most=COUNT_CAP + 1)
        bound = known_bound(wanted, counts, count_suspended(provider_id))
    after: int | None = None
    while True:
        batch = client_batch(provider_id, query, now=now, after=after, limit=FILE_ROWS, bound=bound)
        shown = [tenant.id for tenant in batch.tenants]
        owed = owed_by_tenant(provider_id, shown, today=day_of(provider, now))
        for tenant in batch.tenants:
            yield from _cells(tenant, batch, owed.get(tenant.id, ()))
        if batch.next_after is None:
            return
        after = batch.next_after


def _cells(
    tenant: TenantView, batch: ClientBatch, owed: Sequence[Owed]
) -> Iterator[Sequence[Cell]]:
    known = [
        tenant.external_id,
        tenant.name,
        tenant.status,
        " ".join(batch.reasons.get(tenant.id, ())),
        tenant.billing_plan,
        batch.plans.get(tenant.id, ""),
    ]
    wallets = {wallet.currency: wallet for wallet in batch.wallets.get(tenant.id, ())}
    owing = {each.due.currency: each for each in owed}
    for currency in [*wallets, *sorted(owing.keys() - wallets)] or [tenant.currency]:
        yield [*known, currency, *_faces(wallets.get(currency)), *_debts(owing.get(currency))]


def _faces(wallet: WalletView | None) -> list[Cell]:
    if wallet is None:
        return [None, None, None]
    faces = (wallet.settled, wallet.reserved, wallet.available)
    return [Money(minor, wallet.currency).to_major() for minor in faces]


def _debts(owed: Owed | None) -> list[Cell]:
    return [owed.due.to_major(), owed.overdue.to_major()] if owed else [None, None]
