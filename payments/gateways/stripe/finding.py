"""What became of a lost answer: Stripe's own lists, which are consistent; its search lags. The gateway calls them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from payments.gateways.stripe.client import filled, listed
from payments.gateways.stripe.fields import inner, text, words
from payments.gateways.stripe.reading import to_refund

if TYPE_CHECKING:
    from payments.gateways.requests import LookUp, RefundRequest
    from payments.gateways.values import GatewayRefund

# A clock of ours may be ahead of Stripe's.
SKEW: Final = timedelta(minutes=5)


def payments_of(sdk: Any, wanted: LookUp) -> list[str]:
    """Return the ids of the payments that carry a reference, newest first.

    Args:
        sdk: `v1` of the connection's client.
        wanted: the attempt.
    """
    since = int((wanted.since - SKEW).timestamp())
    params = filled({"customer": wanted.customer_id, "created": {"gte": since}})
    found = listed(sdk.payment_intents.list, params)
    return [text(one, "id") for one in found if _reference(one) == wanted.reference]


def refund_of(sdk: Any, wanted: RefundRequest) -> GatewayRefund | None:
    """Return the refund of a payment that carries a reference, None when there is none.

    Args:
        sdk: `v1` of the connection's client.
        wanted: the refund.
    """
    found = listed(sdk.refunds.list, {"payment_intent": wanted.payment_id})
    ours = [to_refund(one) for one in found if _reference(one) == wanted.reference]
    return next(iter(ours), None)


def _reference(found: dict[str, Any]) -> str:
    return words(inner(found, "metadata") or {}, "reference")
