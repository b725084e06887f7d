"""Razorpay's signatures: of deliveries, and of the way back from a page."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode


def sign(body: str, secret: str, at: int, event_id: str) -> dict[str, str]:
    """Sign a delivery; the event's id is not part of it, nor is any time.

    Args:
        body: what is signed.
        secret: the webhook's.
        at: not part of Razorpay's signature.
        event_id: of the event.
    """
    signature = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
    return {"X-Razorpay-Signature": signature, "x-razorpay-event-id": event_id}


def signed_return(url: str, told: dict[str, str], words: str, secret: str) -> str:
    """Return where the browser goes back to, with what it is told and the signature of it.

    Args:
        url: of who asked.
        told: parameters.
        words: what is signed.
        secret: the key's.
    """
    signed = hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()
    joint = "&" if "?" in url else "?"
    return f"{url}{joint}{urlencode({**told, 'razorpay_signature': signed})}"
