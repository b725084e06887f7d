"""The customer's billing periods, past ones too: what each came to, and the lines of the one that is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language

from accounts.enums import PeriodState
from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import periods_of
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.address import address_hour, hour_text
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.ledger import chosen_wallet
from billing_platform.portal.pages.usage import usage_block
from billing_platform.portal.pages.usage_line import (
    LineKey,
    LineNotFoundError,
    page_number,
)
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.consumption import usage_of_periods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from accounts.types import PeriodView, WalletView
    from billing_platform.portal.pages.blocks import UsageBlock
    from billing_platform.portal.pages.usage_places import UsagePlaces
    from tenants.types import TenantView
    from usage.types import UsagePeriod

PAGE_PERIODS: Final = 12


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One billing period of the list; `charged` is what was posted in it."""

    days: str
    charged: Money
    is_running: bool
    is_chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class UsagePeriodsPage:
    """A page of periods, newest first, and the lines of one; `block` is None before there is a period.

    Attributes:
        is_open: whether late usage may still change the chosen one.
    """

    rows: Sequence[PeriodRow]
    currencies: Sequence[Choice]
    block: UsageBlock | None
    is_open: bool
    newest_url: str
    older_url: str
    places: UsagePlaces


def usage_periods_page(
    tenant: TenantView, query: Mapping[str, str], places: UsagePlaces
) -> UsagePeriodsPage:
    """Return the page, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        query: of the address: `currency`, `period` (the hour in which it begins) and `page`; empty ones are the first
            wallet, its newest period that is over, and the newest periods.
        places: where the pages around it stand.

    Raises:
        LineNotFoundError: the tenant has no period that begins so.
    """
    wallets = wallets_of(tenant.provider_id, [tenant.id])
    wallet = chosen_wallet(wallets, query.get("currency", ""))
    if wallet is None:
        return UsagePeriodsPage(
            [], [], None, is_open=False, newest_url="", older_url="", places=places
        )
    found = [
        row
        for row in reversed(periods_of(tenant.provider_id, wallet.id))
        if row.state != PeriodState.NEXT
    ]
    chosen = _chosen(found, query.get("period", ""))
    number = page_number(query.get("page", ""), len(found), PAGE_PERIODS)
    shown = found[(number - 1) * PAGE_PERIODS : number * PAGE_PERIODS]
    used = usage_of_periods(tenant.provider_id, tenant.id, [chosen.id] if chosen else [])
    is_older = number * PAGE_PERIODS < len(found)
    return UsagePeriodsPage(
        rows=[
            _row(row, wallet, tenant.time_zone, places, is_chosen=row == chosen) for row in shown
        ],
        currencies=_currencies(wallets, wallet, places),
        block=_block(tenant, used[0], places) if used else None,
        is_open=chosen is not None and chosen.state != PeriodState.CLOSED,
        newest_url=_url(places, wallet.currency) if number > 1 else "",
        older_url=_url(places, wallet.currency, page=str(number + 1)) if is_older else "",
        places=places,
    )


def _chosen(found: Sequence[PeriodView], text: str) -> PeriodView | None:
    if text:
        starts = address_hour(text)
        chosen = next((row for row in found if row.starts == starts), None)
        if chosen is None:
            raise LineNotFoundError
        return chosen
    over = (row for row in found if row.state != PeriodState.CURRENT)
    return next(over, found[0] if found else None)


def _row(
    row: PeriodView, wallet: WalletView, zone: str, places: UsagePlaces, *, is_chosen: bool
) -> PeriodRow:
    locale = get_language() or "en"
    return PeriodRow(
        days=format_span(row.starts, row.ends, zone, locale, with_hours=False),
        charged=Money(row.posted_minor, wallet.currency),
        is_running=row.state == PeriodState.CURRENT,
        is_chosen=is_chosen,
        url=_url(places, wallet.currency, period=hour_text(row.starts)),
    )


def _block(tenant: TenantView, period: UsagePeriod, places: UsagePlaces) -> UsageBlock:
    decimals: int = get_setting(tenant.provider_id, CHARGING_COST_DECIMALS)
    block = usage_block(period, tenant.time_zone, decimals)
    key = LineKey("", period.currency, hour_text(period.starts))
    lines = [
        replace(line, url=places.line + replace(key, code=known.code).query())
        for line, known in zip(block.lines, period.lines, strict=True)
    ]
    return replace(block, lines=lines)


def _currencies(
    wallets: Sequence[WalletView], chosen: WalletView, places: UsagePlaces
) -> list[Choice]:
    if len(wallets) < 2:
        return []
    return [
        Choice(_url(places, wallet.currency), wallet.currency, is_chosen=wallet.id == chosen.id)
        for wallet in wallets
    ]


def _url(places: UsagePlaces, currency: str, **more: str) -> str:
    words = "&".join(f"{name}={value}" for name, value in {"currency": currency, **more}.items())
    return f"{places.periods}?{words}"
