"""What a customer reads of refunds of a payment: those made, what was asked for, and whether more can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.portal.payment_words import CUSTOMER_REFUNDS, CUSTOMER_REQUESTS
from payments.enums import OPEN_REQUESTS
from payments.selectors.refund_requests import asked_until, requests_of
from payments.selectors.refunds import refundable, refunds_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payments.selectors.refunds import Refundable, RefundView
    from payments.types import PaymentView, RefundRequestView


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request with its state for the customer; `is_open` while it can be withdrawn."""

    row: RefundRequestView
    pill: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class OwnRefunds:
    """Refunds of one payment.

    Attributes:
        made: refunds with the pill of each.
        requests: what the customer asked for, oldest first.
        rest: what can be given back, None when nothing ever came.
        until: until when a refund can be asked for, None when it cannot.
        may_ask: something is left, it is in time, and nothing is asked for yet.
    """

    made: Sequence[tuple[RefundView, str]]
    requests: Sequence[OwnRequest]
    rest: Refundable | None
    until: datetime | None
    may_ask: bool


def own_refunds(provider_id: int, row: PaymentView, *, now: datetime) -> OwnRefunds:
    """Return what there is of refunds of a payment, by a fixed number of queries.

    Args:
        provider_id: whose; the tenant's scope is open.
        row: the customer's payment.
        now: the present moment.
    """
    found = requests_of(provider_id, [row.id])
    rest = refundable(row, provider_id)
    until = asked_until(provider_id, row.id)
    is_asked = any(each.state in OPEN_REQUESTS for each in found)
    return OwnRefunds(
        made=[(one, CUSTOMER_REFUNDS[one.state]) for one in refunds_of(provider_id, [row.id])],
        requests=[
            OwnRequest(each, CUSTOMER_REQUESTS[each.state], each.state in OPEN_REQUESTS)
            for each in found
            if not each.by_staff
        ],
        rest=rest,
        until=until,
        may_ask=(
            rest is not None
            and bool(rest.left)
            and until is not None
            and now < until
            and not is_asked
        ),
    )
