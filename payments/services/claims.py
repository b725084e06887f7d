"""One worker at a time asks a gateway about a row: its next question is put off before the first one is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from payments.enums import CREDITED
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.models import Attempt
from payments.services.payment_facts import next_fee_poll
from payments.services.schedule import next_poll
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from payments.models import Dispute, MethodSetup, Refund

    Asking = Attempt | Dispute | MethodSetup | Refund


# What is due at a gateway that says nothing waits so long, beyond its own time.
PATIENCE: Final = timedelta(minutes=5)


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
    silent: set[int],
) -> Asked:
    """Ask about a provider's rows of a table that are due, the longest waiting first.

    Args:
        model: a table with `state`, `created_at`, `polls` and `next_poll_at`.
        ask: asks the gateway about a row by its number, and returns the state after it, or raises GatewayDown.
        provider_id: whose; no transaction is open.
        now: the present moment.
        limit: at most so many.
        silent: numbers of the connections whose gateway said nothing in this round; what is due there waits a little,
            so that what is due elsewhere does not. Those that are found silent are added.

    Idempotency: each is asked about once per due time, whoever polls.
    """
    with own_transaction(provider_id):
        rows = model.objects.filter(provider_id=provider_id, next_poll_at__lte=now)
        rows.filter(connection_id__in=silent).update(next_poll_at=now + PATIENCE)
        found = rows.order_by("next_poll_at").values_list("pk", "connection_id")
        due = list(found[:limit])
    count = Asked()
    for row_id, connection_id in due:
        if connection_id in silent:
            continue
        before = claim_question(model, provider_id=provider_id, row_id=row_id, now=now)
        if before is None:
            continue
        count.asked += 1
        try:
            count.moved += ask(row_id) != before
        except GatewayDown as error:
            if error.is_silent:
                silent.add(connection_id)
                with own_transaction(provider_id):
                    rows.filter(connection_id=connection_id).update(next_poll_at=now + PATIENCE)
        except GatewayRefused:
            continue  # the next question is due already
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
        rows.update(polls=polls, next_poll_at=_next_question(row, polls, now))
    return row.state


def _next_question(row: Asking, polls: int, now: datetime) -> datetime | None:
    """Return when a row is asked about next, should this question bring nothing, whyever."""
    if isinstance(row, Attempt) and row.state in CREDITED:
        return next_fee_poll(row, now)
    return next_poll(row.created_at, polls, now)
