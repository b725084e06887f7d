"""One worker at a time asks a gateway about a row: its next question is put off before the first one is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import DomainError
from payments.services.schedule import next_poll
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from payments.models import Attempt, Dispute, MethodSetup, Refund

    Asking = Attempt | Dispute | MethodSetup | Refund


@dataclass(slots=True)
class Asked:
    """How many rows were asked about, how many of them moved by it, and the codes of what stood in the way."""

    asked: int = 0
    moved: int = 0
    failed: set[str] = field(default_factory=set)

    def add(self, other: Asked) -> None:
        """Count what was asked of another table."""
        self.asked += other.asked
        self.moved += other.moved
        self.failed |= other.failed


def ask_due(
    model: type[Asking],
    ask: Callable[[int], str],
    *,
    provider_id: int,
    now: datetime,
    limit: int,
) -> Asked:
    """Ask about a provider's rows of a table that are due, the longest waiting first.

    Args:
        model: a table with `state`, `created_at`, `polls` and `next_poll_at`.
        ask: asks the gateway about a row by its number, and returns the state after it.
        provider_id: whose; no transaction is open.
        now: the present moment.
        limit: at most so many.

    Idempotency: each is asked about once per due time, whoever polls.
    """
    with own_transaction(provider_id):
        rows = model.objects.filter(provider_id=provider_id, next_poll_at__lte=now)
        due = list(rows.order_by("next_poll_at").values_list("pk", flat=True)[:limit])
    count = Asked()
    for row_id in due:
        before = claim_question(model, provider_id=provider_id, row_id=row_id, now=now)
        if before is None:
            continue
        count.asked += 1
        try:
            count.moved += ask(row_id) != before
        except DomainError as error:
            count.failed.add(error.code)
    return count


def claim_question(
    model: type[Asking],
    *,
    provider_id: int,
    row_id: int,
    now: datetime,
) -> str | None:
    """Put the next question about a row off and return its state; None when somebody else asks it now.

    Args:
        model: a table with `state`, `created_at`, `polls` and `next_poll_at`.
        provider_id: whose; no transaction is open.
        row_id: its number.
        now: the present moment.
    """
    with own_transaction(provider_id):
        rows = model.objects.filter(provider_id=provider_id, pk=row_id)
        row = rows.select_for_update(skip_locked=True).filter(next_poll_at__lte=now).first()
        if row is None:
            return None
        polls = row.polls + 1
        rows.update(polls=polls, next_poll_at=next_poll(row.created_at, polls, now))
    return row.state
