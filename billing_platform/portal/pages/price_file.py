"""The file of prices: one line per rate, so that a price with three tiers has three."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from usage.selectors.price_list import listed_prices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from billing_platform.portal.list_cells import Cell
    from usage.selectors.price_list import ListedPrice

PRICE_HEAD: Final = (
    "plan",
    "plan_name",
    "version",
    "state",
    "code",
    "name",
    "kind",
    "meter",
    "unit",
    "model",
    "currency",
    "interval_months",
    "included",
    "above",
    "up_to",
    "package_size",
    "price",
    "flat",
    "minimum",
    "cap",
    "discount_percent",
    "valid_from",
    "valid_to",
)


def price_cells(provider_id: int, *, version_id: int = 0) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the file.

    Args:
        provider_id: whose; its scope is open while it is read.
        version_id: of this version only; 0 for all plans.
    """
    for price in listed_prices(provider_id, version_id=version_id):
        yield from _lines(price)


def _lines(price: ListedPrice) -> Iterator[Sequence[Cell]]:
    figures = price.figures
    head = (
        price.plan,
        price.plan_name,
        price.version,
        price.state,
        price.code,
        price.name,
        price.kind,
        price.meter,
        price.unit,
        price.model,
        price.currency,
        price.interval_months or None,
        _figure(figures, "included"),
    )
    tail = (
        *(_figure(figures, name) for name in ("minimum", "cap", "discount_percent")),
        price.valid_from,
        price.valid_to,
    )
    tiers: Sequence[Mapping[str, Any]] = figures.get("tiers") or ()
    if not tiers:
        size = _figure(figures, "package_size")
        yield (*head, None, None, size, _figure(figures, "unit") or 0, None, *tail)
    above: Cell = 0
    for tier in tiers:
        up_to = _figure(tier, "up_to")
        rate = (above, up_to, None, _figure(tier, "unit") or 0, _figure(tier, "flat"))
        yield (*head, *rate, *tail)
        above = up_to


def _figure(figures: Mapping[str, Any], name: str) -> Decimal | None:
    value = figures.get(name)
    return None if value is None else Decimal(value)
