"""How far a move of subscribers is, and what came of each client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext_noop

from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.plans import MAY_SELL
from billing_platform.portal.words import Vocabulary
from tenants.selectors.changes import emails_of
from usage.enums import MoveOutcome, MoveStart
from usage.selectors.plan_moves import find_move, move_results, subscriptions_left

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from usage.selectors.plan_moves import MoveResultRow, MoveRow

PAGE_ROWS: Final = 50
MOVE_HEAD: Final = ("client", "client_id", "outcome", "at", "reason", "done_at")
OUTCOMES: Final = Vocabulary({outcome.value: outcome.label for outcome in MoveOutcome})
REASONS: Final = Vocabulary(
    {
        "own_prices": gettext_noop(
            "It has prices of its own, which belong to its version. Agree on new ones, then move it by hand."
        ),
        "ends_before": gettext_noop("Its subscription ends before it would move."),
        "conflict": gettext_noop("This conflicts with another subscription or an earlier change."),
    }
)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One client with its outcome and why, in words."""

    row: MoveResultRow
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class MovePage:
    """A move, and a page of what came of it.

    Attributes:
        starts: when each moves, in words.
        asked_by: the address of who asked; empty when nobody of that number is left. `stopped_by` likewise.
        done: how many were looked at, of `total`; `percent` of them.
        outcome: the one that is shown; empty for all.
    """

    move: MoveRow
    starts: str
    asked_by: str
    stopped_by: str
    may_stop: bool
    done: int
    total: int
    outcome: str
    choices: Sequence[Choice]
    lines: Sequence[MoveLine]
    csv_url: str
    newest_url: str
    older_url: str
    zone: str

    @property
    def percent(self) -> int:
        """Return how much of it is done."""
        return 100 * self.done // self.total if self.total else 0


def move_page(
    provider_id: int,
    move_id: int,
    *,
    role: str,
    outcome: str,
    after: int,
    zone: str,
    now: datetime,
) -> MovePage:
    """Return the page, by four queries.

    Args:
        provider_id: whose; its scope is open.
        move_id: the order.
        role: of who looks.
        outcome: of MoveOutcome; anything else for all.
        after: the subscription behind which the page begins.
        zone: the provider's time zone.
        now: the present moment.

    Raises:
        UnknownCatalogueError: the provider has no such order.
    """
    move = find_move(provider_id, move_id)
    people = emails_of([move.asked_by_id, move.stopped_by_id or 0])
    done = sum(move.counts.values())
    outcome = outcome if outcome in OUTCOMES else ""
    rows = move_results(provider_id, move_id, outcome=outcome, after=after, limit=PAGE_ROWS + 1)
    url = reverse("provider-plan-move", kwargs={"move_id": move_id})
    narrowed = f"outcome={outcome}" if outcome else ""
    is_more = len(rows) > PAGE_ROWS
    older = f"{url}?after={rows[PAGE_ROWS - 1].subscription_id}&{narrowed}" if is_more else ""
    return MovePage(
        move=move,
        starts=str(MoveStart(move.starts).label),
        asked_by=people.get(move.asked_by_id, ""),
        stopped_by=people.get(move.stopped_by_id or 0, ""),
        may_stop=move.finished_at is None and role in MAY_SELL,
        done=done,
        total=done + subscriptions_left(provider_id, move_id, now=now),
        outcome=outcome,
        choices=[
            Choice(each.value, f"{each.label}: {move.counts.get(each, 0)}", each == outcome)
            for each in MoveOutcome
        ],
        lines=[_line(row) for row in rows[:PAGE_ROWS]],
        csv_url=reverse("provider-plan-move-csv", kwargs={"move_id": move_id}),
        newest_url=f"{url}?{narrowed}" if after else "",
        older_url=older.rstrip("&"),
        zone=zone,
    )


def move_cells(provider_id: int, move_id: int) -> Iterator[Sequence[Cell]]:
    """Yield what came of an order as lines of a file.

    Args:
        provider_id: whose; its scope is open while it is read.
        move_id: the order.
    """
    after = 0
    while True:
        rows = move_results(provider_id, move_id, after=after, limit=500)
        for row in rows:
            yield (
                row.name,
                row.external_id,
                row.outcome,
                row.at,
                _line(row).reason,
                row.done_at,
            )
        if len(rows) < 500:
            return
        after = rows[-1].subscription_id


def _line(row: MoveResultRow) -> MoveLine:
    reason = REASONS.get(row.reason, row.words)
    return MoveLine(row, OUTCOMES[row.outcome], reason)
