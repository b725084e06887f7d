"""Matches by hand above the provider's limit: asked for, approved or declined by somebody else, once each.

Every function runs in the caller's transaction under the line's row lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.enums_bank import LineReason, LineState, MatchRequestState
from payments.errors_bank import (
    LineDecided,
    MatchReasonMissing,
    MatchWaits,
    NoMatchRequest,
    SameMatchPerson,
)
from payments.models import BankMatchRequest
from payments.selectors.bank_requests import match_request_view
from payments.services.bank_lines import REASON_MAX, locked_line

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.bank_requests import MatchRequestView
    from payments.services.bank_lines import Decision


def ask_for_match(
    *, provider_id: int, line_id: int, tenant_id: int, target: str, decision: Decision
) -> None:
    """Ask for a match that a second person approves; nothing is posted.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which; money that came in.
        tenant_id: whose money it would become.
        target: the reference of the order that it would pay, "" for none.
        decision: who asks, and why.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: it does not wait, or not before somebody says that it is no duplicate.
        MatchWaits: a match of it waits already.
        MatchReasonMissing: nobody asks, or without a reason.
    """
    row = locked_line(provider_id, line_id)
    may = row.state == LineState.OPEN and row.reason != LineReason.DUPLICATE
    if not may or row.amount_minor <= 0:
        raise LineDecided
    check_no_match_waits(provider_id, line_id)
    if decision.user_id is None or not decision.reason.strip():
        raise MatchReasonMissing
    BankMatchRequest.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        line_id=row.pk,
        target=target,
        amount_minor=row.amount_minor,
        currency=row.currency,
        reason=decision.reason[:REASON_MAX],
        requested_by=decision.user_id,
        requested_at=decision.now,
    )


def approve_request(
    *, provider_id: int, line_id: int, user_id: int, now: datetime
) -> MatchRequestView:
    """Approve a match, in the transaction in which it is made.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        user_id: who approves; not who asked.
        now: the present moment.

    Returns:
        What was asked for.

    Raises:
        BankLineNotFound: the provider has no such line.
        NoMatchRequest: nothing waits; somebody decided before.
        SameMatchPerson: who asked cannot approve.
    """
    row = _waiting(provider_id, line_id)
    if row.requested_by == user_id:
        raise SameMatchPerson
    _decide(row, MatchRequestState.APPROVED, user_id, now)
    return match_request_view(row)


def decline_request(*, provider_id: int, line_id: int, user_id: int, now: datetime) -> None:
    """Decline a match; whoever asked for it withdraws it.

    Args, raises: as `approve_request`, but anybody may.
    """
    row = _waiting(provider_id, line_id)
    is_own = row.requested_by == user_id
    state = MatchRequestState.WITHDRAWN if is_own else MatchRequestState.DECLINED
    _decide(row, state, user_id, now)


def check_no_match_waits(provider_id: int, line_id: int) -> None:
    """Refuse to decide otherwise about a line whose match waits; its line is locked.

    Raises:
        MatchWaits: it does.
    """
    rows = BankMatchRequest.objects.filter(provider_id=provider_id, line_id=line_id)
    if rows.filter(state=MatchRequestState.WAITING).exists():
        raise MatchWaits


def _waiting(provider_id: int, line_id: int) -> BankMatchRequest:
    locked_line(provider_id, line_id)
    rows = BankMatchRequest.objects.select_for_update(no_key=True)
    row = rows.filter(
        provider_id=provider_id, line_id=line_id, state=MatchRequestState.WAITING
    ).first()
    if row is None:
        raise NoMatchRequest
    return row


def _decide(row: BankMatchRequest, state: str, user_id: int, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, user_id, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
