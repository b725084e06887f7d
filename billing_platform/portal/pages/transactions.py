"""Transactions: what changed a balance, by kind, days and direction, and what it comes to; the staff's ledger too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, gettext_noop

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import periods_of
from accounts.selectors.statements import statement_totals
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.ledger import chosen_wallet, ledger_block
from billing_platform.portal.pages.list_links import ListLink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import PeriodView, WalletView
    from billing_platform.portal.pages.blocks import LedgerBlock
    from billing_platform.portal.pages.ledger import LedgerPlace
    from billing_platform.portal.pages.ledger_filter import LedgerFilter
    from tenants.types import TenantView

_PERIODS: Final = 3
_DIRECTIONS: Final = {
    "": gettext_noop("In and out"),
    "in": gettext_noop("In"),
    "out": gettext_noop("Out"),
}


@dataclass(frozen=True, slots=True)
class Sums:
    """What all transactions that match come to, on whatever page they stand."""

    count: int
    credit: Money
    debit: Money
    net: Money


@dataclass(frozen=True, slots=True)
class TransactionsPage:
    """A page of transactions with its filter; `sums` is None before there is a wallet."""

    ledger: LedgerBlock
    filter: LedgerFilter
    directions: Sequence[Choice]
    presets: Sequence[ListLink]
    sums: Sums | None
    zone: str


def transactions_page(
    tenant: TenantView, wanted: LedgerFilter, place: LedgerPlace, *, now: datetime
) -> TransactionsPage:
    """Return the page, by a fixed number of queries.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        wanted: which transactions are asked for.
        place: where they are shown.
        now: the present moment; periods that lie ahead are not offered.
    """
    wallets = wallets_of(tenant.provider_id, [tenant.id])
    wallet = chosen_wallet(wallets, wanted.currency)
    return TransactionsPage(
        ledger=ledger_block(tenant.provider_id, wallets, wanted, place, limit=wanted.size),
        filter=wanted,
        directions=[
            Choice(value, gettext(label), is_chosen=value == wanted.direction)
            for value, label in _DIRECTIONS.items()
        ],
        presets=_presets(tenant.provider_id, wallet, wanted, place, now) if wallet else [],
        sums=_sums(tenant.provider_id, wallet, wanted, place.zone) if wallet else None,
        zone=place.zone,
    )


def _sums(provider_id: int, wallet: WalletView, wanted: LedgerFilter, zone: str) -> Sums:
    found = statement_totals(provider_id, wallet.id, wanted.wanted(zone))
    return Sums(
        count=found.count,
        credit=Money(found.credit_minor, wallet.currency),
        debit=Money(found.debit_minor, wallet.currency),
        net=Money(found.credit_minor + found.debit_minor, wallet.currency),
    )


def _presets(
    provider_id: int, wallet: WalletView, wanted: LedgerFilter, place: LedgerPlace, now: datetime
) -> list[ListLink]:
    begun = [row for row in periods_of(provider_id, wallet.id) if row.starts <= now]
    return [_preset(row, place, wanted) for row in reversed(begun[-_PERIODS:])]


def _preset(period: PeriodView, place: LedgerPlace, wanted: LedgerFilter) -> ListLink:
    zone = ZoneInfo(place.zone)
    since = period.starts.astimezone(zone).date()
    until = (period.ends - timedelta(hours=1)).astimezone(zone).date()
    asked = replace(wanted, since=since, until=until, before=None, problem="")
    locale = get_language() or "en"
    return ListLink(
        label=format_span(period.starts, period.ends, place.zone, locale, with_hours=False),
        url=place.path + asked.query(),
        is_current=(wanted.since, wanted.until) == (since, until),
    )
