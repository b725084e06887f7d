"""The ledger block: a wallet's entries with their running balance; kind and place stand in the address."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import PostingKind
from accounts.selectors.balances import wallets_of
from accounts.selectors.statements import StatementQuery, statement
from billing_platform.kernel.money import Money
from billing_platform.portal.csv_export import text_cell
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.blocks import Choice, LedgerBlock, LedgerRow
from billing_platform.portal.words import POSTING_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from accounts.selectors.statements import StatementLine
    from accounts.types import WalletView

PAGE_ROWS: Final = 25
EXPORT_ROWS: Final = 1000
LEDGER_HEAD: Final = (
    "posted_at",
    "kind",
    "hours_from",
    "hours_to",
    "currency",
    "amount",
    "balance_after",
    "reason",
)
# What a page offers to filter by; rarer kinds are found in the whole list.
_FILTERS: Final = (
    PostingKind.USAGE,
    PostingKind.USAGE_CORRECTION,
    PostingKind.CREDIT,
    PostingKind.TOP_UP,
    PostingKind.GRANT,
    PostingKind.GRANT_EXPIRY,
    PostingKind.REFUND,
    PostingKind.ADJUSTMENT,
    PostingKind.REVERSAL,
)
_ENTRY_DIGITS: Final = 18
_SIGNS: Final = {"in": 1, "out": -1}
# Beyond these years nothing is charged, and a day more would be no date.
_YEARS: Final = range(1971, 9999)


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What is asked for.

    Attributes:
        kind: a PostingKind; empty for all.
        currency: of the wallet; empty for the first one.
        direction: `in` for what raised the balance, `out` for what lowered it; empty for both.
        since, until: days in the tenant's zone, both included; None for no bound.
        problem: what could not be read, in words; the rest holds.
        before: the entry before which the page begins; None for the newest.
    """

    kind: str = ""
    currency: str = ""
    direction: str = ""
    since: date | None = None
    until: date | None = None
    problem: str = ""
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what makes no sense is left out."""
        kind, before = query.get("kind", ""), query.get("before", "")
        digits = before.isascii() and before.isdecimal() and len(before) <= _ENTRY_DIGITS
        since, until = _day(query.get("since", "")), _day(query.get("until", ""))
        direction, problem = query.get("direction", ""), ""
        if any(query.get(name) and not day for name, day in (("since", since), ("until", until))):
            problem = _("A day is written like 2026-11-20. The transactions of all days are shown.")
        elif since and until and until < since:
            problem = _("The last day lies before the first one, so there are no transactions.")
        return cls(
            kind=kind if kind in POSTING_KINDS else "",
            currency=query.get("currency", "")[:3],
            direction=direction if direction in _SIGNS else "",
            since=since,
            until=until,
            problem=problem,
            before=int(before) if digits else None,
        )

    def query(self) -> str:
        """Return it as the query of an address."""
        given = {
            "kind": self.kind,
            "currency": self.currency,
            "direction": self.direction,
            "since": self.since or "",
            "until": self.until or "",
            "before": self.before or "",
        }
        filled = {key: value for key, value in given.items() if value}
        return f"?{urlencode(filled)}" if filled else ""

    @property
    def is_filtered(self) -> bool:
        """Return whether some transactions are left out."""
        return bool(self.kind or self.direction or self.since or self.until)

    def wanted(self, zone: str) -> StatementQuery:
        """Return it as the selector asks; days become moments in a zone."""
        place = ZoneInfo(zone)
        ends = self.until + timedelta(days=1) if self.until else None
        return StatementQuery(
            kinds=[self.kind] if self.kind else (),
            since=datetime.combine(self.since, time(), place) if self.since else None,
            until=datetime.combine(ends, time(), place) if ends else None,
            sign=_SIGNS.get(self.direction, 0),
        )


def ledger_block(
    provider_id: int,
    wallets: Sequence[WalletView],
    wanted: LedgerFilter,
    *,
    path: str,
    csv_path: str,
    zone: str,
    is_staff: bool,
) -> LedgerBlock:
    """Return a page of a wallet's ledger, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        wallets: the tenant's.
        wanted: which wallet, kind and place.
        path: the page's address.
        csv_path: the download's address.
        zone: in which hours are shown.
        is_staff: whether the provider's people read it; they also see the reasons that people gave.
    """
    wallet = chosen_wallet(wallets, wanted.currency)
    first = replace(wanted, before=None)
    rows: list[LedgerRow] = []
    older = ""
    if wallet is not None:
        found = statement(
            provider_id,
            wallet.id,
            before=wanted.before,
            limit=PAGE_ROWS,
            **asdict(wanted.wanted(zone)),
        )
        rows = [_row(line, zone, is_staff=is_staff) for line in found.lines]
        if found.next_before is not None:
            older = path + replace(wanted, before=found.next_before).query()
    return LedgerBlock(
        rows=rows,
        kinds=_kinds(wanted.kind),
        currencies=_currencies(wallets, wallet),
        is_filtered=wanted.is_filtered,
        newest_url=path + first.query() if wanted.before else "",
        older_url=older,
        csv_url=csv_path + first.query(),
        path=path,
    )


def ledger_cells(
    provider_id: int, tenant_id: int, wanted: LedgerFilter, *, is_staff: bool, zone: str = "UTC"
) -> Iterator[Sequence[str]]:
    """Yield the lines of a ledger's CSV, newest first.

    Args:
        provider_id: whose; its scope, or the tenant's, is open while it is read.
        tenant_id: whose wallet.
        wanted: which wallet and kind; the place is ignored.
        is_staff: whether reasons are shown.
        zone: in which the filter's days begin.
    """
    wallet = chosen_wallet(wallets_of(provider_id, [tenant_id]), wanted.currency)
    before: int | None = None
    while wallet is not None:
        found = statement(
            provider_id,
            wallet.id,
            before=before,
            limit=EXPORT_ROWS,
            **asdict(wanted.wanted(zone)),
        )
        for line in found.lines:
            yield _cells(line, is_staff=is_staff)
        before = found.next_before
        if before is None:
            return


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def chosen_wallet(wallets: Sequence[WalletView], currency: str) -> WalletView | None:
    """Return the wallet of a currency, else the first one, None where there is none."""
    named = [wallet for wallet in wallets if wallet.currency == currency]
    return next(iter([*named, *wallets]), None)


def _row(line: StatementLine, zone: str, *, is_staff: bool) -> LedgerRow:
    return LedgerRow(
        at=line.effective_at,
        label=POSTING_KINDS[line.kind],
        detail=_detail(line, zone, is_staff=is_staff),
        amount=Money(line.amount_minor, line.currency),
        balance=Money(line.balance_after_minor or 0, line.currency),
    )


def _detail(line: StatementLine, zone: str, *, is_staff: bool) -> str:
    locale = get_language() or "en"
    if line.kind == PostingKind.USAGE_CORRECTION and line.period_starts and line.period_ends:
        span = format_span(line.period_starts, line.period_ends, zone, locale, with_hours=False)
        return _("of the period %s") % span
    if line.hours_from and line.hours_to:
        return format_span(line.hours_from, line.hours_to, zone, locale, with_hours=True)
    return line.reason if is_staff else ""


def _kinds(chosen: str) -> list[Choice]:
    known = dict.fromkeys([*_FILTERS, *([PostingKind(chosen)] if chosen else [])])
    all_kinds = Choice("", _("All kinds"), is_chosen=not chosen)
    rest = [Choice(kind.value, POSTING_KINDS[kind], is_chosen=kind == chosen) for kind in known]
    return [all_kinds, *rest]


def _currencies(wallets: Sequence[WalletView], chosen: WalletView | None) -> list[Choice]:
    if len(wallets) < 2 or chosen is None:
        return []
    return [
        Choice(wallet.currency, wallet.currency, is_chosen=wallet.id == chosen.id)
        for wallet in wallets
    ]


def _cells(line: StatementLine, *, is_staff: bool) -> Sequence[str]:
    amount = Money(line.amount_minor, line.currency).to_major()
    balance = Money(line.balance_after_minor or 0, line.currency).to_major()
    return (
        line.effective_at.isoformat(),
        line.kind,
        line.hours_from.isoformat() if line.hours_from else "",
        line.hours_to.isoformat() if line.hours_to else "",
        line.currency,
        f"{amount:f}",
        f"{balance:f}",
        text_cell(line.reason) if is_staff else "",
    )
