"""Where a dispute stands at the gateway: written down under its payment's lock, and the ledger follows the money."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Sum

from billing_platform.kernel.markers import marker
from payments.enums import (
    CREDITED,
    OPEN_DISPUTES,
    AttemptState,
    DisputeProblem,
    DisputeState,
)
from payments.errors import DisputeNotFound
from payments.models import Attempt, Dispute
from payments.models.dispute import new_dispute_id
from payments.selectors.refunds import sent_back
from payments.services.asking import odd
from payments.services.borne_refunds import share_loss
from payments.services.dispute_money import hold
from payments.services.dispute_verdicts import Disputed, Held, is_older, judge_dispute
from payments.services.method_freezing import freeze_method
from payments.services.payment_notices import announce_return
from payments.services.schedule import next_poll
from payments.services.settlement import locked
from payments.services.staff_notices import announce_dispute

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.values import GatewayDispute

# Money of a dispute that was won comes a little later, or stays away in part; so is its fee told.
AWAITED: Final = timedelta(days=30)


def note_dispute(
    *, attempt: Attempt, found: GatewayDispute, now: datetime, accepted_by: int | None = None
) -> Dispute:
    """Write down where a dispute stands, post what moved, and let payment and method follow.

    Args:
        attempt: its payment, locked in an open transaction.
        found: as the gateway has it now, fetched with the provider's key.
        now: the present moment.
        accepted_by: number of the user who decided that the provider bears what the client does not.

    Returns:
        The dispute's row.

    Raises:
        GatewayDown: its currency is another than before; people have to look at it.

    Idempotency: by the gateway's id under the payment's lock; an older view changes nothing.
    """
    row, before = _row_of(attempt, found, now)
    if row.currency != found.amount.currency:
        raise odd("The dispute is in another currency by now.")
    row.asked_at = now
    if not is_older(before, found):
        row.accepted_by = row.accepted_by or accepted_by
        _apply(row, before, attempt, found, now)
    row.next_poll_at = _next_poll(row, found, now)
    row.save()
    if before is None:
        announce_dispute(row, now=now)
        if row.is_return:
            announce_return(row, now=now)
    share_loss(attempt, row, now)
    _lead_payment(attempt, now)
    marker("dispute.kept")
    return row


def locked_dispute(provider_id: int, dispute_id: int) -> tuple[Attempt, Dispute]:
    """Return a dispute and its payment, both locked until the end of the transaction.

    Args:
        provider_id: whose; its scope is open.
        dispute_id: which.

    Raises:
        DisputeNotFound: the provider has no such dispute.
    """
    rows = Dispute.objects.filter(provider_id=provider_id, pk=dispute_id)
    attempt_id = rows.values_list("attempt_id", flat=True).first()
    if attempt_id is None:
        raise DisputeNotFound
    attempt = locked(provider_id, attempt_id)
    return attempt, rows.select_for_update(no_key=True).get()


def _row_of(
    attempt: Attempt, found: GatewayDispute, now: datetime
) -> tuple[Dispute, DisputeState | None]:
    """Return the dispute's row and where it stood, None when it is new and not saved yet."""
    own = {"provider_id": attempt.provider_id, "connection_id": attempt.connection_id}
    rows = Dispute.objects.filter(**own, external_id=found.dispute_id)
    row = rows.select_for_update(no_key=True).first()
    if row is not None:
        return row, DisputeState(row.state)
    return Dispute(
        **own,
        public_id=new_dispute_id(),
        tenant_id=attempt.tenant_id,
        attempt_id=attempt.pk,
        external_id=found.dispute_id,
        method_id=(attempt.method_id or found.method_id)[:128],
        is_return=found.is_return,
        currency=found.amount.currency,
        created_at=now,
        state=DisputeState(found.state.value),
        state_at=now,
    ), None


def _apply(
    row: Dispute,
    before: DisputeState | None,
    attempt: Attempt,
    found: GatewayDispute,
    now: datetime,
) -> None:
    verdict = judge_dispute(_known(row, before, attempt), found)
    if before is not verdict.state:
        row.state, row.state_at = verdict.state, now
    row.amount_minor = found.amount.amount_minor
    row.withdrawn_minor = found.withdrawn.amount_minor
    row.reason, row.evidence_due_at = found.reason[:64], found.evidence_due_at
    row.problem = verdict.problem
    hold(row, verdict.holds, now)
    if verdict.state in _TAKES:
        freeze_method(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            connection_id=row.connection_id,
            method_id=row.method_id,
            now=now,
        )


_TAKES: Final = (DisputeState.OPEN, DisputeState.LOST)


def _known(row: Dispute, before: DisputeState | None, attempt: Attempt) -> Disputed:
    others: Any = Dispute.objects.filter(provider_id=row.provider_id, attempt_id=attempt.pk)
    taken = others.exclude(pk=row.pk).aggregate(sum=Sum("taken_minor", default=0))["sum"]
    back = sent_back(row.provider_id, attempt.pk)
    return Disputed(
        state=before,
        held=Held(row.taken_minor, row.borne_minor, row.fee_minor),
        currency=attempt.received_currency,
        left=(attempt.received_minor or 0) - back - taken,
        is_credited=attempt.state in CREDITED,
        is_accepted=row.accepted_by is not None,
    )


def _next_poll(row: Dispute, found: GatewayDispute, now: datetime) -> datetime | None:
    is_short = row.state == DisputeState.WON and row.withdrawn_minor
    is_awaited = (
        row.state in OPEN_DISPUTES
        or row.problem == DisputeProblem.PAYMENT
        or ((is_short or found.is_awaited) and now - row.state_at < AWAITED)
    )
    return next_poll(row.created_at, row.polls, now) if is_awaited else None


def _lead_payment(attempt: Attempt, now: datetime) -> None:
    """Let a credited payment be disputed while one of its disputes takes money of it, and come back from it."""
    if attempt.state not in CREDITED:
        return
    rows = Dispute.objects.filter(provider_id=attempt.provider_id, attempt_id=attempt.pk)
    is_disputed = rows.filter(state__in=_TAKES).exists() or rows.filter(taken_minor__gt=0).exists()
    state = AttemptState.DISPUTED if is_disputed else AttemptState.SUCCEEDED
    if attempt.state != state:
        attempt.state, attempt.state_at = state, now
        attempt.save(update_fields=["state", "state_at"])
