"""All that is known of a client: the company as documents name it, what is agreed, money, and who gets its mails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.blocks import Fact
from billing_platform.portal.pages.clients import MAY_ADD
from billing_platform.portal.words import BILLING_PLANS, CATEGORIES, CONTRACT_TYPES, STATUSES
from tax.selectors.profiles import number_on_documents
from tenants.enums import TenantStatus
from tenants.selectors.profiles import tenant_profile
from usage.selectors.subscribed import running_subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from accounts.types import WalletView
    from tenants.types import ProviderView, TenantProfileView, TenantView
    from usage.selectors.subscribed import SubscribedPlan


@dataclass(frozen=True, slots=True)
class ClientProfilePage:
    """The profile in four lists of facts."""

    company: Sequence[Fact]
    contract: Sequence[Fact]
    account: Sequence[Fact]
    billing: Sequence[Fact]
    may_edit: bool
    zone: str


def client_profile_page(
    provider: ProviderView, tenant: TenantView, *, role: str, now: datetime
) -> ClientProfilePage:
    """Return the page, by four queries.

    Args:
        provider: whose client; its scope is open.
        tenant: the client.
        role: of the person who looks, of ProviderRole.
        now: the present moment.
    """
    profile = tenant_profile(provider.id, tenant.id)
    plans = running_subscriptions(provider.id, tenant.id, now=now)
    return ClientProfilePage(
        company=_company(
            profile,
            number_on_documents(provider.id, tenant.id, profile.country, typed=profile.tax_id),
        ),
        contract=list(_contract(tenant, plans)),
        account=list(_account(tenant, wallets_of(provider.id, [tenant.id]))),
        billing=[Fact(_("Further recipients"), lines=profile.billing_emails)],
        may_edit=role in MAY_ADD and tenant.status != TenantStatus.CLOSED,
        zone=provider.time_zone,
    )


def _company(profile: TenantProfileView, tax_number: str) -> list[Fact]:
    return [
        Fact(_("Legal name"), profile.legal_name),
        Fact(_("Address"), profile.address),
        Fact(_("Country"), profile.country),
        Fact(_("Tax id"), tax_number),
    ]


def _contract(tenant: TenantView, plans: Sequence[SubscribedPlan]) -> Iterator[Fact]:
    words = _("%(plan)s, version %(number)s")
    yield Fact(_("Status"), STATUSES[tenant.status])
    yield Fact(_("Category"), CATEGORIES[tenant.category])
    yield Fact(
        _("Plan"),
        _("No plan") if not plans else "",
        lines=[words % {"plan": plan.name, "number": plan.number} for plan in plans],
    )
    yield Fact(_("Billing plan"), BILLING_PLANS[tenant.billing_plan])
    yield Fact(_("Contract type"), CONTRACT_TYPES[tenant.contract_type])
    yield Fact(_("Credit limit"), money=Money(tenant.credit_limit_minor, tenant.currency))
    yield Fact(_("Billing day"), str(tenant.anchor_day))
    if tenant.trial_ends_at:
        yield Fact(_("Trial ends"), at=tenant.trial_ends_at)
    yield Fact(_("Client since"), at=tenant.created_at)
    if tenant.closed_at:
        yield Fact(_("Closed"), at=tenant.closed_at)


def _account(tenant: TenantView, wallets: Sequence[WalletView]) -> Iterator[Fact]:
    yield Fact(_("Name"), tenant.name)
    yield Fact(_("Client id"), tenant.external_id)
    yield Fact(_("Currency"), tenant.currency)
    for wallet in wallets:
        yield Fact(_("Balance"), money=Money(wallet.settled, wallet.currency))
        yield Fact(_("Available"), money=Money(wallet.available, wallet.currency))
    yield Fact(_("Time zone"), tenant.time_zone)
    languages = dict(settings.LANGUAGES)
    yield Fact(_("Language"), str(languages.get(tenant.language, tenant.language)))
