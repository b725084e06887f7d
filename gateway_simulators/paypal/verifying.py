"""PayPal's own check of a delivery that is sent back to it: the signature is recomputed over the raw event."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from gateway_simulators.paypal.problems import Body, Object, check, invalid
from gateway_simulators.paypal.signing import CERT_ID

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account
    from gateway_simulators.paypal.signing import Signer

VERIFY: Final = "/v1/notifications/verify-webhook-signature"
FIELDS: Final = (
    *("auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time"),
    *("webhook_id", "webhook_event"),
)


def verify(account: Account, body: Body, raw: str, by: Signer) -> Object:
    """Say whether a delivery is PayPal's and of a webhook of the account: `POST …/verify-webhook-signature`.

    Args:
        account: who asks.
        body: what was sent.
        raw: the same as it came: the event in it counts byte for byte.
        by: what deliveries are signed with.

    Raises:
        Problem: a field too many, too few, or of another kind.
    """
    check(body, required=FIELDS)
    if not isinstance(body["webhook_event"], dict):
        raise invalid("/webhook_event is no object.")
    hook = account.objects.get(str(body["webhook_id"]), {})
    is_ours = hook.get("_kind") == "webhook" and str(body["cert_url"]).endswith(f"/{CERT_ID}")
    event = raw_value(raw, "webhook_event")
    named = [str(body[name]) for name in ("transmission_id", "transmission_time", "webhook_id")]
    text = "|".join([*named, str(zlib.crc32(event.encode()))])
    is_good = is_ours and body["auth_algo"] == "SHA256withRSA"
    is_good = is_good and _is_signed(text, str(body["transmission_sig"]), by)
    return {"verification_status": "SUCCESS" if is_good else "FAILURE"}


def raw_value(text: str, name: str) -> str:
    """Return a member of a JSON object as it was written.

    Args:
        text: an object that reads.
        name: of a member that is there.
    """
    decoder, found = json.JSONDecoder(), ""
    at = text.index("{") + 1
    while text[at := _past(text, at)] != "}":
        key, at = decoder.raw_decode(text, at)
        starts = _past(text, text.index(":", at) + 1)
        _, at = decoder.raw_decode(text, starts)
        found = text[starts:at] if key == name else found
        at = _past(text, at)
        at += text[at] == ","
    return found


def _past(text: str, at: int) -> int:
    while text[at].isspace():
        at += 1
    return at


def _is_signed(text: str, signature: str, by: Signer) -> bool:
    try:
        sent = base64.b64decode(signature, validate=True)
        by.key.public_key().verify(sent, text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
