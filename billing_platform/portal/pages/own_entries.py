"""What a provider's figures are made of: the entries behind *Credit taken in* and *Consumed*, by days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.movements import EARNED_KINDS, INCOME_KINDS, daily_movements
from accounts.selectors.own_entries import OwnQuery, own_entries
from billing_platform.kernel.currencies import CURRENCY_CODES
from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_span
from billing_platform.portal.pages.address import (
    address_day,
    address_query,
    hour_text,
    row_number,
)
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.list_links import ListLink, asked_size
from billing_platform.portal.words import POSTING_KINDS
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from accounts.selectors.movements import Movement
    from accounts.selectors.own_entries import OwnEntry
    from billing_platform.portal.list_cells import Cell
    from tenants.types import ProviderView, TenantView

USUAL_SIZE: Final = 50
# Days that are shown where an address names none.
USUAL_DAYS: Final = 30
EXPORT_ROWS: Final = 1000
_ONE_HOUR: Final = timedelta(hours=1)
TAKEN: Final = "taken"
EARNED: Final = "earned"
FIGURES: Final = {TAKEN: gettext_lazy("Credit taken in"), EARNED: gettext_lazy("Consumed")}
_KINDS: Final = {TAKEN: INCOME_KINDS, EARNED: EARNED_KINDS}
ENTRIES_HEAD: Final = (
    *("day", "counts_from", "what", "account", "client"),
    *("hours_from", "hours_to", "currency", "amount", "posting"),
)


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What is asked for; what makes no sense is left out.

    Attributes:
        figure: of FIGURES.
        currency: empty for the provider's own.
        since, until: days in the provider's zone, both included; None for the usual ones.
        size: rows of a page, of SIZES.
        before: the entry behind which the page begins.
    """

    figure: str = EARNED
    currency: str = ""
    since: date | None = None
    until: date | None = None
    size: int = USUAL_SIZE
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what an address asks for."""
        figure, currency = query.get("figure", ""), query.get("currency", "")
        return cls(
            figure=figure if figure in FIGURES else EARNED,
            currency=currency if currency in CURRENCY_CODES else "",
            since=address_day(query.get("since", "")),
            until=address_day(query.get("until", "")),
            size=asked_size(query, USUAL_SIZE),
            before=row_number(query.get("before", "")) or None,
        )

    def query(self, **changes: object) -> str:
        """Return it, changed, as the query of an address."""
        now = replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields
        given = {
            "figure": now.figure,
            "currency": now.currency,
            "since": now.since or "",
            "until": now.until or "",
            "size": now.size if now.size != USUAL_SIZE else "",
            "before": now.before or "",
        }
        return address_query(given)

    def wanted(self, provider: ProviderView, now: datetime) -> OwnQuery:
        """Return it as the selector asks."""
        today = now.astimezone(ZoneInfo(provider.time_zone)).date()
        until = self.until or today
        return OwnQuery(
            kinds=_KINDS[self.figure],
            currency=self.currency or provider.currency,
            is_debit=self.figure == TAKEN,
            since=self.since or until - timedelta(days=USUAL_DAYS - 1),
            until=until,
            zone=provider.time_zone,
        )


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in words.

    Attributes:
        detail: the hours of a charge, or "".
        client: whom it is about; None for all together, or nobody.
        url: what is behind it: the payment, or the usage of the hour; "" where there is nothing more.
    """

    row: OwnEntry
    label: str
    detail: str
    account: str
    client: TenantView | None
    url: str

    @property
    def amount(self) -> Money:
        """Return what it brought."""
        return Money(self.row.amount_minor, self.row.currency)


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """The entries behind a figure; `total` is what all that match come to, on whatever page they stand."""

    rows: Sequence[EntryRow]
    wanted: OwnQuery
    title: str
    figures: Sequence[ListLink]
    currencies: Sequence[Choice]
    total: Money
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zone: str


