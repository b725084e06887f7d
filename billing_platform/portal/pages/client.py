"""A client at a glance, as its provider sees it: contract, balance, usage of the running period, latest entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors.balances import wallets_of
from accounts.selectors.grants import live_grants
from billing_platform.kernel.money import Money
from billing_platform.portal.client_actions import actions_for
from billing_platform.portal.pages.balance import balance_blocks, runway_block
from billing_platform.portal.pages.blocks import Fact
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.ledger import LedgerPlace, ledger_block
from billing_platform.portal.pages.ledger_filter import LedgerFilter
from billing_platform.portal.pages.open_invoices import open_invoices_of
from billing_platform.portal.pages.suspensions import suspension_notices
from billing_platform.portal.pages.usage import usage_blocks
from billing_platform.portal.words import (
    BILLING_PLANS,
    CONTRACT_TYPES,
    INLINE_REASONS,
    TENANT_ROLES,
)
from tenants.enums import ProviderRole, TenantStatus
from tenants.selectors.members import list_members
from tenants.selectors.suspensions import open_suspensions
from usage.selectors.progress import charged_through
from usage.selectors.runway import lasts_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from accounts.types import WalletView
    from billing_platform.portal.client_actions import ClientActions
    from billing_platform.portal.pages.blocks import (
        BalanceBlock,
        LedgerBlock,
        RunwayBlock,
        UsageBlock,
    )
    from billing_platform.portal.pages.client_tabs import Tab
    from billing_platform.portal.pages.open_invoices import OpenInvoices
    from billing_platform.portal.pages.suspensions import SuspensionNotice
    from tenants.types import ProviderView, TenantView


# Who may look through a customer's eyes; `tenants.hijacking` decides, this only offers it.
LOG_IN_AS: Final = (ProviderRole.OWNER, ProviderRole.SUPPORT)
# How many entries and people the overview shows; all of them have pages of their own.
_ENTRIES: Final = 5
_PEOPLE: Final = 3


@dataclass(frozen=True, slots=True)
class ClientPerson:
    """Somebody who logs in for the client; `user_id` is what "Log in as" names."""

    user_id: int
    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class ClientPage:
    """What a provider sees of a client."""

    name: str
    external_id: str
    public_id: str
    status: str
    status_since: datetime | None
    status_why: str
    actions: ClientActions
    tabs: Sequence[Tab]
    list_url: str
    facts: Sequence[Fact]
    people: Sequence[ClientPerson]
    may_log_in_as: bool
    suspensions: Sequence[SuspensionNotice]
    balances: Sequence[BalanceBlock]
    runway: RunwayBlock | None
    invoices: OpenInvoices
    usage: Sequence[UsageBlock]
    ledger: LedgerBlock
    more_people: int
    periods_url: str
    charged_through: datetime | None
    zone: str


def client_page(
    provider: ProviderView, tenant: TenantView, *, role: str, now: datetime
) -> ClientPage:
    """Return the page, by a fixed number of queries.

    Args:
        provider: whose client; its scope is open.
        tenant: the client.
        role: of the person who looks, of ProviderRole.
        now: the present moment.
    """
    wallets = wallets_of(provider.id, [tenant.id])
    is_suspended = tenant.status == TenantStatus.SUSPENDED
    reasons = open_suspensions(provider.id, tenant.id) if is_suspended else []
    place = {"public_id": tenant.public_id}
    members = list_members(provider.id, tenant.id)
    return ClientPage(
        name=tenant.name,
        external_id=tenant.external_id,
        public_id=tenant.public_id,
        status=tenant.status,
        status_since=min((row.since for row in reasons), default=None),
        status_why=", ".join(INLINE_REASONS[row.reason] for row in reasons),
        actions=actions_for(role, tenant.status, reasons),
        tabs=client_tabs(provider.id, tenant.public_id, "provider-client"),
        list_url=reverse("provider-clients"),
        facts=list(_facts(tenant)),
        people=[
            ClientPerson(person.user_id, person.name, person.email, TENANT_ROLES[person.role])
            for person in members[:_PEOPLE]
        ],
        more_people=max(len(members) - _PEOPLE, 0),
        may_log_in_as=role in LOG_IN_AS,
        suspensions=suspension_notices(reasons, provider.name, is_staff=True),
        balances=balance_blocks(wallets, live_grants(provider.id, tenant.id)),
        runway=runway_block(wallets, lasts_until(provider.id, tenant.id, now=now)),
        invoices=open_invoices_of(provider, tenant, portal="provider", now=now),
        usage=usage_blocks(
            provider.id,
            tenant.id,
            zone=provider.time_zone,
            line_path=reverse("provider-client-line", kwargs=place),
            calls_path=reverse("provider-client-calls", kwargs=place),
        ),
        ledger=_latest(provider, tenant, wallets),
        periods_url=reverse("provider-client-periods", kwargs=place),
        charged_through=charged_through(provider.id),
        zone=provider.time_zone,
    )


def _latest(
    provider: ProviderView, tenant: TenantView, wallets: Sequence[WalletView]
) -> LedgerBlock:
    at = {"public_id": tenant.public_id}
    place = LedgerPlace(
        reverse("provider-client-ledger", kwargs=at),
        reverse("provider-client-ledger-csv", kwargs=at),
        provider.time_zone,
        is_staff=True,
    )
    return ledger_block(provider.id, wallets, LedgerFilter(), place, limit=_ENTRIES)


def _facts(tenant: TenantView) -> Iterator[Fact]:
    yield Fact(_("Billing plan"), BILLING_PLANS[tenant.billing_plan])
    yield Fact(_("Contract type"), CONTRACT_TYPES[tenant.contract_type])
    if tenant.credit_limit_minor:
        yield Fact(_("Credit limit"), money=Money(tenant.credit_limit_minor, tenant.currency))
    if tenant.status == TenantStatus.TRIAL and tenant.trial_ends_at:
        yield Fact(_("Trial ends"), at=tenant.trial_ends_at)
    yield Fact(_("Client since"), at=tenant.created_at)
    if tenant.closed_at:
        yield Fact(_("Closed"), at=tenant.closed_at)
