"""Ask the gateway where a payment stands, and follow. Called by the return page, webhooks, the poller and staff."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payments.enums import OPEN_STATES, AttemptKind, AttemptState
from payments.errors import PaymentNotFound
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.requests import LookUp
from payments.gateways.values import CheckoutState, PaymentState
from payments.models import Attempt
from payments.services.asking import asking, silence
from payments.services.charge_ending import end_charge, is_loose
from payments.services.charges import charge, look_after
from payments.services.checkout import open_page
from payments.services.gateways import load_gateway
from payments.services.schedule import KEY_HOLDS, PAGE_HOLDS
from payments.services.settlement import locked, move, settle
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import Checkout, GatewayPayment

# Whoever opened it is not at it any more: a call with all its retries is over by then.
GIVEN_UP: Final = timedelta(minutes=10)
_ON_PAGE: Final = (AttemptState.REQUIRES_ACTION, AttemptState.CANCELED)
_TAKEN: Final = (PaymentState.SUCCEEDED, PaymentState.PENDING)


def sync_payment(*, provider_id: int, attempt_id: int, now: datetime) -> str:
    """Bring a payment to where it stands at the gateway, for who can wait when the gateway says nothing.

    Args, idempotency: as `ask_payment`.

    Returns:
        Its state after it; unchanged when the gateway gives no answer that can be trusted.

    Raises:
        PaymentNotFound: the provider has no such payment.
    """
    try:
        return ask_payment(provider_id=provider_id, attempt_id=attempt_id, now=now)
    except (GatewayDown, GatewayRefused):
        # The next question is due already, and the page says that we are confirming.
        with own_transaction(provider_id):
            return Attempt.objects.get(provider_id=provider_id, pk=attempt_id).state


def ask_payment(*, provider_id: int, attempt_id: int, now: datetime) -> str:
    """Bring a payment to where it stands at the gateway, for who wants to know whether it answered.

    Args:
        provider_id: whose; no transaction is open.
        attempt_id: which.
        now: the present moment.

    Returns:
        Its state after it.

    Raises:
        PaymentNotFound: the provider has no such payment.
        GatewayDown: the gateway gives no answer that can be trusted; nothing is changed.
        GatewayRefused: it refuses to answer, and the payment stays where it was.

    Idempotency: it may be called as often as one likes, by any number of processes at once.
    """
    with own_transaction(provider_id):
        row = Attempt.objects.filter(provider_id=provider_id, pk=attempt_id).first()
        if row is None:
            raise PaymentNotFound
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    before = row.state
    try:
        _ask(row, gateway, now)
    except GatewayRefused as error:
        _note_refusal(row, error, now)
        if _state_of(row) == before:
            raise
    state = _state_of(row)
    if state == AttemptState.UNKNOWN:
        # It was asked for the money again, and the answer was lost again.
        raise silence()
    return state


def _state_of(row: Attempt) -> str:
    with own_transaction(row.provider_id):
        row.refresh_from_db(fields=["state"])
    return row.state


def _ask(row: Attempt, gateway: Gateway, now: datetime) -> None:
    if row.checkout_id and (row.state in _ON_PAGE or not row.external_id):
        _follow_page(row, _page(row, gateway, now), now)
    elif is_loose(row):
        end_charge(row=row, gateway=gateway, now=now)
    elif row.external_id:
        with asking(row, now):
            found = gateway.fetch_payment(row.external_id)
        _settle(row, found, now)
    elif row.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
        _recover(row, gateway, now)


def _page(row: Attempt, gateway: Gateway, now: datetime) -> Checkout:
    """Return a payment's page as it stands; one that nobody has paid for a day is closed, where the gateway can."""
    with asking(row, now):
        page = gateway.advance_checkout(row.checkout_id)
    is_left = page.state is CheckoutState.OPEN and not _is_taken(page)
    if is_left and row.state in OPEN_STATES and now - row.created_at > PAGE_HOLDS:
        with asking(row, now):
            return gateway.expire_checkout(row.checkout_id)
    return page


def _is_taken(page: Checkout) -> bool:
    return page.payment is not None and page.payment.state in _TAKEN


def _follow_page(row: Attempt, page: Checkout, now: datetime) -> None:
    payment, is_open = page.payment, page.state is CheckoutState.OPEN
    is_old = now - row.created_at > PAGE_HOLDS
    if payment is not None and (_is_taken(page) or not is_open):
        _settle(row, payment, now)
    elif page.state is CheckoutState.EXPIRED or (is_open and is_old):
        # Who does pay a page later that its gateway cannot close is credited all the same.
        _end(row, AttemptState.CANCELED, "expired", now)
    # A page that is open may still be paid: one declined card is not the end of it.


def _recover(row: Attempt, gateway: Gateway, now: datetime) -> None:
    """Find out what became of a call whose answer was lost; it never gets a second key."""
    age = now - row.created_at
    if not row.customer_id and gateway.capabilities.makes_customers:
        # The process ended before the gateway heard of it.
        if age > GIVEN_UP:
            _end(row, AttemptState.CANCELED, "never_started", now)
        return
    if row.kind == AttemptKind.CHARGE or age > KEY_HOLDS:
        found = _look_up(row, gateway, now, is_forgotten=age > KEY_HOLDS)
        if found is not None:
            _settle(row, found, now)
            if found.state is PaymentState.FAILED:
                look_after(row=row, code=found.failure_code, now=now)
            return
    if age > KEY_HOLDS:
        # Nobody ever saw the page, and the gateway has no charge: nothing can come of it any more.
        _end(row, AttemptState.CANCELED, "never_started", now)
    elif row.kind == AttemptKind.CHARGE:
        charge(row=row, gateway=gateway, now=now)
    else:
        open_page(row=row, gateway=gateway, now=now)


def _look_up(
    row: Attempt, gateway: Gateway, now: datetime, *, is_forgotten: bool
) -> GatewayPayment | None:
    wanted = LookUp(reference=row.public_id, customer_id=row.customer_id, since=row.created_at)
    try:
        with asking(row, now):
            return gateway.find_payment(wanted)
    except GatewayDown as error:
        # The key tells while it holds, and of a page that nobody saw nothing can come. A charge stays unknown: its
        # event, which is listed each hour, names it.
        is_charge = row.kind == AttemptKind.CHARGE
        if not error.is_unsearchable or (is_forgotten and is_charge):
            raise
        return None


def _settle(row: Attempt, found: GatewayPayment, now: datetime) -> None:
    settle(provider_id=row.provider_id, attempt_id=row.pk, found=found, now=now)


def _end(row: Attempt, state: AttemptState, code: str, now: datetime) -> None:
    with own_transaction(row.provider_id):
        fresh = locked(row.provider_id, row.pk)
        if fresh.state == row.state and fresh.state != state:
            fresh.failure_code = code
            move(fresh, state, now)


def _note_refusal(row: Attempt, error: GatewayRefused, now: datetime) -> None:
    if error.is_key:
        return
    if row.checkout_id and row.state == AttemptState.REQUIRES_ACTION and error.is_missing:
        # PayPal forgets a page that nobody has paid.
        _end(row, AttemptState.CANCELED, "expired", now)
        return
    with own_transaction(row.provider_id):
        if not row.checkout_id and not row.external_id:
            fresh = locked(row.provider_id, row.pk)
            if fresh.state in (AttemptState.CREATED, AttemptState.UNKNOWN):
                fresh.failure_code = (error.decline_code or error.code)[:64]
                move(fresh, AttemptState.FAILED, now)