def entries_url(figure: str, currency: str, since: date, until: date) -> str:
    """Return where the entries behind a figure stand.

    Args:
        figure: of FIGURES.
        currency: of the figure.
        since: its first day.
        until: its last day.
    """
    wanted = EntryFilter(figure=figure, currency=currency, since=since, until=until)
    return reverse("provider-entries") + wanted.query()


def entries_page(provider: ProviderView, asked: EntryFilter, *, now: datetime) -> EntriesPage:
    """Return the entries behind a figure, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        asked: which.
        now: the present moment.
    """
    path, wanted = reverse("provider-entries"), asked.wanted(provider, now)
    found = own_entries(provider.id, wanted, before=asked.before, limit=asked.size + 1)
    rows, has_more = found[: asked.size], len(found) > asked.size
    kinds = [*EARNED_KINDS, *INCOME_KINDS]
    moved = daily_movements(provider.id, kinds, since=wanted.since, zone=provider.time_zone)
    known = sorted({provider.currency, wanted.currency, *(row.currency for row in moved)})
    return EntriesPage(
        rows=_rows(provider, rows),
        wanted=wanted,
        title=str(FIGURES[asked.figure]),
        figures=[
            ListLink(str(label), path + asked.query(figure=key, before=None), key == asked.figure)
            for key, label in FIGURES.items()
        ],
        currencies=[Choice(code, code, code == wanted.currency) for code in known],
        total=_total(wanted, moved),
        path=path,
        newest_url=path + asked.query(before=None) if asked.before else "",
        older_url=path + asked.query(before=rows[-1].entry_id) if has_more else "",
        csv_url=reverse("provider-entries-csv") + asked.query(before=None),
        zone=provider.time_zone,
    )


def entry_cells(
    provider: ProviderView, asked: EntryFilter, *, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV, newest first; the provider's scope is open while it is read.

    Args:
        provider: whose.
        asked: which.
        now: the present moment.
    """
    wanted, before = asked.wanted(provider, now), None
    while True:
        found = own_entries(provider.id, wanted, before=before, limit=EXPORT_ROWS)
        for line in _rows(provider, found):
            row = line.row
            yield (
                row.day,
                row.effective_at,
                row.kind,
                row.account,
                line.client.external_id if line.client else "",
                row.hours_from,
                row.hours_to,
                row.currency,
                line.amount.to_major(),
                row.posting_id,
            )
        if len(found) < EXPORT_ROWS:
            return
        before = found[-1].entry_id


def _total(wanted: OwnQuery, moved: Sequence[Movement]) -> Money:
    amounts = [
        row.amount_minor
        for row in moved
        if row.kind in wanted.kinds and row.currency == wanted.currency and row.day <= wanted.until
    ]
    return Money(-sum(amounts) if wanted.is_debit else sum(amounts), wanted.currency)


def _rows(provider: ProviderView, found: Sequence[OwnEntry]) -> list[EntryRow]:
    clients = tenants_by_id(provider.id, {row.tenant_id for row in found} - {0})
    return [
        EntryRow(
            row=row,
            label=_label(row),
            detail=_detail(row, provider.time_zone),
            account=str(AccountKind(row.account).label),
            client=clients.get(row.tenant_id),
            url=_url(row),
        )
        for row in found
    ]


def _label(row: OwnEntry) -> str:
    is_won = row.reverses_kind in {PostingKind.DISPUTE, PostingKind.BANK_RETURN}
    return POSTING_KINDS[PostingKind.DISPUTE_WON if is_won else row.kind]


def _detail(row: OwnEntry, zone: str) -> str:
    if row.hours_from is None or row.hours_to is None:
        return ""
    return format_span(row.hours_from, row.hours_to, zone, get_language() or "en", with_hours=True)


def _url(row: OwnEntry) -> str:
    if row.kind == PostingKind.TOP_UP and row.source_type == "payment":
        return reverse("provider-payment", args=[row.source_id])
    if not row.tenant_id and row.hours_from and row.hours_to == row.hours_from + _ONE_HOUR:
        return f"{reverse('provider-usage')}?hour={hour_text(row.hours_from)}"
    return ""
