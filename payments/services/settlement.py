"""Bring an attempt to where its payment stands at the gateway, and credit it exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import (
    ACCEPTABLE,
    CREDITED,
    FAILED_STATES,
    OPEN_STATES,
    AttemptKind,
    AttemptState,
    Problem,
)
from payments.errors import NotQuarantined, PaymentNotFound, ReceivedChanged
from payments.gateways.values import PaymentState
from payments.models import Attempt, Connection
from payments.services.paid_with import COLUMNS
from payments.services.payment_credits import credit_payment
from payments.services.payment_facts import next_fee_poll, note_facts, note_later_fee
from payments.services.payment_notices import announce_bounce
from payments.services.schedule import next_poll
from payments.services.stored_events import take_up_refunds
from payments.services.topup_money import close_topup
from payments.services.transactions import own_transaction
from payments.services.verdicts import Asked, judge, may_move

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.values import GatewayPayment

MARKERS: Final = ("payment.locked", "payment.posted", "payment.settled")


def settle(*, provider_id: int, attempt_id: int, found: GatewayPayment, now: datetime) -> str:
    """Write down where a payment stands; money that the gateway has is credited once, whoever comes first.

    Args:
        provider_id: whose; no transaction is open.
        attempt_id: the attempt that the payment belongs to.
        found: as the gateway has it now, fetched with the provider's key; never from a webhook or an address.
        now: the present moment.

    Returns:
        The attempt's state after it.

    Raises:
        PaymentNotFound: the provider has no such attempt.

    Idempotency: by attempt; under its lock, and the posting by its key besides. An older view of the payment changes
        nothing that is further on.
    """
    with own_transaction(provider_id):
        row = locked(provider_id, attempt_id)
        marker("payment.locked")
        asked = Asked(row.public_id, Money(row.amount_minor, row.currency), _is_live(row))
        verdict = judge(asked, found)
        before = AttemptState(row.state)
        if before in CREDITED and found.payment_id != row.external_id:
            note_second(row, found, now)
            return row.state
        is_further = before is not verdict.state and not may_move(before, verdict.state)
        # What came a second time is decided on by people, what was given back by its refund; not by another look.
        is_theirs = row.problem == Problem.TWICE or row.given_back_by
        if before in CREDITED:
            note_later_fee(row, found.fee, now)
        if is_further or before in CREDITED or is_theirs:
            return row.state
        row.problem = verdict.problem
        row.failure_code = found.failure_code[:64] if verdict.state in FAILED_STATES else ""
        note_facts(row, found)
        if verdict.state is AttemptState.SUCCEEDED:
            credit_payment(row, found.received, now)
        move(row, verdict.state, now)
        # A charge has its own ladder, which tells what becomes of it.
        is_bounced = before is AttemptState.PENDING and row.state in FAILED_STATES
        if is_bounced and row.kind == AttemptKind.CHECKOUT:
            announce_bounce(row, now=now)
        return row.state


def accept_received(
    *,
    provider_id: int,
    public_id: str,
    found: GatewayPayment,
    seen: Money,
    user_id: int,
    now: datetime,
) -> None:
    """Credit what a quarantined payment has brought, by a person's decision; what was given back of it follows.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the payment.
        found: as the gateway has it now.
        seen: the amount that the person decided on.
        user_id: who decides.
        now: the present moment.

    Raises:
        PaymentNotFound: the provider has no such payment.
        NotQuarantined: it is not waiting, or is no money of this attempt (another mode, another reference).
        ReceivedChanged: the gateway has another amount than the person saw.

    Idempotency: the second call finds it credited and is refused.
    """
    with own_transaction(provider_id):
        row = locked_payment(provider_id, public_id)
        if row.state != AttemptState.QUARANTINED or row.problem not in ACCEPTABLE:
            raise NotQuarantined
        # What came a second time names the first.
        is_named = found.reference == row.public_id or row.problem == Problem.TWICE
        is_ours = is_named and found.is_live is _is_live(row)
        if found.state is not PaymentState.SUCCEEDED or not is_ours:
            raise NotQuarantined
        if found.received != seen or seen.amount_minor <= 0:
            raise ReceivedChanged
        row.accepted_by = user_id
        note_facts(row, found)
        credit_payment(row, found.received, now)
        move(row, AttemptState.SUCCEEDED, now)
        take_up_refunds(provider_id, row.connection_id, now=now)


def note_second(row: Attempt, found: GatewayPayment, now: datetime) -> None:
    """Write down a second payment that succeeded for an attempt which is credited by the first: people decide on it.

    Args:
        row: the attempt, locked in an open transaction.
        found: the payment as the gateway has it now.
        now: the present moment.

    Idempotency: by the gateway's id of the payment.
    """
    rows = Attempt.objects.filter(provider_id=row.provider_id, connection_id=row.connection_id)
    is_known = rows.filter(external_id=found.payment_id).exists()
    if found.state is not PaymentState.SUCCEEDED or is_known:
        return
    second = Attempt.objects.create(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        connection_id=row.connection_id,
        kind=row.kind,
        amount_minor=found.received.amount_minor,
        currency=found.received.currency,
        description=row.description,
        key=new_public_id("key"),
        request_key=f"twice:{found.payment_id}"[:100],
        created_at=now,
        state_at=now,
        customer_id=row.customer_id,
    )
    second.problem = Problem.TWICE
    note_facts(second, found)
    move(second, AttemptState.QUARANTINED, now)


def move(row: Attempt, state: str, now: datetime) -> None:
    """Put an attempt into a state and save it, with the time of the next question.

    Args:
        row: locked in an open transaction.
        state: where the table of moves allows it to go, or where it is.
        now: the present moment.
    """
    if row.state != state:
        row.state, row.state_at = state, now
        row.next_poll_at = None
        if state in FAILED_STATES:
            close_topup(provider_id=row.provider_id, attempt_id=row.pk, now=now)
            # A charge that was refused may still be paid at the gateway, until it is ended there.
            is_loose = state == AttemptState.FAILED and row.kind == AttemptKind.CHARGE
            row.next_poll_at = now if is_loose and row.external_id else None
    if row.state in OPEN_STATES:
        row.next_poll_at = next_poll(row.created_at, row.polls, now)
    else:
        row.checkout_url = ""
    if row.state == AttemptState.SUCCEEDED:
        row.next_poll_at = next_fee_poll(row, now)
    row.save(update_fields=_WRITTEN)
    marker("payment.settled")


def locked(provider_id: int, attempt_id: int) -> Attempt:
    """Return an attempt, locked until the end of the transaction.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: which.

    Raises:
        PaymentNotFound: the provider has no such attempt.
    """
    return _locked(provider_id, pk=attempt_id)


def locked_payment(provider_id: int, public_id: str) -> Attempt:
    """Return a payment by its public id, locked until the end of the transaction.

    Args:
        provider_id: whose; its scope is open.
        public_id: of the payment.

    Raises:
        PaymentNotFound: the provider has no such payment.
    """
    return _locked(provider_id, public_id=public_id)


def _locked(provider_id: int, **named: Any) -> Attempt:
    rows = Attempt.objects.select_for_update(no_key=True).filter(provider_id=provider_id)
    row = rows.filter(**named).first()
    if row is None:
        raise PaymentNotFound
    return row


_WRITTEN: Final = (
    "state",
    "state_at",
    "customer_id",
    "checkout_id",
    "checkout_url",
    "external_id",
    "failure_code",
    "received_minor",
    "received_currency",
    "fee_minor",
    "fee_currency",
    "problem",
    "posting_id",
    "settled_at",
    "accepted_by",
    "given_back_by",
    "next_poll_at",
    "polls",
    *COLUMNS,
)


def _is_live(row: Attempt) -> bool:
    return Connection.objects.get(provider_id=row.provider_id, pk=row.connection_id).is_live
