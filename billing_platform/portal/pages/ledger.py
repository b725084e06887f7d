"""The ledger block: a wallet's entries with their running balance; kind and place stand in the address."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.enums import PostingKind
from accounts.selectors.balances import wallets_of
from accounts.selectors.statements import statement
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.blocks import Choice, LedgerBlock, LedgerRow
from billing_platform.portal.pages.ledger_hands import NOBODY, hands_of
from billing_platform.portal.words import POSTING_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accounts.selectors.statements import StatementLine
    from accounts.types import WalletView
    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.ledger_filter import LedgerFilter
    from billing_platform.portal.pages.ledger_hands import Hand

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
# What only the provider's people read.
STAFF_HEAD: Final = (*LEDGER_HEAD, "posted_by", "approved_by", "posting", "recorded_at")
# What a page offers to filter by; rarer kinds are found in the whole list.
_FILTERS: Final = (
    PostingKind.USAGE,
    PostingKind.USAGE_CORRECTION,
    PostingKind.CREDIT,
    PostingKind.TOP_UP,
    PostingKind.GRANT,
    PostingKind.GRANT_EXPIRY,
    PostingKind.GRANT_RETURN,
    PostingKind.REFUND,
    PostingKind.DISPUTE,
    PostingKind.ADJUSTMENT,
    PostingKind.REVERSAL,
)


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where a ledger is shown, and to whom.

    Attributes:
        path: the page's address.
        csv_path: the download's address.
        zone: in which hours are shown and the filter's days begin.
        is_staff: whether the provider's people read it; they also see who posted and the reasons that people gave.
    """

    path: str
    csv_path: str
    zone: str
    is_staff: bool = False


def ledger_block(
    provider_id: int,
    wallets: Sequence[WalletView],
    wanted: LedgerFilter,
    place: LedgerPlace,
    *,
    limit: int = PAGE_ROWS,
) -> LedgerBlock:
    """Return a page of a wallet's ledger, by one query; by three for the provider's people.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        wallets: the tenant's.
        wanted: which wallet, kind and place.
        place: where it is shown.
        limit: entries per page.
    """
    wallet = chosen_wallet(wallets, wanted.currency)
    first = replace(wanted, before=None)
    rows: list[LedgerRow] = []
    older = ""
    if wallet is not None:
        query = asdict(wanted.wanted(place.zone))
        found = statement(provider_id, wallet.id, before=wanted.before, limit=limit, **query)
        hands = hands_of(provider_id, found.lines) if place.is_staff else {}
        rows = [_row(line, place, hands.get(line.posting_id, NOBODY)) for line in found.lines]
        if found.next_before is not None:
            older = place.path + replace(wanted, before=found.next_before).query()
    return LedgerBlock(
        rows=rows,
        kinds=_kinds(wanted.kind),
        currencies=_currencies(wallets, wallet),
        is_filtered=wanted.is_filtered,
        newest_url=place.path + first.query() if wanted.before else "",
        older_url=older,
        csv_url=place.csv_path + first.query(),
        path=place.path,
        is_staff=place.is_staff,
    )


def ledger_cells(
    provider_id: int, tenant_id: int, wanted: LedgerFilter, *, is_staff: bool, zone: str = "UTC"
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of a ledger's CSV, newest first.

    Args:
        provider_id: whose; its scope, or the tenant's, is open while it is read.
        tenant_id: whose wallet.
        wanted: which wallet and kind; the place is ignored.
        is_staff: whether it is the provider's people's, with the columns of STAFF_HEAD.
        zone: in which the filter's days begin.
    """
    wallet = chosen_wallet(wallets_of(provider_id, [tenant_id]), wanted.currency)
    query = asdict(wanted.wanted(zone))
    before: int | None = None
    while wallet is not None:
        found = statement(provider_id, wallet.id, before=before, limit=EXPORT_ROWS, **query)
        hands = hands_of(provider_id, found.lines) if is_staff else {}
        for line in found.lines:
            cells = _cells(line, is_staff=is_staff)
            hand = hands.get(line.posting_id, NOBODY)
            yield [*cells, *_staff_cells(line, hand)] if is_staff else cells
        before = found.next_before
        if before is None:
            return


def chosen_wallet(wallets: Sequence[WalletView], currency: str) -> WalletView | None:
    """Return the wallet of a currency, else the first one, None where there is none."""
    named = [wallet for wallet in wallets if wallet.currency == currency]
    return next(iter([*named, *wallets]), None)


def _row(line: StatementLine, place: LedgerPlace, hand: Hand) -> LedgerRow:
    return LedgerRow(
        at=line.effective_at,
        label=_label(line),
        detail=_detail(line, place.zone),
        amount=Money(line.amount_minor, line.currency),
        balance=Money(line.balance_after_minor or 0, line.currency),
        number=line.posting_id,
        who=hand.posted_by,
        approved_by=hand.approved_by,
        why=line.reason if place.is_staff else "",
        reverses=line.reverses_id,
        url=_payment_url(line, place),
    )


def _label(line: StatementLine) -> str:
    """Return what a line is called; that a disputed payment is taken back means that the dispute was won."""
    is_won = line.reverses_kind in {PostingKind.DISPUTE, PostingKind.BANK_RETURN}
    return POSTING_KINDS[PostingKind.DISPUTE_WON if is_won else line.kind]


def _payment_url(line: StatementLine, place: LedgerPlace) -> str:
    if line.kind != PostingKind.TOP_UP or line.source_type != "payment":
        return ""
    route = "provider-payment" if place.is_staff else "billing-payment"
    return reverse(route, args=[line.source_id])


def _detail(line: StatementLine, zone: str) -> str:
    locale = get_language() or "en"
    if line.kind == PostingKind.USAGE_CORRECTION and line.period_starts and line.period_ends:
        span = format_span(line.period_starts, line.period_ends, zone, locale, with_hours=False)
        return _("of the period %s") % span
    if line.hours_from and line.hours_to:
        return format_span(line.hours_from, line.hours_to, zone, locale, with_hours=True)
    if line.source_type == "refund":
        # Both lines of a refund to the balance carry its number, so that each tells of the other.
        return _("refund %s") % line.source_id
    return ""


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


def _cells(line: StatementLine, *, is_staff: bool) -> Sequence[Cell]:
    return (
        line.effective_at,
        line.kind,
        line.hours_from,
        line.hours_to,
        line.currency,
        Money(line.amount_minor, line.currency).to_major(),
        Money(line.balance_after_minor or 0, line.currency).to_major(),
        line.reason if is_staff else "",
    )


def _staff_cells(line: StatementLine, hand: Hand) -> Sequence[Cell]:
    return (hand.posted_by, hand.approved_by, line.posting_id, line.recorded_at)
