"""A customer asks for a refund and may withdraw it; one open request per payment. Called by the customer's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from accounts.services.approvals import drop_approval
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import OPEN_REQUESTS, RequestState
from payments.errors import (
    AmountRefused,
    AskingIsOff,
    FormReused,
    NotRefundable,
    PaymentNotFound,
    ReasonMissing,
    RefundTooLarge,
    RequestDecided,
    RequestIsOpen,
    RequestNotFound,
    TooLateToAsk,
)
from payments.models import Attempt, RefundRequest
from payments.selectors.refund_requests import asked_until
from payments.selectors.refunds import given_back
from payments.services.refund_notices import announce
from payments.services.settlement import locked_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

MARKERS: Final = ("refund_request.written", "refund_request.committed")


def ask_refund(
    *,
    provider_id: int,
    tenant_id: int,
    public_id: str,
    amount: Money,
    reason: str,
    request_key: str,
    user_id: int,
    now: datetime,
) -> str:
    """Ask the provider to give a payment back, or a part of it; nothing moves by that.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose payment.
        public_id: of the payment.
        amount: above 0, at most what is left of the payment.
        reason: a person's words, at most 500 characters.
        request_key: of the form, at most 150 characters.
        user_id: who asks.
        now: the present moment.

    Returns:
        The request's public id.

    Raises:
        PaymentNotFound: the tenant has no such payment.
        AskingIsOff, TooLateToAsk, RequestIsOpen, NotRefundable, AmountRefused, RefundTooLarge, ReasonMissing.
        FormReused: the key stands for another amount.

    Idempotency: by `request_key` per payment.
    """
    with own_transaction(provider_id):
        attempt = locked_payment(provider_id, public_id)
        if attempt.tenant_id != tenant_id:
            raise PaymentNotFound
        rows = RefundRequest.objects.filter(provider_id=provider_id, attempt_id=attempt.pk)
        before = rows.filter(request_key=request_key).first()
        if before is not None:
            if Money(before.amount_minor, before.currency) != amount:
                raise FormReused
            return before.public_id
        until = asked_until(provider_id, attempt.pk)
        if until is None:
            raise AskingIsOff
        if now >= until:
            raise TooLateToAsk
        row = new_request(
            attempt,
            amount=amount,
            reason=reason,
            request_key=request_key,
            user_id=user_id,
            now=now,
        )
        row.save(force_insert=True)
        announce(row, now=now)
        marker("refund_request.written")
    marker("refund_request.committed")
    return row.public_id


def new_request(
    attempt: Attempt,
    *,
    amount: Money,
    reason: str,
    request_key: str,
    user_id: int,
    now: datetime,
) -> RefundRequest:
    """Return a request that is not saved yet, once everything about it is right.

    Args:
        attempt: the payment, locked.
        amount: what is asked for.
        reason: a person's words.
        request_key: of the form.
        user_id: who asks.
        now: the present moment.

    Raises:
        RequestIsOpen: the payment has an open request.
        NotRefundable: nothing came in this currency.
        AmountRefused: nothing, or less.
        RefundTooLarge: more than what is left of the payment.
        ReasonMissing: no reason is given.
    """
    rows = RefundRequest.objects.filter(provider_id=attempt.provider_id, attempt_id=attempt.pk)
    if rows.filter(state__in=OPEN_REQUESTS).exists():
        raise RequestIsOpen
    if attempt.received_currency != amount.currency:
        raise NotRefundable
    if amount.amount_minor <= 0:
        raise AmountRefused(message=_("Ask for more than nothing."))
    left = (attempt.received_minor or 0) - given_back(attempt.provider_id, attempt.pk)
    if amount.amount_minor > left:
        raise RefundTooLarge
    if not reason.strip():
        raise ReasonMissing(message=_("Give a reason."))
    return RefundRequest(
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        attempt_id=attempt.pk,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=reason.strip()[:500],
        request_key=request_key,
        asked_by=user_id,
        asked_at=now,
    )


def withdraw_request(
    *, provider_id: int, tenant_id: int, public_id: str, user_id: int, now: datetime
) -> None:
    """Withdraw a request that nobody has decided on.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose request.
        public_id: of the request.
        user_id: who withdraws it.
        now: the present moment.

    Raises:
        RequestNotFound: the tenant has no such request of its own.
        RequestDecided: it was decided before.

    Idempotency: the second call finds it withdrawn and is refused.
    """
    with own_transaction(provider_id):
        row, _attempt = locked_request(provider_id, public_id)
        if row.tenant_id != tenant_id or row.by_staff:
            raise RequestNotFound
        close_request(row, RequestState.WITHDRAWN, user_id, now)
        announce(row, now=now)


def locked_request(provider_id: int, public_id: str) -> tuple[RefundRequest, Attempt]:
    """Return a request and its payment, both locked until the end of the transaction, the payment first.

    Args:
        provider_id: whose; its scope is open.
        public_id: of the request.

    Raises:
        RequestNotFound: the provider has no such request.
    """
    rows = RefundRequest.objects.filter(provider_id=provider_id, public_id=public_id)
    number = rows.values_list("attempt_id", flat=True).first()
    if number is None:
        raise RequestNotFound
    attempts = Attempt.objects.select_for_update(no_key=True)
    attempt = attempts.get(provider_id=provider_id, pk=number)
    return rows.select_for_update(no_key=True).get(), attempt


def close_request(row: RefundRequest, state: RequestState, user_id: int, now: datetime) -> None:
    """Reject or withdraw a request; one that waits for a second person needs none any more.

    Args:
        row: locked, with its answer.
        state: REJECTED or WITHDRAWN.
        user_id: who decides.
        now: the present moment.

    Raises:
        RequestDecided: it was decided before.
    """
    if row.state not in OPEN_REQUESTS:
        raise RequestDecided
    if row.state == RequestState.WAITING:
        drop_approval(
            provider_id=row.provider_id,
            key=approval_key(row),
            user_id=user_id,
            now=now,
            is_moot=state is RequestState.WITHDRAWN,
        )
    row.state, row.decided_by, row.decided_at = state, user_id, now
    row.save()


def approval_key(row: RefundRequest) -> str:
    """Return the key under which a second person is asked for the present proposal of a request."""
    return f"refund:{row.public_id}:{row.proposals}"
