"""The customer's first page: balance, what is spent, how long it lasts, and what needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.selectors.balances import wallets_of
from accounts.selectors.grants import live_grants
from billing_platform.kernel.formats import format_day, format_money
from billing_platform.portal.pages.balance import balance_blocks, runway_block
from billing_platform.portal.pages.spending import spending_blocks
from billing_platform.portal.pages.suspensions import suspension_notices
from billing_platform.portal.pages.topup_place import topup_place
from billing_platform.portal.pages.usage import usage_blocks
from billing_platform.portal.recharge_words import standing_words
from invoicing.enums import DocumentKind, Status
from invoicing.selectors.documents import DocumentQuery, list_documents
from payments.enums import Hindrance
from payments.selectors.recharges import rules_of
from tenants.enums import TenantStatus
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from tenants.selectors.suspensions import open_suspensions
from usage.selectors.progress import charged_through
from usage.selectors.runway import lasts_until
from usage.selectors.subscribed import running_subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.portal.pages.blocks import BalanceBlock, RunwayBlock, UsageBlock
    from billing_platform.portal.pages.spending import SpendingBlock
    from billing_platform.portal.pages.suspensions import SuspensionNotice
    from tenants.types import ProviderView, TenantView
    from usage.selectors.subscribed import SubscribedPlan

_SOON: Final = timedelta(days=3)
# Overdue invoices that are named one by one.
_LATE_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know: when or None, and where something can be done about it or "", said by `verb`."""

    title: str
    words: str
    at: datetime | None
    url: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class CustomerDashboard:
    """What the people who administer a tenant see first."""

    suspensions: Sequence[SuspensionNotice]
    notices: Sequence[Notice]
    balances: Sequence[BalanceBlock]
    runway: RunwayBlock | None
    spending: Sequence[SpendingBlock]
    plans: Sequence[SubscribedPlan]
    days: str
    usage: Sequence[UsageBlock]
    charged_through: datetime | None
    zone: str


def customer_dashboard(
    provider: ProviderView, tenant: TenantView, *, now: datetime
) -> CustomerDashboard:
    """Return the page, by a fixed number of queries.

    Args:
        provider: who sells.
        tenant: who buys; its scope is open.
        now: the present moment.
    """
    wallets = wallets_of(provider.id, [tenant.id])
    is_suspended = tenant.status == TenantStatus.SUSPENDED
    reasons = open_suspensions(provider.id, tenant.id) if is_suspended else []
    runway = runway_block(wallets, lasts_until(provider.id, tenant.id, now=now))
    usage = usage_blocks(provider.id, tenant.id, zone=tenant.time_zone)
    most: int = get_setting(provider.id, CHARGING_COST_DECIMALS)
    return CustomerDashboard(
        suspensions=suspension_notices(
            reasons, provider.name, topup=topup_place(tenant) if reasons else None
        ),
        notices=[
            *_overdue(provider, tenant, now),
            *_notices(provider, tenant, None if is_suspended else runway, now),
            *_recharges(tenant, now),
        ],
        balances=balance_blocks(wallets, live_grants(provider.id, tenant.id)),
        runway=runway,
        spending=spending_blocks(
            provider.id, tenant.id, usage, zone=tenant.time_zone, most=most, now=now
        ),
        plans=running_subscriptions(provider.id, tenant.id, now=now),
        days=usage[0].days if usage else "",
        usage=usage,
        charged_through=charged_through(provider.id),
        zone=tenant.time_zone,
    )


def _notices(
    provider: ProviderView, tenant: TenantView, runway: RunwayBlock | None, now: datetime
) -> list[Notice]:
    found = []
    if tenant.status == TenantStatus.TRIAL and tenant.trial_ends_at is not None:
        found.append(Notice(_("Trial: nothing is charged until"), "", tenant.trial_ends_at))
    if runway is not None and runway.until is not None and runway.until < now + _SOON:
        found.append(_running_low(provider, tenant, runway.until))
    return found


def _running_low(provider: ProviderView, tenant: TenantView, until: datetime) -> Notice:
    place = topup_place(tenant)
    ask = _("Ask %s to add credit before then.") % provider.name
    return Notice(
        _("Your credit is running low. It lasts until"),
        place.in_time if place else ask,
        until,
        place.url if place else "",
        place.label if place else "",
    )


def _overdue(provider: ProviderView, tenant: TenantView, now: datetime) -> list[Notice]:
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    late = DocumentQuery(tenant.id, kinds=[DocumentKind.INVOICE], status=Status.OVERDUE)
    locale = get_language() or "en"
    return [
        Notice(
            _("Invoice overdue"),
            _("%(number)s over %(due)s was due on %(day)s.")
            % {
                "number": row.number,
                "due": format_money(row.due, locale),
                "day": format_day(row.due_on, locale) if row.due_on else "",
            },
            None,
            reverse("billing-document", args=[row.public_id]),
        )
        for row in list_documents(provider.id, late, today=today, limit=_LATE_MAX)
    ]


def _recharges(tenant: TenantView, now: datetime) -> list[Notice]:
    # What failed stands on every page.
    rules = rules_of(tenant.provider_id, tenant.id, zone=tenant.time_zone, now=now)
    url = reverse("billing-recharges")
    return [
        Notice(_("Auto-recharge in %s") % rule.currency, standing_words(rule), None, url)
        for rule in rules
        if rule.hindrance == Hindrance.AUTO_PAY_OFF
    ]
