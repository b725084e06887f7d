"""Stripe's webhooks: the raw body is verified before anything of it is read; the gateway calls it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from stripe import SignatureVerificationError, WebhookSignature

from payments.gateways.errors import WebhookRefused
from payments.gateways.values import GatewayEvent, Topic

if TYPE_CHECKING:
    from payments.gateways.kinds import WebhookSecrets

TOLERANCE_S: Final = 300
BODY_BYTES_MAX: Final = 256 * 1024
TOPICS: Final = (
    ("checkout.session.", Topic.CHECKOUT),
    ("payment_intent.", Topic.PAYMENT),
    ("refund.", Topic.REFUND),
    ("charge.dispute.", Topic.DISPUTE),
    ("payment_method.", Topic.METHOD),
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
    if abs(now.timestamp() - _signed_at(signature)) > TOLERANCE_S:
        raise WebhookRefused("too far from our time")
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


def _to_event(text: str) -> GatewayEvent:
    try:
        event: Any = json.loads(text)
        created = datetime.fromtimestamp(event["created"], tz=UTC)
        is_event = event["object"] == "event" and isinstance(event["livemode"], bool)
        kind, event_id = event["type"], event["id"]
        object_id = event["data"]["object"].get("id", "")
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        OSError,
        RecursionError,
    ):
        raise WebhookRefused("not an event") from None
    if not (is_event and all(isinstance(word, str) for word in (kind, event_id, object_id))):
        raise WebhookRefused("not an event")
    return GatewayEvent(
        event_id=event_id,
        kind=kind,
        topic=topic_of(kind),
        object_id=object_id,
        account_id="",
        is_live=event["livemode"],
        created_at=created,
    )


def topic_of(kind: str) -> Topic:
    """Return what an event of this kind is about."""
    return next((topic for start, topic in TOPICS if kind.startswith(start)), Topic.OTHER)
