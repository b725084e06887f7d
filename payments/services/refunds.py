"""Give money of a payment back to the payer: one key, one refund, whatever is lost on the way."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import NEVER_MADE, OPEN_REFUNDS, RefundDestination, RefundState
from payments.errors import PaymentNotFound
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.requests import RefundRequest
from payments.models import Attempt, Refund
from payments.services.asking import asking
from payments.services.gateways import load_gateway
from payments.services.refund_opening import open_refund
from payments.services.refund_outcomes import locked_refund, move_refund, note_refund
from payments.services.transactions import own_transaction
from payments.types import RefundTerms

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway

MARKERS: Final = ("refund.opened", "refund.sent", "refund.settled")


def give_back(
    *,
    provider_id: int,
    public_id: str,
    amount: Money,
    reason: str,
    request_key: str,
    user_id: int,
    now: datetime,
    destination: str = RefundDestination.ORIGINAL,
    overdraws: bool = False,
) -> str:
    """Refund a payment, or a part of it, to where it came from or to the balance; the client's wallet follows at once.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the payment.
        amount: above 0, in the currency that was received.
        reason: a person's words, at most 500 characters.
        request_key: of the form, at most 150 characters.
        user_id: who asks.
        now: the present moment.
        destination: of RefundDestination; to the balance no gateway is asked.
        overdraws: the balance may fall below zero for it.

    Returns:
        The refund's state: `unknown` when the answer was lost, `failed` when the gateway refuses it.

    Raises:
        PaymentNotFound, NotRefundable, AmountRefused, RefundTooLarge, RefundNotCovered, RefundNeedsSecond,
        NoWayToRefund, FormReused.

    Idempotency: by `request_key` per payment.
    """
    with own_transaction(provider_id):
        row = open_refund(
            provider_id=provider_id,
            public_id=public_id,
            terms=RefundTerms(amount=amount, destination=destination, overdraws=overdraws),
            reason=reason,
            request_key=request_key,
            user_id=user_id,
            now=now,
        )
    return send_refund(row, now=now)


def send_refund(row: Refund, *, now: datetime) -> str:
    """Ask the gateway for a refund that has just been opened; one to the balance is done already.

    Args:
        row: committed; no transaction is open.
        now: the present moment.

    Returns:
        Its state after it.

    Idempotency: by the refund's key at the gateway.
    """
    marker("refund.opened")
    if row.state == RefundState.CREATED:
        # The next question is due already.
        with suppress(GatewayDown):
            _send(row, now)
    with own_transaction(row.provider_id):
        row.refresh_from_db(fields=["state"])
    return row.state


def sync_refund(*, provider_id: int, refund_id: int, now: datetime) -> str:
    """Bring a refund to where it stands at the gateway, for who can wait when the gateway says nothing.

    Args, idempotency: as `ask_refund`.

    Returns:
        Its state after it; unchanged when the gateway gives no answer that can be trusted.

    Raises:
        PaymentNotFound: the provider has no such refund.
    """
    try:
        return ask_refund(provider_id=provider_id, refund_id=refund_id, now=now)
    except GatewayDown:
        with own_transaction(provider_id):
            return Refund.objects.get(provider_id=provider_id, pk=refund_id).state


def ask_refund(*, provider_id: int, refund_id: int, now: datetime) -> str:
    """Bring a refund to where it stands at the gateway, for who wants to know whether it answered.

    One whose answer was lost is asked for again by its key; once the key may be forgotten it is looked for, and it has
    failed when the gateway proves that there is none.

    Args:
        provider_id: whose; no transaction is open.
        refund_id: which.
        now: the present moment.

    Returns:
        Its state after it.

    Raises:
        PaymentNotFound: the provider has no such refund.
        GatewayDown: the gateway gives no answer that can be trusted.

    Idempotency: it may be called as often as one likes, by any number of processes at once.
    """
    with own_transaction(provider_id):
        row = Refund.objects.filter(provider_id=provider_id, pk=refund_id).first()
    if row is None:
        raise PaymentNotFound
    if row.external_id:
        _fetch(row, now)
    elif row.state in OPEN_REFUNDS:
        _ask_again(row, now)
    with own_transaction(provider_id):
        row.refresh_from_db(fields=["state"])
    return row.state


def _gateway(row: Refund) -> tuple[Gateway, RefundRequest]:
    with own_transaction(row.provider_id):
        gateway = load_gateway(provider_id=row.provider_id, connection_id=row.connection_id)
        attempt = Attempt.objects.get(provider_id=row.provider_id, pk=row.attempt_id)
    amount = Money(row.amount_minor, row.currency)
    return gateway, RefundRequest(row.key, attempt.external_id, amount, row.public_id)


def _send(row: Refund, now: datetime) -> None:
    gateway, request = _gateway(row)
    try:
        with asking(row, now):
            found = gateway.refund(request)
        marker("refund.sent")
        note_refund(provider_id=row.provider_id, refund_id=row.pk, found=found, now=now)
    except GatewayDown:
        _note(row, RefundState.UNKNOWN, "", now)
        raise
    except GatewayRefused as error:
        if not error.is_key:
            # What is refused may be the repetition of one that was made.
            _look_up(row, gateway, request, error.code, now)


def _ask_again(row: Refund, now: datetime) -> None:
    """Ask by the same key while it holds; later a second call could be a second refund, so it is looked for."""
    gateway, request = _gateway(row)
    if now - row.created_at <= gateway.capabilities.refund_key_holds:
        _send(row, now)
    else:
        _look_up(row, gateway, request, NEVER_MADE, now)


def _look_up(
    row: Refund, gateway: Gateway, request: RefundRequest, code: str, now: datetime
) -> None:
    """Note a refund that the gateway has; one that it does not have has failed."""
    try:
        with asking(row, now):
            found = gateway.find_refund(request)
        if found is not None:
            note_refund(provider_id=row.provider_id, refund_id=row.pk, found=found, now=now)
            return
    except GatewayDown as error:
        # Whose lists prove nothing keeps keys for long: its refusal is the answer of the first call.
        if code == NEVER_MADE or not error.is_unsearchable:
            _note(row, RefundState.UNKNOWN, "", now)
            raise
    except GatewayRefused as error:
        if error.is_key:
            return
        if code == NEVER_MADE and not error.is_missing:
            _note(row, RefundState.UNKNOWN, "", now)
            return
    _note(row, RefundState.FAILED, code, now)


def _fetch(row: Refund, now: datetime) -> None:
    gateway, _request = _gateway(row)
    # A refusal changes nothing: the next question is due already.
    with suppress(GatewayRefused), asking(row, now):
        found = gateway.fetch_refund(row.external_id)
        note_refund(provider_id=row.provider_id, refund_id=row.pk, found=found, now=now)


def _note(row: Refund, state: RefundState, code: str, now: datetime) -> None:
    with own_transaction(row.provider_id):
        fresh = locked_refund(row.provider_id, row.pk)
        # Its webhook may have told more in the meantime.
        if not fresh.external_id and fresh.state in OPEN_REFUNDS:
            move_refund(fresh, state, code, now)
