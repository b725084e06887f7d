"""As little of a browser as gateways' pages need: a form is sent, and where it leads is told."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode, urlsplit


def send(url: str, form: dict[str, str]) -> tuple[int, str]:
    """Send a form to a page on loopback; return the answer's status and where it sends the browser, or ""."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    try:
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Location") or ""
    finally:
        connection.close()


def press_stripe(url: str, choice: str, **fields: str) -> str:
    """Press a button of a Checkout page, go on through the bank's page, and return where the browser ends."""
    status, target = send(url, {"choice": choice, "number": "4242 4242 4242 4242", **fields})
    if "/stripe/challenge/" in target:
        status, target = send(target, {"choice": fields.get("answer", "complete")})
    return target if status == 303 else url


PAYPAL_CHOICES = {"pay": "agree", "decline": "decline", "pending": "pending", "cancel": "cancel"}


def press_paypal(url: str, choice: str, email: str = "ok@payer.example") -> str:
    """Press a button of the payer's page, and return where the browser ends."""
    _, target = send(url, {"choice": PAYPAL_CHOICES[choice], "email": email})
    return target or url


def press_razorpay(url: str, choice: str, upi: str = "") -> str:
    """Press a button of a link's page, and return where the browser ends."""
    status, target = send(url, {"choice": choice, "upi": upi})
    return target if status == 303 else url
