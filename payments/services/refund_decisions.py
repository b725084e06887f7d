"""Staff decide on refunds: approve to card or balance, reject with a reason; above the limit a second person agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import PostingKind
from accounts.services.approvals import drop_approval, request_approval, settle_approval
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import RequestState
from payments.errors import ReasonMissing, RefundTooLarge, RequestDecided
from payments.models import RefundRequest
from payments.services.refund_notices import announce
from payments.services.refund_opening import (
    check_terms,
    needs_second,
    open_refund,
)
from payments.services.refund_requests import (
    approval_key,
    close_request,
    locked_request,
    new_request,
)
from payments.services.refunds import send_refund
from payments.services.settlement import locked_payment
from payments.services.transactions import own_transaction
from payments.types import RefundTerms

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Attempt, Refund

MARKERS: Final = ("refund_request.carried_out",)


def approve_request(
    *, provider_id: int, public_id: str, terms: RefundTerms, user_id: int, now: datetime
) -> str:
    """Give back what was asked for, or a part of it; above the limit it is proposed to a second person.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the request.
        terms: how much, at most what was asked for, and where.
        user_id: who approves.
        now: the present moment.

    Returns:
        RequestState.WAITING, or the refund's state.

    Raises:
        RequestNotFound: the provider has no such request.
        RequestDecided: it was decided before, or waits for a second person.
        RefundTooLarge: more than was asked for, or than what is left of the payment.
        NotRefundable, AmountRefused, NoWayToRefund, RefundNotCovered: by the rules of refunds.

    Idempotency: the second of two finds it decided; the refund's key is the request's.
    """
    with own_transaction(provider_id):
        row, attempt = locked_request(provider_id, public_id)
        if row.state != RequestState.ASKED:
            raise RequestDecided
        if terms.amount > Money(row.amount_minor, row.currency):
            raise RefundTooLarge
        check_terms(attempt, terms, now=now, is_seconded=True)
        if needs_second(provider_id, terms.amount):
            _propose(row, terms, user_id, now)
            return RequestState.WAITING
        refund = _carry_out(row, attempt, terms, user_id, now)
    return send_refund(refund, now=now)


def propose_refund(
    *,
    provider_id: int,
    payment: str,
    terms: RefundTerms,
    reason: str,
    request_key: str,
    user_id: int,
    now: datetime,
) -> str:
    """Ask a second person for a refund that nobody of the client asked for.

    Args:
        provider_id: whose; no transaction is open.
        payment: its public id.
        terms: how much, and where.
        reason: a person's words.
        request_key: of the form, at most 150 characters.
        user_id: who proposes it.
        now: the present moment.

    Returns:
        The request's public id.

    Raises:
        PaymentNotFound: the provider has no such payment.
        RequestIsOpen, NotRefundable, AmountRefused, RefundTooLarge, NoWayToRefund, ReasonMissing: by the rules.

    Idempotency: by `request_key` per payment.
    """
    with own_transaction(provider_id):
        attempt = locked_payment(provider_id, payment)
        rows = RefundRequest.objects.filter(provider_id=provider_id, attempt_id=attempt.pk)
        before = rows.filter(request_key=request_key).first()
        if before is not None:
            return before.public_id
        check_terms(attempt, terms, now=now, is_seconded=True)
        row = new_request(
            attempt,
            amount=terms.amount,
            reason=reason,
            request_key=request_key,
            user_id=user_id,
            now=now,
        )
        row.by_staff = True
        _propose(row, terms, user_id, now)
    return row.public_id


def confirm_request(*, provider_id: int, public_id: str, user_id: int, now: datetime) -> str:
    """Agree to a proposed refund as the second person; it is carried out in the same transaction.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the request.
        user_id: who agrees; not who proposed it.
        now: the present moment.

    Returns:
        The refund's state.

    Raises:
        RequestNotFound: the provider has no such request.
        RequestDecided: it does not wait for a second person.
        SamePersonError: who proposed it cannot agree to it.
        NotRefundable, RefundTooLarge, NoWayToRefund, RefundNotCovered: things have changed; it goes on waiting.

    Idempotency: the second of two finds it decided; the refund's key is the request's.
    """
    with own_transaction(provider_id):
        row, attempt = locked_request(provider_id, public_id)
        if row.state != RequestState.WAITING:
            raise RequestDecided
        key = approval_key(row)
        settle_approval(provider_id=provider_id, key=key, user_id=user_id, now=now)
        terms = RefundTerms(
            amount=Money(row.granted_minor or 0, row.currency),
            destination=row.destination,
            overdraws=row.overdraws,
        )
        refund = _carry_out(row, attempt, terms, user_id, now)
    return send_refund(refund, now=now)


def decline_proposal(*, provider_id: int, public_id: str, user_id: int, now: datetime) -> None:
    """Decline, or take back, a proposal: what a client asked for is open again, what staff proposed is over.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the request.
        user_id: who decides.
        now: the present moment.

    Raises:
        RequestNotFound: the provider has no such request.
        RequestDecided: it does not wait for a second person.

    Idempotency: the second of two finds it decided.
    """
    with own_transaction(provider_id):
        row, _attempt = locked_request(provider_id, public_id)
        if row.state != RequestState.WAITING:
            raise RequestDecided
        drop_approval(provider_id=provider_id, key=approval_key(row), user_id=user_id, now=now)
        if row.by_staff:
            row.state, row.decided_by, row.decided_at = RequestState.WITHDRAWN, user_id, now
        else:
            row.state, row.proposed_by = RequestState.ASKED, None
            row.granted_minor, row.destination, row.overdraws = None, "", False
        row.save()


def reject_request(
    *, provider_id: int, public_id: str, answer: str, user_id: int, now: datetime
) -> None:
    """Reject a request; the client reads why.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the request.
        answer: the reason, at most 500 characters.
        user_id: who rejects it.
        now: the present moment.

    Raises:
        RequestNotFound: the provider has no such request.
        RequestDecided: it was decided before.
        ReasonMissing: no reason is given.

    Idempotency: the second of two finds it decided.
    """
    if not answer.strip():
        raise ReasonMissing
    with own_transaction(provider_id):
        row, _attempt = locked_request(provider_id, public_id)
        row.answer = answer.strip()[:500]
        close_request(row, RequestState.REJECTED, user_id, now)
        announce(row, now=now)


def _propose(row: RefundRequest, terms: RefundTerms, user_id: int, now: datetime) -> None:
    row.state, row.proposed_by = RequestState.WAITING, user_id
    row.proposals += 1
    row.granted_minor, row.destination = terms.amount.amount_minor, terms.destination
    row.overdraws = terms.overdraws
    row.save()
    request_approval(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        kind=PostingKind.REFUND,
        amount=-terms.amount,
        reason=row.reason,
        key=approval_key(row),
        user_id=user_id,
        now=now,
    )
    announce(row, now=now)


def _carry_out(
    row: RefundRequest, attempt: Attempt, terms: RefundTerms, user_id: int, now: datetime
) -> Refund:
    refund = open_refund(
        provider_id=row.provider_id,
        public_id=attempt.public_id,
        terms=terms,
        reason=row.reason,
        request_key=f"request:{row.public_id}",
        user_id=user_id,
        now=now,
        is_seconded=True,
    )
    row.state, row.decided_by, row.decided_at = RequestState.APPROVED, user_id, now
    row.granted_minor, row.destination = terms.amount.amount_minor, terms.destination
    row.overdraws, row.refund_id = terms.overdraws, refund.pk
    row.save()
    announce(row, now=now)
    marker("refund_request.carried_out")
    return refund
