"""What became of a refund at the gateway: written down once; one that failed gives the wallet its money again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post, reverse
from accounts.types import Line, PostingRequest
from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import CREDITED, OPEN_REFUNDS, REFUND_MOVES, RefundState
from payments.errors import PaymentNotFound
from payments.gateways.values import RefundState as Found
from payments.models import Attempt, Refund
from payments.models.refund import new_refund_id
from payments.selectors.borne_refunds import borne_by_provider, due_from_provider
from payments.selectors.tax_returns import tax_return_of
from payments.services.asking import odd
from payments.services.bonus_returns import bring_bonus
from payments.services.borne_refunds import share_loss_again
from payments.services.given_back import follow_given_back
from payments.services.refund_failures import announce_failure
from payments.services.schedule import next_poll
from payments.services.settlement import locked
from payments.services.sync import sync_payment
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.values import GatewayRefund

SOURCE: Final = "refund"
MARKERS: Final = ("refund.recorded",)
_STATES: Final = {
    Found.PENDING: RefundState.PENDING,
    Found.SUCCEEDED: RefundState.SUCCEEDED,
    Found.FAILED: RefundState.FAILED,
    Found.CANCELED: RefundState.FAILED,
}


def note_refund(*, provider_id: int, refund_id: int, found: GatewayRefund, now: datetime) -> str:
    """Write down where a refund stands.

    Args:
        provider_id: whose; no transaction is open.
        refund_id: ours.
        found: as the gateway has it now, fetched with the provider's key.
        now: the present moment.

    Returns:
        The refund's state after it.

    Raises:
        GatewayDown: it is of another payment or amount, so it cannot be ours, or the gateway has done what it
            called failed before; people have to look at it.

    Idempotency: by refund, under its payment's lock; an older view changes nothing that is further on.
    """
    with own_transaction(provider_id):
        row = locked_refund(provider_id, refund_id)
        attempt = Attempt.objects.get(provider_id=provider_id, pk=row.attempt_id)
        asked = Money(row.amount_minor, row.currency)
        is_same = row.external_id in ("", found.refund_id)
        if found.payment_id != attempt.external_id or found.amount != asked or not is_same:
            raise odd("The gateway's refund is another than ours.")
        if row.state == RefundState.FAILED and _STATES[found.state] is not RefundState.FAILED:
            if row.external_id:
                raise odd("The gateway did what had failed.")
            # The wallet has its money again, and it has gone all the same: like one of the dashboard.
            _write_once(attempt, found, now)
            return row.state
        row.external_id = found.refund_id
        move_refund(row, _STATES[found.state], found.failure_code, now)
        return row.state


def move_refund(row: Refund, state: RefundState, code: str, now: datetime) -> None:
    """Put a refund into a state, where the table of moves allows it, and save it; a failed one is reversed.

    Args:
        row: locked in an open transaction.
        state: where it goes.
        code: the gateway's word for why it failed, or "".
        now: the present moment.
    """
    if state in REFUND_MOVES[RefundState(row.state)]:
        before, row.state, row.state_at = row.state, state, now
        if state is RefundState.FAILED:
            row.failure_code = code[:64]
            row.reversal_id = _give_again(row, now)
            announce_failure(row, before, now=now)
    is_open = row.state in OPEN_REFUNDS
    row.next_poll_at = next_poll(row.created_at, row.polls, now) if is_open else None
    row.save()
    if row.reversal_id is not None:
        share_loss_again(row.provider_id, row.attempt_id, now)
    marker("refund.settled")


def locked_refund(provider_id: int, refund_id: int) -> Refund:
    """Return a refund, held by its payment's lock until the end of the transaction.

    Args:
        provider_id: whose; its scope is open.
        refund_id: which.

    Raises:
        PaymentNotFound: the provider has no such refund.
    """
    rows = Refund.objects.filter(provider_id=provider_id, pk=refund_id)
    attempt_id = rows.values_list("attempt_id", flat=True).first()
    if attempt_id is None:
        raise PaymentNotFound
    locked(provider_id, attempt_id)
    return rows.select_for_update(no_key=True).get()


def take(
    attempt: Attempt,
    public_id: str,
    amount: Money,
    *,
    floor: int | None,
    now: datetime,
    tax_minor: int = 0,
    borne_minor: int = 0,
) -> int:
    """Let the wallet pay a refund, but for the tax in it, and return the posting.

    Args:
        attempt: the payment, locked.
        public_id: of the refund; the posting's natural key.
        amount: above 0.
        floor: what must stay available, minor units; None when the money has gone already.
        now: the moment of posting.
        tax_minor: what of it is tax, which goes back from where it is owed.
        borne_minor: what of it the provider bears.

    Raises:
        InsufficientFunds: the wallet would have less than `floor`.
    """
    minor = amount.amount_minor
    lines = (
        Line(
            kind=AccountKind.WALLET,
            amount_minor=tax_minor + borne_minor - minor,
            tenant_id=attempt.tenant_id,
        ),
        Line(kind=AccountKind.TAX_PAYABLE, amount_minor=-tax_minor),
        Line(kind=AccountKind.BAD_DEBT, amount_minor=-borne_minor),
        Line(kind=AccountKind.GATEWAY_CLEARING, amount_minor=minor),
    )
    request = PostingRequest(
        kind=PostingKind.REFUND,
        currency=amount.currency,
        lines=tuple(line for line in lines if line.amount_minor),
        key=f"refund:{public_id}",
        source_type=SOURCE,
        source_id=public_id,
        floor=floor,
        spares_bonus=True,
    )
    return post(provider_id=attempt.provider_id, request=request, now=now).posting_id


def tax_parts(attempt: Attempt, amount: Money) -> tuple[int, ...]:
    """Return what of a refund is tax, minor units, one per tax of the payment's top-up; empty without tax.

    Args:
        attempt: the payment, locked.
        amount: of the refund, in the currency that came.
    """
    received = Money(attempt.received_minor or 0, attempt.received_currency)
    back = tax_return_of(attempt.provider_id, attempt.pk, received)
    return back.parts_of(amount.amount_minor) if back else ()


def record_refund(
    *, provider_id: int, connection_id: int, found: GatewayRefund, now: datetime
) -> int | None:
    """Follow a refund that the gateway tells of: ours, or one that somebody made in its dashboard.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: at which connection.
        found: as the gateway has it now.
        now: the present moment.

    Returns:
        The number of the payment that it gives back, None when that is none of ours.

    Raises:
        GatewayDown: the payment is not credited yet, or the currency differs: it is looked at again later.

    Idempotency: by the gateway's id of the refund.
    """
    with own_transaction(provider_id):
        known = _known(provider_id, connection_id, found)
        rows = Attempt.objects.filter(provider_id=provider_id, connection_id=connection_id)
        attempt = rows.filter(external_id=found.payment_id).exclude(external_id="").first()
    if known is not None:
        note_refund(provider_id=provider_id, refund_id=known.pk, found=found, now=now)
        return known.attempt_id
    if attempt is None:
        return None
    if attempt.state not in CREDITED:
        sync_payment(provider_id=provider_id, attempt_id=attempt.pk, now=now)
    with own_transaction(provider_id):
        attempt = locked(provider_id, attempt.pk)
        is_new = _known(provider_id, connection_id, found) is None
        if is_new and not follow_given_back(attempt, found, now):
            _write_foreign(attempt, found, now)
    marker("refund.recorded")
    return attempt.pk


def _known(provider_id: int, connection_id: int, found: GatewayRefund) -> Refund | None:
    rows = Refund.objects.filter(provider_id=provider_id, connection_id=connection_id)
    by_id = rows.filter(external_id=found.refund_id).first()
    if by_id is not None or not found.reference:
        return by_id
    return rows.filter(public_id=found.reference, external_id="").first()


def _write_once(attempt: Attempt, found: GatewayRefund, now: datetime) -> None:
    rows = Refund.objects.filter(
        provider_id=attempt.provider_id, connection_id=attempt.connection_id
    )
    if not rows.filter(external_id=found.refund_id).exists():
        _write_foreign(attempt, found, now)


def _write_foreign(attempt: Attempt, found: GatewayRefund, now: datetime) -> None:
    if attempt.state not in CREDITED or found.amount.currency != attempt.received_currency:
        raise odd("The refund is of a payment not credited yet.")
    public_id, state = new_refund_id(), _STATES[found.state]
    has_left = state is not RefundState.FAILED
    parts: tuple[int, ...] = ()
    if has_left:
        parts = tax_parts(attempt, found.amount)
        bring_bonus(attempt.provider_id, attempt.pk, found.amount, f"{SOURCE}:{public_id}", now)
    Refund.objects.create(
        public_id=public_id,
        provider_id=attempt.provider_id,
        tenant_id=attempt.tenant_id,
        connection_id=attempt.connection_id,
        attempt_id=attempt.pk,
        amount_minor=found.amount.amount_minor,
        currency=found.amount.currency,
        key=new_public_id("key"),
        request_key=f"gateway:{found.refund_id}",
        created_at=now,
        state=state,
        state_at=now,
        external_id=found.refund_id,
        failure_code=found.failure_code[:64],
        # The gateway has paid it, whether the wallet can or not.
        tax_parts=list(parts),
        posting_id=take(
            attempt,
            public_id,
            found.amount,
            floor=None,
            now=now,
            tax_minor=sum(parts),
            borne_minor=_borne(attempt, found.amount),
        )
        if has_left
        else None,
        next_poll_at=next_poll(now, 0, now) if state in OPEN_REFUNDS else None,
    )


def _borne(attempt: Attempt, amount: Money) -> int:
    """Return what of a refund the provider bears: a lost dispute has taken it from the client before."""
    more = due_from_provider(attempt, amount.amount_minor)
    return more - borne_by_provider(attempt.provider_id, attempt.pk) if more else 0


def _give_again(row: Refund, now: datetime) -> int | None:
    if row.posting_id is None:
        return None
    bring_bonus(
        row.provider_id, row.attempt_id, Money(0, row.currency), f"{SOURCE}:{row.public_id}", now
    )
    result = reverse(
        provider_id=row.provider_id,
        posting_id=row.posting_id,
        key=f"refund:{row.public_id}:failed",
        now=now,
    )
    return result.posting_id
