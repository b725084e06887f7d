"""PayPal's webhooks: verified here, by the certificate that a delivery names, before anything of the body is read.

What is signed holds only a CRC of the body, which can be made to fit another one. So nothing but the id of an object is
taken from a body, and the object is fetched.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from payments.gateways.errors import GatewayUnavailable, WebhookRefused
from payments.gateways.values import GatewayEvent, Topic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.gateways.kinds import WebhookSecrets
    from payments.gateways.paypal.certificates import Certificates

BODY_BYTES_MAX: Final = 256 * 1024
HEADERS: Final = ("Id", "Time", "Sig")
TOPICS: Final = (
    ("CHECKOUT.ORDER.", Topic.CHECKOUT, "id"),
    ("CHECKOUT.PAYMENT-APPROVAL.", Topic.CHECKOUT, "order_id"),
    ("PAYMENT.CAPTURE.REFUNDED", Topic.REFUND, "id"),
    ("PAYMENT.CAPTURE.REVERSED", Topic.REFUND, "id"),
    ("PAYMENT.CAPTURE.", Topic.PAYMENT, "id"),
    ("PAYMENT.REFUND.", Topic.REFUND, "id"),
    ("CUSTOMER.DISPUTE.", Topic.DISPUTE, "dispute_id"),
    ("VAULT.PAYMENT-TOKEN.", Topic.METHOD, "id"),
    ("BILLING_AGREEMENTS.AGREEMENT.", Topic.METHOD, "id"),
)
# What a webhook is registered for.
WANTED: Final = (
    "CHECKOUT.ORDER.APPROVED",
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING",
    "PAYMENT.CAPTURE.DECLINED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED",
    "PAYMENT.REFUND.PENDING",
    "PAYMENT.REFUND.FAILED",
    "VAULT.PAYMENT-TOKEN.CREATED",
    "VAULT.PAYMENT-TOKEN.DELETED",
    "BILLING_AGREEMENTS.AGREEMENT.CREATED",
    "BILLING_AGREEMENTS.AGREEMENT.CANCELLED",
    "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED",
    "CUSTOMER.DISPUTE.RESOLVED",
)


def read_event(
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: WebhookSecrets,
    certificates: Certificates,
    is_live: bool,
    now: datetime,
) -> GatewayEvent:
    """Verify a delivery and read what it points at.

    Args:
        body: the raw bytes of the request.
        headers: of the request.
        secrets: the webhooks' ids, which are part of what is signed: another provider's delivery does not verify.
        certificates: finds the key of the certificate that the delivery names.
        is_live: of the connection.
        now: the time of arrival.

    Raises:
        WebhookRefused: unsigned, forged, of another webhook, too big, or no event.

    Source: https://developer.paypal.com/api/rest/webhooks/rest/#link-verify
    """
    if len(body) > BODY_BYTES_MAX:
        raise WebhookRefused("too big")
    sent = {name: headers.get(f"Paypal-Transmission-{name}", "") for name in HEADERS}
    url = headers.get("Paypal-Cert-Url", "")
    if not all(sent.values()) or not all(word.isascii() for word in (*sent.values(), url)):
        raise WebhookRefused("no signature")
    try:
        signature = base64.b64decode(sent["Sig"], validate=True)
    except (binascii.Error, ValueError):
        raise WebhookRefused("no signature") from None
    key = certificates.key_of(url, now=now)
    texts = (
        f"{sent['Id']}|{sent['Time']}|{webhook_id}|{zlib.crc32(body)}"
        for webhook_id in secrets.valid_at(now)
    )
    if not any(_is_signed(key, signature, text) for text in texts):
        raise WebhookRefused("signature does not fit")
    try:
        return _event(json.loads(body), is_live=is_live)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise WebhookRefused("not an event") from None


def listed_event(found: Any, *, is_live: bool) -> GatewayEvent:
    """Read an event that PayPal listed to our own credentials.

    Args:
        found: the event.
        is_live: of the connection.

    Raises:
        GatewayUnavailable: it cannot be read (`unknown_state`).
    """
    try:
        return _event(found, is_live=is_live)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise GatewayUnavailable("unknown_state", "PayPal's event cannot be read.") from error


def _is_signed(key: rsa.RSAPublicKey, signature: bytes, text: str) -> bool:
    try:
        key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _event(event: Any, *, is_live: bool) -> GatewayEvent:
    kind, event_id = event["event_type"], event["id"]
    topic, name = next(
        ((topic, name) for start, topic, name in TOPICS if kind.startswith(start)),
        (Topic.OTHER, ""),
    )
    object_id = event["resource"][name] if name else ""
    if not all(isinstance(word, str) for word in (kind, event_id, object_id)):
        raise TypeError("not an event")
    return GatewayEvent(
        event_id=event_id,
        kind=kind,
        topic=topic,
        object_id=object_id,
        account_id="",
        is_live=is_live,
        created_at=datetime.fromisoformat(event["create_time"]).astimezone(UTC),
    )
