"""Where lines of bank statements stand: each decided on under its row lock, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from payments.enums_bank import LineReason, LineState
from payments.errors_bank import BankLineNotFound, LineDecided
from payments.models import BankLine

if TYPE_CHECKING:
    from datetime import datetime

MARKERS: Final = ("line.locked", "line.decided")
REASON_MAX: Final = 500


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who decided on a line and why; nobody did when its reference says all."""

    now: datetime
    user_id: int | None = None
    reason: str = ""


def locked_line(provider_id: int, line_id: int) -> BankLine:
    """Return a line that nobody else decides on until the transaction ends.

    Raises:
        BankLineNotFound: the provider has no such line.
    """
    rows = BankLine.objects.select_for_update(no_key=True).filter(provider_id=provider_id)
    row = rows.filter(pk=line_id).first()
    if row is None:
        raise BankLineNotFound
    marker("line.locked")
    return row


def leave_line(*, provider_id: int, line_id: int, state: str, reason: str, now: datetime) -> None:
    """Note that a new line waits for somebody, or is none of ours to decide on.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        state: OPEN or OUTGOING.
        reason: of LineReason.
        now: the present moment.

    Raises:
        BankLineNotFound: the provider has no such line.

    Idempotency: a line that is not new stays as it is.
    """
    row = locked_line(provider_id, line_id)
    if row.state == LineState.NEW:
        move_line(row, state, reason, Decision(now=now))


def remark_line(*, provider_id: int, line_id: int, reason: str, now: datetime) -> None:
    """Note what is to be known about a line that was credited by its reference.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        reason: of LineReason.
        now: the present moment.

    Raises:
        BankLineNotFound: the provider has no such line.
    """
    row = locked_line(provider_id, line_id)
    row.reason = reason
    row.save(update_fields=["reason"])


def set_line_aside(*, provider_id: int, line_id: int, decision: Decision) -> None:
    """Say that a line is no payment of a client; it leaves the queue, and nothing is posted.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        decision: who decided, and why.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: it does not wait.
    """
    row = locked_line(provider_id, line_id)
    if row.state != LineState.OPEN:
        raise LineDecided
    row.note = decision.reason[:REASON_MAX]
    move_line(row, LineState.ASIDE, row.reason, decision)


def tell_line_apart(*, provider_id: int, line_id: int, decision: Decision) -> None:
    """Say that a line is another payment than the equal one of another file; it waits as any open line.

    Args: as `set_line_aside`, which says that it is the same one.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: nobody asks, or somebody answered before.
    """
    row = locked_line(provider_id, line_id)
    if row.state != LineState.OPEN or row.reason != LineReason.DUPLICATE:
        raise LineDecided
    row.note = decision.reason[:REASON_MAX]
    move_line(row, LineState.OPEN, LineReason.NONE, decision)


def take_line_up(*, provider_id: int, line_id: int, decision: Decision) -> None:
    """Put a line that was set aside back into the queue.

    Args: as `set_line_aside`.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: it was not set aside, or its money went back to the payer.
    """
    row = locked_line(provider_id, line_id)
    if row.state != LineState.ASIDE or row.reason == LineReason.WENT_BACK:
        raise LineDecided
    move_line(row, LineState.OPEN, row.reason, decision)


def move_line(row: BankLine, state: str, reason: str, decision: Decision) -> None:
    """Put a locked line where it belongs.

    Args:
        row: locked in an open transaction.
        state: where the table of moves lets it go.
        reason: of LineReason.
        decision: who decided.
    """
    row.state, row.reason, row.state_at = state, reason, decision.now
    row.decided_by = decision.user_id
    row.save(update_fields=["state", "reason", "state_at", "note", "decided_by"])
    marker("line.decided")
