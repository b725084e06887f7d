"""Which price holds when: an item's stretch of time cut by price changes, overrides and partly covered periods. Pure.

Called by the segments service. A piece is what a rate segment will be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from billing_platform.kernel.periods import Period

NEVER: Final = datetime.max.replace(tzinfo=UTC)
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """A price and when it holds, half-open; `is_own` prices of a tenant go before public ones."""

    price_id: int
    starts: datetime = BEGINNING
    ends: datetime = NEVER
    is_own: bool = False
    is_continuing: bool = False
    is_prorated: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One price for one stretch of time.

    Attributes:
        fraction: the covered part of the billing period when its allowance is cut; None for the price as it is.
        continues: its tiers go on counting from the piece before.
    """

    starts: datetime
    ends: datetime
    price_id: int
    fraction: Fraction | None = None
    continues: bool = False


def pieces_of(
    starts: datetime,
    ends: datetime,
    spans: Sequence[PriceSpan],
    period_of: Callable[[datetime], Period],
) -> list[Piece]:
    """Return the pieces of an item in order; hours without a price have none.

    Args:
        starts: where the item begins, a full hour.
        ends: where it ends, a full hour; `NEVER` for no end.
        spans: the prices of its component.
        period_of: returns the billing period that a moment lies in.
    """
    runs = _runs(_prices_over(starts, ends, spans))
    return [piece for run in runs for piece in _prorated(run, period_of)]


def _prices_over(
    starts: datetime, ends: datetime, spans: Sequence[PriceSpan]
) -> list[tuple[Piece, PriceSpan]]:
    edges = {starts, ends}
    edges |= {edge for span in spans for edge in (span.starts, span.ends) if starts < edge < ends}
    found: list[tuple[Piece, PriceSpan]] = []
    for low, high in pairwise(sorted(edges)):
        holding = [span for span in spans if span.starts <= low and high <= span.ends]
        if not holding:
            continue
        span = max(holding, key=lambda each: each.is_own)
        last = found[-1] if found else None
        if last and last[0].price_id == span.price_id and last[0].ends == low:
            found[-1] = (replace(last[0], ends=high), span)
            continue
        follows = last is not None and last[0].ends == low and span.is_continuing
        found.append((Piece(low, high, span.price_id, continues=follows), span))
    return found


def _runs(found: list[tuple[Piece, PriceSpan]]) -> list[list[tuple[Piece, PriceSpan]]]:
    """Group pieces whose tiers count on: what a period's allowance is cut by is the whole run."""
    runs: list[list[tuple[Piece, PriceSpan]]] = []
    for piece, span in found:
        if piece.continues:
            runs[-1].append((piece, span))
        else:
            runs.append([(piece, span)])
    return runs


def _prorated(
    run: list[tuple[Piece, PriceSpan]], period_of: Callable[[datetime], Period]
) -> list[Piece]:
    if not any(span.is_prorated for _, span in run):
        return [piece for piece, _ in run]
    parts = _partial_periods(run[0][0].starts, run[-1][0].ends, period_of)
    pieces = []
    for piece, span in run:
        pieces += _cut(piece, parts) if span.is_prorated else [piece]
    return pieces


def _partial_periods(
    starts: datetime, ends: datetime, period_of: Callable[[datetime], Period]
) -> list[tuple[datetime, datetime, Fraction]]:
    """Return the first and the last period of a run with the part covered, when it is not the whole."""
    periods = [period_of(starts)]
    if ends != NEVER:
        periods.append(period_of(ends - _HOUR))
    found = {}
    for period in periods:
        low, high = max(period.starts, starts), min(period.ends, ends)
        if (low, high) != (period.starts, period.ends):
            whole = period.ends - period.starts
            found[low] = (low, high, Fraction((high - low) // _HOUR, whole // _HOUR))
    return list(found.values())


def _cut(piece: Piece, parts: list[tuple[datetime, datetime, Fraction]]) -> list[Piece]:
    edges = {piece.starts, piece.ends}
    edges |= {e for low, high, _ in parts for e in (low, high) if piece.starts < e < piece.ends}
    cut = []
    for low, high in pairwise(sorted(edges)):
        fraction = next((f for start, end, f in parts if start <= low and high <= end), None)
        follows = piece.continues if low == piece.starts else False
        cut.append(Piece(low, high, piece.price_id, fraction, follows))
    return cut
