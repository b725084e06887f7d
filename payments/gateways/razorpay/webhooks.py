"""Razorpay's webhooks: the raw body is verified before anything of it is read. The gateway calls it.

There is no time in the signature and the event's id is not signed, so a delivery that somebody once saw can be sent
again under another id. The id that we keep is therefore made of the body, and only an object's id is taken from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final

import razorpay

from billing_platform.kernel.clock import from_epoch
from payments.gateways.errors import WebhookRefused
from payments.gateways.values import GatewayEvent, Topic

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.kinds import WebhookSecrets

BODY_BYTES_MAX: Final = 256 * 1024
# The longest beginning that fits says what is fetched.
TOPICS: Final = (
    ("payment.dispute.", Topic.DISPUTE, "dispute"),
    ("payment_link.", Topic.CHECKOUT, "payment_link"),
    ("invoice.", Topic.CHECKOUT, "invoice"),
    ("payment.", Topic.PAYMENT, "payment"),
    ("refund.", Topic.REFUND, "refund"),
    ("token.", Topic.METHOD, "token"),
)


def read_event(
    body: bytes,
    signature: str,
    *,
    secrets: WebhookSecrets,
    account_id: str,
    is_live: bool,
    now: datetime,
) -> GatewayEvent:
    """Verify a delivery and read what it points at.

    Args:
        body: the raw bytes of the request.
        signature: the header `X-Razorpay-Signature`, "" when it is missing.
        secrets: of the connection at whose address it arrived.
        account_id: the connection's; two providers may have chosen one secret.
        is_live: of the connection's key; deliveries do not say.
        now: the time of arrival.

    Raises:
        WebhookRefused: unsigned, forged, of another account, too big, or no event.

    Source: https://razorpay.com/docs/webhooks/validate-test
    """
    if len(body) > BODY_BYTES_MAX:
        raise WebhookRefused("too big")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise WebhookRefused("not UTF-8") from None
    if not re.fullmatch("[0-9a-f]{64}", signature):
        raise WebhookRefused("no signature")
    if not any(_is_signed(text, signature, secret) for secret in secrets.valid_at(now)):
        raise WebhookRefused("signature does not fit")
    try:
        event: Any = json.loads(text)
        found = _event(event, hashlib.sha256(body).hexdigest(), is_live=is_live)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise WebhookRefused("not an event") from None
    if found.account_id != account_id:
        raise WebhookRefused("of another account")
    return found


def topic_of(kind: str) -> tuple[Topic, str]:
    """Return what an event of this kind is about, and under which name it carries it."""
    known = ((topic, name) for start, topic, name in TOPICS if kind.startswith(start))
    return next(known, (Topic.OTHER, ""))


def _is_signed(text: str, signature: str, secret: str) -> bool:
    # An empty secret would accept what anybody can sign; `valid_at` returns none.
    try:
        return bool(razorpay.Utility().verify_webhook_signature(text, signature, secret))
    except razorpay.errors.SignatureVerificationError:
        return False


def _event(event: Any, digest: str, *, is_live: bool) -> GatewayEvent:
    kind, account = event["event"], event["account_id"]
    if event["entity"] != "event" or not isinstance(kind, str) or not isinstance(account, str):
        raise TypeError("not an event")
    topic, name = topic_of(kind)
    object_id = event["payload"][name]["entity"]["id"] if name else ""
    if not isinstance(object_id, str):
        raise TypeError("not an id")
    return GatewayEvent(
        event_id=digest,
        kind=kind,
        topic=topic,
        object_id=object_id,
        account_id=account,
        is_live=is_live,
        created_at=from_epoch(event["created_at"]),
    )
