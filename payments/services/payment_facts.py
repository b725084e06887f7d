"""What a gateway says of a payment besides where it stands: its id, what came, with what, and the fee, now or later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payments.services.paid_with import note_paid_with

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.gateways.values import GatewayPayment
    from payments.models import Attempt

# A gateway that tells no fee with the money is asked once a day, for so long.
FEE_WAIT: Final = timedelta(days=1)
FEE_ENDS: Final = timedelta(days=3)
_FEE: Final = ("fee_minor", "fee_currency", "next_poll_at")


def note_facts(row: Attempt, found: GatewayPayment) -> None:
    """Write down what the gateway says of a payment; whoever calls saves it.

    Args:
        row: the attempt, locked in an open transaction.
        found: as the gateway has it now.
    """
    row.external_id = found.payment_id
    note_paid_with(row, found.paid_with)
    row.received_minor = found.received.amount_minor
    row.received_currency = found.received.currency
    _note_fee(row, found.fee)


def note_later_fee(row: Attempt, fee: Money | None, now: datetime) -> None:
    """Write down the fee of a payment that is credited already, when it is told for the first time.

    Args:
        row: the attempt, locked in an open transaction.
        fee: what the gateway keeps, in whatever currency, or None.
        now: the present moment.

    Idempotency: a fee that is known stays.
    """
    if row.fee_minor is None:
        _note_fee(row, fee)
        row.next_poll_at = next_fee_poll(row, now)
        row.save(update_fields=_FEE)


def next_fee_poll(row: Attempt, now: datetime) -> datetime | None:
    """Return when a credited payment is asked about for its fee, None when that is known or not told for days.

    Args:
        row: with `settled_at`.
        now: the present moment.
    """
    is_old = row.settled_at is None or now - row.settled_at >= FEE_ENDS
    return None if is_old or row.fee_minor is not None else now + FEE_WAIT


def _note_fee(row: Attempt, fee: Money | None) -> None:
    if fee is not None:
        row.fee_minor, row.fee_currency = fee.amount_minor, fee.currency
