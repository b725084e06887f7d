"""The dated prices of one component: the list in time, how far its clients are, and what a change would come to."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.plan_preview import plan_preview
from billing_platform.portal.pages.plans import examples
from billing_platform.portal.pages.price_words import price_line
from tenants.enums import ProviderRole
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id
from usage.enums import ADDITIVE, PriceKind, VersionState
from usage.selectors.catalogue import charged_clients, prices_by_id, version_prices
from usage.selectors.price_changes import dated_prices, find_line, price_changes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from billing_platform.portal.pages.plan_preview import PlanPreview
    from billing_platform.portal.pages.plans import Example
    from billing_platform.portal.pages.price_words import PriceLine
    from tenants.types import ProviderView
    from usage.selectors.catalogue import PriceRow
    from usage.selectors.price_changes import PriceChangeRow, PriceLineRow

# A price on sale is changed for everybody who has it, from an hour that may be past: the owner alone says so.
MAY_CHANGE: Final = (ProviderRole.OWNER,)
SAMPLES: Final = 3
_CHANGES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class DatedPrice:
    """A price of the component with its stretch of time; `is_now` when it holds now."""

    line: PriceLine
    is_now: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An order to change the price, with the address of who asked, and its share that is done in percent."""

    row: PriceChangeRow
    asked_by: str
    percent: int


@dataclass(frozen=True, slots=True)
class PriceLinePage:
    """A component with its dated prices, oldest first, and the last changes.

    Attributes:
        current: the price that holds now; else the next one, else the last.
        open: the change that not all clients follow yet, or None.
        may_change: the person who looks may order a change, and none is under way.
    """

    line: PriceLineRow
    current: PriceRow
    prices: Sequence[DatedPrice]
    changes: Sequence[ChangeLine]
    open: ChangeLine | None
    may_change: bool
    zone: str


@dataclass(frozen=True, slots=True)
class PriceChangeAsk:
    """What a change means, before it is confirmed.

    Attributes:
        was, will: the rates until then and from then on.
        ends: when the next dated price takes its place; None for no end.
        is_past: the hour has begun already.
        costs: quantities with what they cost before and after.
        previews: clients that are charged most, for a whole period at the new price.
        key: makes that one form asks once.
    """

    was: PriceLine
    will: PriceLine
    valid_from: datetime
    ends: datetime | None
    is_past: bool
    costs: Sequence[tuple[Example, Example]]
    previews: Sequence[PlanPreview]
    key: str


def price_line_page(
    provider: ProviderView, line_id: int, *, role: str, now: datetime
) -> PriceLinePage:
    """Return the page, by five queries.

    Args:
        provider: whose; its scope is open.
        line_id: any price of the component that is or was on sale.
        role: of the person who looks, of ProviderRole.
        now: the present moment.

    Raises:
        UnknownCatalogueError: the provider has no such price, or it is a draft's.
    """
    line = find_line(provider.id, line_id)
    ids = dated_prices(provider.id, line)
    known = prices_by_id(provider.id, ids)
    prices = [_dated(known[each], now) for each in ids]
    rows = price_changes(provider.id, line, limit=_CHANGES_SHOWN)
    emails = emails_of([row.asked_by_id for row in rows])
    changes = [ChangeLine(row, emails.get(row.asked_by_id, ""), _percent(row)) for row in rows]
    under_way = next((each for each in changes if each.row.finished_at is None), None)
    current = next(
        (each for each in prices if each.is_now),
        next((each for each in prices if not each.is_over), prices[-1]),
    )
    may_sell = role in MAY_CHANGE and line.state == VersionState.ACTIVE
    return PriceLinePage(
        line=line,
        current=current.line.row,
        prices=prices,
        changes=changes,
        open=under_way,
        may_change=may_sell and under_way is None,
        zone=provider.time_zone,
    )


def may_continue(page: PriceLinePage) -> bool:
    """Tell whether tiers can go on counting after a change: what is measured adds up over a period."""
    return page.current.kind == PriceKind.USAGE and page.line.aggregation in ADDITIVE


def change_ask(
    provider: ProviderView,
    page: PriceLinePage,
    *,
    old_id: int,
    model: str,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
) -> PriceChangeAsk:
    """Return what a change means, by a number of queries that does not grow with the clients.

    Args:
        provider: whose; its scope is open.
        page: the component.
        old_id: the price that holds at that hour.
        model: the new pricing model.
        figures: the new figures, whole.
        valid_from: a full UTC hour.
        now: the present moment.
    """
    old = prices_by_id(provider.id, [old_id])[old_id]
    wished = replace(old, model=model, figures=figures, valid_from=valid_from)
    is_usage = old.kind == PriceKind.USAGE
    return PriceChangeAsk(
        was=price_line(old),
        will=price_line(wished),
        valid_from=valid_from,
        ends=old.valid_to,
        is_past=valid_from <= hour_floor(now),
        costs=_costs(old, wished) if is_usage else [],
        previews=_previews(provider, page.line, wished, now) if is_usage else [],
        key=secrets.token_urlsafe(12),
    )


def _dated(row: PriceRow, now: datetime) -> DatedPrice:
    is_over = row.valid_to is not None and row.valid_to <= now
    has_begun = row.valid_from is None or row.valid_from <= now
    return DatedPrice(price_line(row), has_begun and not is_over, is_over)


def _percent(row: PriceChangeRow) -> int:
    if row.finished_at is not None:
        return 100
    return min(100 * row.done // row.clients, 99) if row.clients else 0


def _costs(old: PriceRow, wished: PriceRow) -> list[tuple[Example, Example]]:
    before = {each.quantity: each for each in examples(old.model, old.figures, old.currency)}
    after = examples(wished.model, wished.figures, wished.currency)
    return [(before[each.quantity], each) for each in after if each.quantity in before]


def _previews(
    provider: ProviderView, line: PriceLineRow, wished: PriceRow, now: datetime
) -> list[PlanPreview]:
    prices = [
        row
        for row in version_prices(provider.id, line.version_id)
        if (row.code, row.currency) != (line.code, line.currency)
    ]
    sold = [*prices, replace(wished, valid_to=None)]
    chosen = charged_clients(provider.id, line.plan_id, limit=SAMPLES)
    tenants = tenants_by_id(provider.id, chosen)
    found = [
        plan_preview(provider, tenants[each], sold, now=now, currency=line.currency)
        for each in chosen
    ]
    return [preview for preview in found if preview is not None]
