"""The usage block: the running period of each wallet, per price, rated by the function that also charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.blocks import UsageBlock, UsageLine
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.period_usage import period_usage

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from usage.selectors.period_usage import PeriodUsage


def usage_blocks(provider_id: int, tenant_id: int, *, at: datetime, zone: str) -> list[UsageBlock]:
    """Return the period of each of a tenant's wallets that a moment lies in.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        at: a moment in the period.
        zone: in which its days are named.
    """
    decimals: int = get_setting(provider_id, CHARGING_COST_DECIMALS)
    found = period_usage(provider_id, tenant_id, at=at)
    return [_block(period, zone, decimals) for period in found]


def _block(period: PeriodUsage, zone: str, decimals: int) -> UsageBlock:
    locale = get_language() or "en"
    return UsageBlock(
        currency=period.currency,
        days=format_span(period.starts, period.ends, zone, locale, with_hours=False),
        lines=[
            UsageLine(
                label=line.name,
                quantity=line.quantity,
                unit=line.unit_name,
                included=line.included,
                amount=_major(line.amount, period.currency),
            )
            for line in period.lines
        ],
        total=Money.from_exact(period.exact, period.currency),
        charged=Money(period.posted_minor, period.currency),
        is_charged=period.is_charged,
        decimals=decimals,
    )


def _major(exact_minor: Decimal, currency: str) -> Decimal:
    return exact_minor.scaleb(-exponent(currency))
