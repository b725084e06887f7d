"""Disputes: asked about at the gateway and followed. Called by webhooks, the poller and the provider's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from payments.enums import CREDITED, DECIDABLE, DisputeState
from payments.errors import (
    DisputeNotFound,
    NothingToDecide,
    StillDisputed,
)
from payments.models import Attempt, Dispute, Method
from payments.services.asking import asking
from payments.services.dispute_outcomes import locked_dispute, note_dispute
from payments.services.gateways import load_gateway
from payments.services.settlement import locked, settle
from payments.services.sync import sync_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.gateways.protocol import Gateway
    from payments.gateways.values import GatewayDispute

MARKERS: Final = ("dispute.read", "dispute.locked", "dispute.posted", "dispute.kept")
_HOLDS: Final = (DisputeState.OPEN, DisputeState.LOST)


def record_dispute(
    *, provider_id: int, connection_id: int, gateway: Gateway, found: GatewayDispute, now: datetime
) -> int | None:
    """Follow a dispute that the gateway tells of; its payment is asked about first when it is not credited yet.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: at which connection.
        gateway: of the connection.
        found: the dispute as the gateway has it now, fetched with the provider's key.
        now: the present moment.

    Returns:
        The number of the payment that is disputed, None when that is none of ours.

    Raises:
        GatewayRefused, GatewayDown: what the gateway says when it is asked about the payment.

    Idempotency: by the gateway's id of the dispute.
    """
    marker("dispute.read")
    attempt_id = _payment_of(provider_id, connection_id, gateway, found, now)
    if attempt_id is None:
        return None
    with own_transaction(provider_id):
        attempt = locked(provider_id, attempt_id)
        marker("dispute.locked")
        note_dispute(attempt=attempt, found=found, now=now)
    return attempt_id


def ask_dispute(*, provider_id: int, dispute_id: int, now: datetime) -> str:
    """Bring a dispute to where it stands at the gateway, for who wants to know whether it answered.

    Args:
        provider_id: whose; no transaction is open.
        dispute_id: which.
        now: the present moment.

    Returns:
        Its state after it.

    Raises:
        DisputeNotFound: the provider has no such dispute.
        GatewayDown: the gateway gives no answer that can be trusted; nothing is changed.
        GatewayRefused: it refuses to answer.

    Idempotency: it may be called as often as one likes, by any number of processes at once.
    """
    row, gateway = _gateway_of(provider_id, dispute_id)
    with asking(row, now):
        record_dispute(
            provider_id=provider_id,
            connection_id=row.connection_id,
            gateway=gateway,
            found=gateway.fetch_dispute(row.external_id),
            now=now,
        )
    with own_transaction(provider_id):
        row.refresh_from_db(fields=["state"])
    return row.state


def accept_dispute(
    *, provider_id: int, public_id: str, seen: Money, user_id: int, now: datetime
) -> None:
    """Post what a quarantined dispute has taken: the client bears what is left of the payment, the provider the rest.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the dispute.
        seen: what has left the gateway, as the page showed it.
        user_id: who decides.
        now: the present moment.

    Raises:
        DisputeNotFound: the provider has no such dispute.
        NothingToDecide: it does not wait for a decision, or another amount has left by now.
        GatewayRefused, GatewayDown: the gateway cannot be asked.

    Idempotency: it is posted once; the second call is refused.
    """
    with own_transaction(provider_id):
        dispute_id = _id_of(provider_id, public_id)
    row, gateway = _gateway_of(provider_id, dispute_id)
    with asking(row, now):
        found = gateway.fetch_dispute(row.external_id)
    with own_transaction(provider_id):
        attempt, row = locked_dispute(provider_id, dispute_id)
        is_waiting = row.problem in DECIDABLE and row.accepted_by is None
        if not is_waiting or found.withdrawn != seen:
            raise NothingToDecide
        note_dispute(attempt=attempt, found=found, now=now, accepted_by=user_id)


def release_method(*, provider_id: int, public_id: str) -> None:
    """Let the method of a dispute be charged again, by a person's decision.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the dispute.

    Raises:
        DisputeNotFound: the provider has no such dispute.
        StillDisputed: a payment by the method is disputed, or was lost to a dispute.

    Idempotency: what is released stays so.
    """
    with own_transaction(provider_id):
        row = Dispute.objects.get(provider_id=provider_id, pk=_id_of(provider_id, public_id))
        if not row.method_id:
            return
        same = Dispute.objects.filter(
            provider_id=provider_id, connection_id=row.connection_id, method_id=row.method_id
        )
        # The method's row is the lock: a dispute that opens now freezes it again after this.
        methods = Method.objects.filter(
            provider_id=provider_id, connection_id=row.connection_id, method_id=row.method_id
        )
        list(methods.select_for_update())
        if same.filter(state__in=_HOLDS).exists():
            raise StillDisputed
        methods.update(frozen_at=None)


def _payment_of(
    provider_id: int,
    connection_id: int,
    gateway: Gateway,
    found: GatewayDispute,
    now: datetime,
) -> int | None:
    if not found.payment_id:
        return None
    own = {"provider_id": provider_id, "connection_id": connection_id}
    with own_transaction(provider_id):
        row = Attempt.objects.filter(**own, external_id=found.payment_id).first()
    if row is not None:
        if row.state not in CREDITED:
            sync_payment(provider_id=provider_id, attempt_id=row.pk, now=now)
        return row.pk
    # The payment's own event may come after its dispute's.
    paid = gateway.fetch_payment(found.payment_id)
    if not paid.reference:
        return None
    with own_transaction(provider_id):
        row = Attempt.objects.filter(**own, public_id=paid.reference).first()
    if row is None:
        return None
    settle(provider_id=provider_id, attempt_id=row.pk, found=paid, now=now)
    return row.pk


def _gateway_of(provider_id: int, dispute_id: int) -> tuple[Dispute, Gateway]:
    with own_transaction(provider_id):
        row = Dispute.objects.filter(provider_id=provider_id, pk=dispute_id).first()
        if row is None:
            raise DisputeNotFound
        return row, load_gateway(provider_id=provider_id, connection_id=row.connection_id)


def _id_of(provider_id: int, public_id: str) -> int:
    rows = Dispute.objects.filter(provider_id=provider_id, public_id=public_id)
    number = rows.values_list("pk", flat=True).first()
    if number is None:
        raise DisputeNotFound
    return number
