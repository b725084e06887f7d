"""Whether a payment can go back to where it came from, without asking its gateway. Called by pages and the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import ConnectionState, NoWayBack, RefundDestination, RefundState
from payments.errors import PaymentNotFound
from payments.models import Attempt, Connection, Refund
from payments.selectors.tax_returns import tax_return_of
from payments.services.gateways import load_gateway
from tenants.registry import REFUNDS_DESTINATION
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

# What gateways say when the card or account that was charged takes no money any more.
CLOSED: Final = frozenset(
    {
        "expired_or_canceled_card",
        "lost_or_stolen_card",
        "account_closed",
        "payee_account_restricted",
    }
)


@dataclass(frozen=True, slots=True)
class RefundChoice:
    """Where a payment may go back to.

    Attributes:
        offered: where it may go.
        default: where it goes unless somebody decides otherwise.
        bar: why not to where it came from.
    """

    offered: tuple[RefundDestination, ...]
    default: RefundDestination
    bar: NoWayBack


def why_no_way_back(attempt: Attempt, *, now: datetime) -> NoWayBack:
    """Return why a payment can only go to the balance, NONE when its gateway can give it back.

    Args:
        attempt: the payment; its provider's scope is open.
        now: the present moment.
    """
    rows = Connection.objects.filter(provider_id=attempt.provider_id, pk=attempt.connection_id)
    if rows.filter(state=ConnectionState.BROKEN).exists():
        return NoWayBack.CONNECTION
    try:
        gateway = load_gateway(provider_id=attempt.provider_id, connection_id=attempt.connection_id)
    except DomainError:
        return NoWayBack.CONNECTION
    days = gateway.capabilities.refund_days
    paid_at = attempt.settled_at or attempt.created_at
    if days is not None and now - paid_at > timedelta(days=days):
        return NoWayBack.AGE
    refunds = Refund.objects.filter(provider_id=attempt.provider_id, attempt_id=attempt.pk)
    last = refunds.filter(destination=RefundDestination.ORIGINAL).order_by("-pk").first()
    if last is not None and last.state == RefundState.FAILED and last.failure_code in CLOSED:
        return NoWayBack.METHOD
    return NoWayBack.NONE


def refund_choice(provider_id: int, attempt_id: int, *, now: datetime) -> RefundChoice:
    """Return where a payment may go back to, and where it goes unless somebody decides otherwise.

    Args:
        provider_id: whose; no scope of another provider is open.
        attempt_id: the payment's number.
        now: the present moment.

    Raises:
        PaymentNotFound: the provider has no such payment.
    """
    # A customer's scope sees no credentials, and so no gateway.
    with provider_scope(provider_id):
        row = Attempt.objects.filter(provider_id=provider_id, pk=attempt_id).first()
        if row is None:
            raise PaymentNotFound
        bar = why_no_way_back(row, now=now)
        usual = RefundDestination(get_setting(provider_id, REFUNDS_DESTINATION))
        received = Money(row.received_minor or 0, row.received_currency or row.currency)
        is_taxed = tax_return_of(provider_id, attempt_id, received) is not None
    if is_taxed and bar is NoWayBack.NONE:
        return RefundChoice((RefundDestination.ORIGINAL,), RefundDestination.ORIGINAL, bar)
    if bar is NoWayBack.NONE:
        return RefundChoice(tuple(RefundDestination), usual, bar)
    return RefundChoice((RefundDestination.BALANCE,), RefundDestination.BALANCE, bar)
