"""The list of a provider's clients with balance and status; search, filter and place stand in its address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.urls import reverse

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.money import Money
from billing_platform.portal.csv_export import text_cell
from billing_platform.portal.words import BILLING_PLANS
from tenants.enums import TenantStatus
from tenants.selectors.tenants import count_tenants, list_tenants
from usage.selectors.dues import dues_by_period
from usage.selectors.progress import charged_through

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from accounts.types import WalletView
    from tenants.types import ProviderView, TenantView

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """What is asked for.

    Attributes:
        search: part of a name or external id.
        status: a TenantStatus; empty for all.
        after: where the page begins; empty for the newest.
    """

    search: str = ""
    status: str = ""
    after: str = ""

    def query(self) -> str:
        """Return it as the query of an address, without what is empty."""
        given = {"q": self.search, "status": self.status, "after": self.after}
        filled = {key: value for key, value in given.items() if value}
        return f"?{urlencode(filled)}" if filled else ""


@dataclass(frozen=True, slots=True)
class StatusTab:
    """A status with its number of clients."""

    label: str
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client."""

    url: str
    name: str
    external_id: str
    billing_plan: str
    status: str
    this_period: Sequence[Money]
    balances: Sequence[Money]


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """The list as it is drawn."""

    rows: Sequence[ClientRow]
    tabs: Sequence[StatusTab]
    search: str
    status: str
    is_filtered: bool
    path: str
    csv_url: str
    newest_url: str
    older_url: str
    charged_through: datetime | None
    zone: str


def clients_page(provider: ProviderView, wanted: ClientFilter) -> ClientsPage:
    """Return a page of the list, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: search, filter and place.
    """
    found = list_tenants(
        provider.id,
        search=wanted.search,
        status=wanted.status,
        after=wanted.after,
        limit=PAGE_ROWS,
    )
    wallets = _wallets(provider.id, found.rows)
    dues = dues_by_period(provider.id, [tenant.id for tenant in found.rows])
    path = reverse("provider-clients")
    next_after = found.next_after
    older = replace(wanted, after=next_after) if next_after else None
    return ClientsPage(
        rows=[_row(tenant, wallets.get(tenant.id, ()), dues) for tenant in found.rows],
        tabs=_tabs(provider.id, wanted, path),
        search=wanted.search,
        status=wanted.status,
        is_filtered=bool(wanted.search or wanted.status),
        path=path,
        csv_url=reverse("provider-clients-csv") + replace(wanted, after="").query(),
        newest_url=path + replace(wanted, after="").query() if wanted.after else "",
        older_url=path + older.query() if older else "",
        charged_through=charged_through(provider.id),
        zone=provider.time_zone,
    )


def client_cells(provider_id: int, wanted: ClientFilter) -> Iterator[Sequence[str]]:
    """Yield the lines of the list's CSV, page by page; one line per wallet.

    Args:
        provider_id: whose; its scope is open while it is read.
        wanted: search and filter; the place is ignored.
    """
    after = ""
    while True:
        found = list_tenants(
            provider_id, search=wanted.search, status=wanted.status, after=after, limit=1000
        )
        wallets = _wallets(provider_id, found.rows)
        for tenant in found.rows:
            yield from _cells(tenant, wallets.get(tenant.id, ()))
        if found.next_after is None:
            return
        after = found.next_after


def _wallets(provider_id: int, tenants: Sequence[TenantView]) -> dict[int, list[WalletView]]:
    found: dict[int, list[WalletView]] = {}
    for wallet in wallets_of(provider_id, [tenant.id for tenant in tenants]):
        found.setdefault(wallet.tenant_id, []).append(wallet)
    return found


def _row(tenant: TenantView, wallets: Sequence[WalletView], dues: Mapping[int, int]) -> ClientRow:
    return ClientRow(
        url=reverse("provider-client", kwargs={"public_id": tenant.public_id}),
        name=tenant.name,
        external_id=tenant.external_id,
        billing_plan=BILLING_PLANS[tenant.billing_plan],
        status=tenant.status,
        this_period=[Money(dues.get(wallet.period_id, 0), wallet.currency) for wallet in wallets],
        balances=[Money(wallet.settled, wallet.currency) for wallet in wallets],
    )


def _tabs(provider_id: int, wanted: ClientFilter, path: str) -> list[StatusTab]:
    counts = count_tenants(provider_id)
    words = {"": "All", **{status.value: str(status.label) for status in TenantStatus}}
    return [
        StatusTab(
            label=label,
            url=path + replace(wanted, status=status, after="").query(),
            count=counts.get(status, 0) if status else sum(counts.values()),
            is_current=status == wanted.status,
        )
        for status, label in words.items()
    ]


def _cells(tenant: TenantView, wallets: Sequence[WalletView]) -> Iterator[Sequence[str]]:
    known = [
        text_cell(tenant.external_id),
        text_cell(tenant.name),
        tenant.status,
        tenant.billing_plan,
    ]
    if not wallets:
        yield [*known, tenant.currency, "", "", ""]
    for wallet in wallets:
        faces = (wallet.settled, wallet.reserved, wallet.available)
        amounts = [f"{Money(minor, wallet.currency).to_major():f}" for minor in faces]
        yield [*known, wallet.currency, *amounts]
