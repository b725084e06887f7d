"""The usage block: the running period of each wallet, per price, rated by the function that also charges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.formats import format_exact, format_span
from billing_platform.portal.pages.blocks import UsageBlock, UsageLine
from billing_platform.portal.units import unit_price
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.calls import call_components
from usage.selectors.consumption import usage_this_period
from usage.selectors.line_rates import line_rates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from usage.selectors.line_rates import LineRate
    from usage.types import UsagePeriod


def usage_blocks(
    provider_id: int, tenant_id: int, *, zone: str, line_path: str = "", calls_path: str = ""
) -> list[UsageBlock]:
    """Return the running period of each of a tenant's wallets.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        zone: in which its days are named.
        line_path: where a line's hours are shown; empty where nowhere.
        calls_path: where Call History is, which lines of calls lead to; empty where nowhere.
    """
    decimals: int = get_setting(provider_id, CHARGING_COST_DECIMALS)
    rates = line_rates(provider_id, tenant_id)
    calls = call_components(provider_id) if calls_path else set()
    blocks = []
    for period in usage_this_period(provider_id, tenant_id):
        block = usage_block(period, zone, decimals)
        codes = [line.code for line in period.lines]
        lines = [
            _with_rate(line, rates.get((period.period_id, code)), period.currency)
            for code, line in zip(codes, block.lines, strict=True)
        ]
        if line_path:
            queries = [urlencode({"line": code, "currency": period.currency}) for code in codes]
            lines = [
                replace(line, url=f"{line_path}?{query}")
                for line, query in zip(lines, queries, strict=True)
            ]
        lines = [
            replace(line, calls_url=calls_path) if code in calls else line
            for code, line in zip(codes, lines, strict=True)
        ]
        blocks.append(replace(block, lines=lines))
    return blocks


def usage_block(period: UsagePeriod, zone: str, decimals: int) -> UsageBlock:
    """Return a period as a page shows it.

    Args:
        period: a billing period with its lines.
        zone: in which its days are named.
        decimals: the most places that exact amounts are shown with.
    """
    locale = get_language() or "en"
    least = exponent(period.currency)
    lines = [
        UsageLine(
            label=line.label,
            quantity=line.quantity,
            unit=line.unit,
            included=line.included,
            is_beyond=_is_beyond(line.quantity, line.included),
            amount=line.amount_minor.scaleb(-least),
        )
        for line in period.lines
    ]
    return UsageBlock(
        currency=period.currency,
        days=format_span(period.starts, period.ends, zone, locale, with_hours=False),
        lines=lines,
        total=period.due,
        charged=period.posted,
        is_charged=period.is_charged,
        # One column, one number of places.
        decimals=shown_places((line.amount for line in lines), least, max(decimals, least)),
    )


def _with_rate(line: UsageLine, rate: LineRate | None, currency: str) -> UsageLine:
    if rate is None:
        return line
    locale = get_language() or "en"
    tier = (
        _("tier %(tier)s of %(tiers)s") % {"tier": rate.tier, "tiers": rate.tiers}
        if rate.tiers > 1
        else ""
    )
    if not rate.unit_minor:
        return replace(line, rate=_("no charge"), tier=tier)
    least = exponent(currency)
    unit = rate.unit_minor.scaleb(-least)
    figure = format_exact(unit, currency, locale, places=shown_places([unit], least, 18))
    price = f"{figure} {currency}"
    said = unit_price(price, rate.unit, one=rate.unit_one, many=rate.package)
    return replace(line, rate=said, tier=tier)


def _is_beyond(quantity: Decimal | None, included: Decimal | None) -> bool:
    return quantity is not None and included is not None and quantity > included


def shown_places(amounts: Iterable[Decimal], least: int, most: int) -> int:
    """Return how many places a column of exact amounts is shown with: enough for each, within bounds.

    Args:
        amounts: exact major units.
        least: the currency's own places.
        most: the provider's limit.
    """
    needed = [-int(amount.normalize().as_tuple().exponent) for amount in amounts if amount]
    return min(max([least, *needed]), most)
