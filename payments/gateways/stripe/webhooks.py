"""Stripe's webhooks: the raw body is verified before anything of it is read; the gateway calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from stripe import SignatureVerificationError, WebhookSignature

from billing_platform.kernel.clock import from_epoch
from payments.gateways.errors import GatewayUnavailable, WebhookRefused
from payments.gateways.values import GatewayEvent, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payments.gateways.kinds import WebhookSecrets

TOLERANCE_S: Final = 300
BODY_BYTES_MAX: Final = 256 * 1024
# What reading anything but an event runs into.
NO_EVENT: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
)
# What an event's object is, and so what is fetched; of a charge it is the payment behind it.
TOPICS: Final = (
    ("checkout.session.", Topic.CHECKOUT),
    ("payment_intent.", Topic.PAYMENT),
    ("charge.dispute.", Topic.DISPUTE),
    ("charge.refund.", Topic.REFUND),
    ("charge.", Topic.PAYMENT),
    ("refund.", Topic.REFUND),
    ("payment_method.", Topic.METHOD),
    # With a customer all of its methods are gone.
    ("customer.deleted", Topic.METHOD),
    ("setup_intent.", Topic.CHECKOUT),
    ("mandate.", Topic.METHOD),
    ("radar.early_fraud_warning.", Topic.WARNING),
)
# Objects that stand for another one: the field in which they name it.
NAMED_BY: Final = {
    "charge": "payment_intent",
    "mandate": "payment_method",
    "radar.early_fraud_warning": "payment_intent",
}
SUBSCRIBED: Final = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "setup_intent.succeeded",
    "setup_intent.setup_failed",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.canceled",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "mandate.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "customer.deleted",
    "radar.early_fraud_warning.created",
)


def read_event(
    body: bytes, signature: str, *, secrets: WebhookSecrets, now: datetime
) -> GatewayEvent:
    """Verify a delivery and read what it points at.

    Args:
        body: the raw bytes of the request.
        signature: the header `Stripe-Signature`, "" when it is missing.
        secrets: of the connection at whose address it arrived.
        now: the time of arrival.

    Returns:
        The event as a hint.

    Raises:
        WebhookRefused: unsigned, forged, of another secret, too old or from the future, too big, or no event.

    Source: https://docs.stripe.com/webhooks#verify-manually; the SDK lets future times pass.
    """
    if len(body) > BODY_BYTES_MAX:
        raise WebhookRefused("too big")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise WebhookRefused("not UTF-8") from None
    if not signature.isascii():
        raise WebhookRefused("signature is not ASCII")
    if not any(_is_signed(text, signature, secret) for secret in secrets.valid_at(now)):
        raise WebhookRefused("signature does not fit")
    skew_s = now.timestamp() - _signed_at(signature)
    if abs(skew_s) > TOLERANCE_S:
        raise WebhookRefused(f"too far from our time, which is {skew_s:.0f} s later")
    return _to_event(text)


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        # The SDK reads the wall clock; the age is checked against `now` instead.
        return bool(WebhookSignature.verify_header(text, signature, secret, None))
    except (SignatureVerificationError, ValueError, OverflowError):
        return False


def _signed_at(signature: str) -> int:
    # The SDK signs with the last `t` of the header; a second one would let the age of one ride on the other.
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise WebhookRefused("no single time")
    return int(stamps[0])


def listed_event(found: Mapping[str, Any]) -> GatewayEvent:
    """Read an event that Stripe listed to our own key.

    Args:
        found: the event.

    Raises:
        GatewayUnavailable: it cannot be read (`unknown_state`).
    """
    try:
        return _of(found)
    except NO_EVENT as error:
        raise GatewayUnavailable("unknown_state", "Stripe's event cannot be read.") from error


def _to_event(text: str) -> GatewayEvent:
    try:
        return _of(json.loads(text))
    except NO_EVENT:
        raise WebhookRefused("not an event") from None


def _of(event: Any) -> GatewayEvent:
    kind, event_id, is_live = event["type"], event["id"], event["livemode"]
    topic, object_id = _about(kind, event["data"]["object"])
    is_event = event["object"] == "event" and isinstance(is_live, bool)
    if not (is_event and all(isinstance(word, str) for word in (kind, event_id, object_id))):
        raise TypeError("not an event")
    return GatewayEvent(
        event_id=event_id,
        kind=kind,
        topic=topic,
        object_id=object_id,
        account_id="",
        is_live=is_live,
        created_at=from_epoch(event["created"]),
    )


def _about(kind: str, about: Any) -> tuple[Topic, str]:
    topic = next((topic for start, topic in TOPICS if kind.startswith(start)), Topic.OTHER)
    named_by = NAMED_BY.get(about.get("object", ""), "id")
    object_id = about.get(named_by) or ""
    # A charge without a payment, a setup without a method: nothing of ours to fetch.
    return (topic, object_id) if object_id else (Topic.OTHER, "")
