"""The customer's billing page: balance, usage of the running period, transactions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from accounts.selectors.balances import wallets_of
from accounts.selectors.grants import live_grants
from billing_platform.portal.pages.balance import balance_blocks, runway_block
from billing_platform.portal.pages.cost_chart import cost_charts
from billing_platform.portal.pages.ledger import LedgerPlace, ledger_block
from billing_platform.portal.pages.open_invoices import open_invoices_of
from billing_platform.portal.pages.suspensions import suspension_notices
from billing_platform.portal.pages.topup_place import topup_place
from billing_platform.portal.pages.usage import usage_blocks
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

    from billing_platform.portal.pages.blocks import (
        BalanceBlock,
        LedgerBlock,
        RunwayBlock,
        UsageBlock,
    )
    from billing_platform.portal.pages.cost_chart import CostCharts
    from billing_platform.portal.pages.ledger_filter import LedgerFilter
    from billing_platform.portal.pages.open_invoices import OpenInvoices
    from billing_platform.portal.pages.suspensions import SuspensionNotice
    from tenants.types import ProviderView, TenantView
    from usage.selectors.subscribed import SubscribedPlan


@dataclass(frozen=True, slots=True)
class BillingPage:
    """What a customer sees of its own account."""

    suspensions: Sequence[SuspensionNotice]
    balances: Sequence[BalanceBlock]
    runway: RunwayBlock | None
    invoices: OpenInvoices
    plans: Sequence[SubscribedPlan]
    days: str
    usage: Sequence[UsageBlock]
    costs: CostCharts
    ledger: LedgerBlock
    charged_through: datetime | None
    zone: str


def billing_page(
    provider: ProviderView, tenant: TenantView, *, ledger: LedgerFilter, span: str, now: datetime
) -> BillingPage:
    """Return the page, by a fixed number of queries.

    Args:
        provider: who sells.
        tenant: who buys; its scope is open.
        ledger: which transactions are asked for.
        span: how many hours the chart covers.
        now: the present moment.
    """
    wallets = wallets_of(provider.id, [tenant.id])
    is_suspended = tenant.status == TenantStatus.SUSPENDED
    reasons = open_suspensions(provider.id, tenant.id) if is_suspended else []
    most: int = get_setting(provider.id, CHARGING_COST_DECIMALS)
    usage = usage_blocks(
        provider.id,
        tenant.id,
        zone=tenant.time_zone,
        line_path=reverse("billing-line"),
        calls_path=reverse("billing-calls"),
    )
    return BillingPage(
        suspensions=suspension_notices(
            reasons, provider.name, topup=topup_place(tenant) if reasons else None
        ),
        balances=balance_blocks(wallets, live_grants(provider.id, tenant.id)),
        runway=runway_block(wallets, lasts_until(provider.id, tenant.id, now=now)),
        invoices=open_invoices_of(provider, tenant, portal="billing", now=now),
        plans=running_subscriptions(provider.id, tenant.id, now=now),
        days=usage[0].days if usage else "",
        usage=usage,
        costs=cost_charts(provider.id, tenant.id, span=span, most=most, now=now),
        ledger=ledger_block(
            provider.id,
            wallets,
            ledger,
            LedgerPlace(reverse("billing"), reverse("billing-ledger-csv"), tenant.time_zone),
        ),
        charged_through=charged_through(provider.id),
        zone=tenant.time_zone,
    )
