"""One worker at a time asks a gateway about a row: its next question is put off before the first one is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.services.schedule import next_poll
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Attempt, Dispute, MethodSetup, Refund


def claim_question(
    model: type[Attempt | Dispute | MethodSetup | Refund],
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
