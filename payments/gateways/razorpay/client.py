"""Calls of Razorpay's SDK: plain dictionaries, and every error of theirs as one of our two.

The SDK keeps of an error only its sentence, prints others, has no timeout and ships certificates of 2015. A session of
our own reads the status before the SDK does, sets the timeout, and follows no proxy, netrc or redirect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import certifi
import razorpay
import requests

from payments.gateways.errors import GatewayRejected, GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

API_URL: Final = "https://api.razorpay.com"
TIMEOUT_S: Final = (3, 20)
PAGE_SIZE: Final = 100
# Razorpay has no code for what it does not know, only this sentence.
GONE: Final = "does not exist"


class Session(requests.Session):
    """Raises our errors for answers that are none; the SDK lets them through."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request and check its answer.

        Raises:
            GatewayRejected: Razorpay said no.
            GatewayUnavailable: no answer, or none that is Razorpay's.
        """
        kwargs.update(timeout=TIMEOUT_S, allow_redirects=False)
        try:
            answer = super().request(*args, **kwargs)
            body: Any = answer.json() if answer.status_code != 204 else {}
        except requests.JSONDecodeError as error:
            raise GatewayUnavailable("server", "Razorpay's answer is no JSON.") from error
        except requests.RequestException as error:
            raise GatewayUnavailable("connection", "Razorpay was not reached.") from error
        if not 200 <= answer.status_code < 300:
            raise _mapped(answer.status_code, body)
        if not isinstance(body, dict):
            raise GatewayUnavailable("unknown_state", "Razorpay's answer cannot be read.")
        return answer


def connect(key_id: str, key_secret: str, api_url: str) -> razorpay.Client:
    """Return a client of one key; it shares nothing with another's.

    Args:
        key_id: the provider's.
        key_secret: its other half.
        api_url: base address, without a slash at the end.
    """
    client = razorpay.Client(session=Session(), auth=(key_id, key_secret), base_url=api_url)
    client.cert_path = certifi.where()
    return client


def call(
    work: Callable[..., Any], *arguments: object, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Do one call.

    Args:
        work: a method of a resource of the SDK; the last argument is a dictionary of its own, never the SDK's default.
        arguments: its own.
        headers: further ones.

    Returns:
        The answer.

    Raises:
        GatewayRejected: Razorpay said no.
        GatewayUnavailable: no answer, or none that is Razorpay's.
    """
    # The SDK writes into the dictionary that it is given.
    found: dict[str, Any] = work(*arguments, headers=dict(headers or {}))
    return found


def again(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do a call that happens once however often it is asked for, a second time when no answer came.

    Args:
        work: the call.

    Raises:
        GatewayRejected: Razorpay said no.
        GatewayUnavailable: no answer twice, or none that is Razorpay's.
    """
    try:
        return work()
    except GatewayUnavailable as error:
        if error.reason != "connection":
            raise
        return work()


def listed(work: Callable[..., Any], params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Do a list call, page by page.

    Args:
        work: the method `all` of a resource.
        params: filters.

    Yields:
        The objects, newest first.

    Raises:
        GatewayRejected: Razorpay said no.
        GatewayUnavailable: no answer, or a list that is not whole.
    """
    skip = 0
    while True:
        page = call(work, {**params, "count": PAGE_SIZE, "skip": skip})
        found = page.get("items")
        if not isinstance(found, list) or page.get("count") != len(found):
            raise GatewayUnavailable("unknown_state", "Razorpay's list cannot be read.")
        yield from found
        if len(found) < PAGE_SIZE:
            return
        skip += PAGE_SIZE


def _mapped(status: int, body: object) -> GatewayRejected | GatewayUnavailable:
    details: Any = body.get("error") if isinstance(body, dict) else None
    words = str(details.get("description") or "") if isinstance(details, dict) else ""
    if status == 429:
        return GatewayUnavailable("rate_limit", words)
    if status == 409:
        return GatewayUnavailable("in_progress", words)
    if status == 403:
        # By an address, a right or a feature: nothing is said of what was asked for, and other calls may go through.
        return GatewayUnavailable("denied", words or "Razorpay does not let this key do that.")
    if not 400 <= status < 500 or not isinstance(details, dict):
        return GatewayUnavailable("server", words or "Razorpay failed.")
    return _refusal(status, details, words)


def _refusal(status: int, details: dict[str, Any], words: str) -> GatewayRejected:
    if status == 401:
        return GatewayRejected("authentication", "Razorpay does not take this key.")
    if GONE in words:
        return GatewayRejected("resource_missing", words)
    # A reason that does not apply is written as NA.
    named = (str(details.get(name) or "").lower() for name in ("reason", "code"))
    code = next((name for name in named if name not in {"", "na"}), "rejected")
    return GatewayRejected(code, words)
