"""The list of a provider's clients with balance and status; search, filters and place stand in its address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.clients_batch import (
    balance_currencies,
    chosen_currency,
    client_batch,
    known_bound,
)
from billing_platform.portal.pages.clients_filter import (
    EVERYBODY,
    ORDERS,
    ClientFilter,
    chips,
    choices,
    plan_choices,
    tenant_query,
)
from billing_platform.portal.pages.open_invoices import day_of, invoices_url
from billing_platform.portal.pages.saved_filters import save_url, saved_chips
from billing_platform.portal.pages.status_tabs import StatusTab, counted
from billing_platform.portal.words import BILLING_PLANS, STATUSES, SUSPENSION_REASONS
from invoicing.enums import Status
from invoicing.selectors.owed import owed_by_tenant
from tenants.enums import ProviderRole
from tenants.selectors.suspensions import count_suspended
from tenants.selectors.tenants import count_tenants
from usage.selectors.dues import dues_by_period
from usage.selectors.progress import charged_through
from usage.selectors.sale import offered_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from billing_platform.portal.pages.blocks import Choice
    from billing_platform.portal.pages.clients_batch import ClientBatch
    from billing_platform.portal.pages.clients_filter import Chip
    from billing_platform.portal.pages.saved_filters import SavedChip
    from invoicing.selectors.owed import Owed
    from tenants.selectors.saved_filters import SavedFilterView
    from tenants.types import ProviderView, TenantView

PAGE_ROWS: Final = 50
# Who may take on clients and change them.
MAY_ADD: Final = (ProviderRole.OWNER, ProviderRole.BILLING)
# Who may suspend several of them and let them return.
MAY_SUSPEND: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client.

    Attributes:
        reasons: in words for what it is suspended.
        owed: what it owes by invoice, per currency; `invoices_url` and `overdue_url` lead to these.
    """

    url: str
    public_id: str
    name: str
    external_id: str
    billing_plan: str
    plans: str
    status: str
    reasons: str
    this_period: Sequence[Money]
    balances: Sequence[Money]
    owed: Sequence[Owed]
    invoices_url: str
    overdue_url: str


@dataclass(frozen=True, slots=True)
class ClientsPage:
    """The list as it is drawn; `count` says in words how many clients the filters leave."""

    rows: Sequence[ClientRow]
    tabs: Sequence[StatusTab]
    reasons: Sequence[Choice]
    billing_plans: Sequence[Choice]
    plans: Sequence[Choice]
    orders: Sequence[Choice]
    currencies: Sequence[Choice]
    chips: Sequence[Chip]
    wanted: ClientFilter
    count: str
    path: str
    all_url: str
    saved: Sequence[SavedChip]
    save_url: str
    csv_url: str
    newest_url: str
    older_url: str
    charged_through: datetime | None
    may_add: bool
    may_suspend: bool
    wanted_fields: Sequence[tuple[str, str]]
    zone: str


def clients_page(
    provider: ProviderView,
    wanted: ClientFilter,
    saved: Sequence[SavedFilterView] = (),
    *,
    role: str,
    now: datetime,
) -> ClientsPage:
    """Return a page of the list, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: search, filters and place.
        saved: filters that the person who looks may open.
        role: of the person who looks, of ProviderRole.
        now: the present moment.
    """
    if any(each.is_default for each in saved):
        wanted = replace(wanted, view=EVERYBODY)
    versions = offered_versions(provider.id)
    currencies = balance_currencies(provider, wanted)
    query = tenant_query(wanted, versions, chosen_currency(currencies))
    after = int(wanted.after) if wanted.after else None
    counts = count_tenants(provider.id, most=COUNT_CAP + 1)
    suspended = count_suspended(provider.id)
    batch = client_batch(
        provider.id,
        query,
        now=now,
        after=after,
        limit=int(wanted.size or PAGE_ROWS),
        bound=known_bound(wanted, counts, suspended),
    )
    shown = [tenant.id for tenant in batch.tenants]
    dues = dues_by_period(provider.id, shown)
    owed = owed_by_tenant(provider.id, shown, today=day_of(provider, now))
    path = reverse("provider-clients")
    first = wanted.without()
    older = replace(wanted, after=str(batch.next_after)) if batch.next_after else None
    return ClientsPage(
        rows=[_row(tenant, batch, dues, owed.get(tenant.id, ())) for tenant in batch.tenants],
        tabs=_tabs(counts, wanted, path),
        reasons=_reasons(suspended, wanted),
        billing_plans=choices(BILLING_PLANS, wanted.billing),
        plans=plan_choices(wanted, versions),
        orders=choices(ORDERS, wanted.order),
        currencies=currencies,
        chips=list(chips(wanted, path, versions)),
        wanted=wanted,
        count=counted(batch.count, most=COUNT_CAP),
        path=path,
        all_url=path + ClientFilter(view=wanted.view).query(),
        saved=saved_chips(saved, wanted, path),
        save_url=save_url(saved, wanted),
        csv_url=reverse("provider-clients-csv") + first.query(),
        newest_url=path + first.query() if wanted.after else "",
        older_url=path + older.query() if older else "",
        charged_through=charged_through(provider.id),
        may_add=role in MAY_ADD,
        may_suspend=role in MAY_SUSPEND,
        wanted_fields=wanted.fields(),
        zone=provider.time_zone,
    )


def _row(
    tenant: TenantView, batch: ClientBatch, dues: Mapping[int, int], owed: Sequence[Owed]
) -> ClientRow:
    wallets = batch.wallets.get(tenant.id, ())
    reasons = [SUSPENSION_REASONS[reason] for reason in batch.reasons.get(tenant.id, ())]
    return ClientRow(
        url=reverse("provider-client", kwargs={"public_id": tenant.public_id}),
        public_id=tenant.public_id,
        name=tenant.name,
        external_id=tenant.external_id,
        billing_plan=BILLING_PLANS[tenant.billing_plan],
        plans=batch.plans.get(tenant.id, ""),
        status=tenant.status,
        reasons=", ".join(reasons),
        this_period=[Money(dues.get(wallet.period_id, 0), wallet.currency) for wallet in wallets],
        balances=[Money(wallet.settled, wallet.currency) for wallet in wallets],
        owed=owed,
        invoices_url=invoices_url(tenant),
        overdue_url=invoices_url(tenant, status=Status.OVERDUE),
    )


def _tabs(counts: Mapping[str, int], wanted: ClientFilter, path: str) -> list[StatusTab]:
    return [
        StatusTab(
            label=label,
            url=path + replace(wanted.without("reason"), status=status).query(),
            count=counted(
                counts.get(status, 0) if status else sum(counts.values()), most=COUNT_CAP
            ),
            is_current=status == wanted.status,
        )
        for status, label in {"": _("All"), **STATUSES}.items()
    ]


def _reasons(counts: Mapping[str, int], wanted: ClientFilter) -> list[Choice]:
    words = {
        reason: f"{label} ({format_count(counts.get(reason, 0))})"
        for reason, label in SUSPENSION_REASONS.items()
    }
    return choices(words, wanted.reason)
