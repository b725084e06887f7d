"""PayPal's SDK, mended: timeouts, one renewal of the token, errors that are raised, and nothing secret in a log.

Of the SDK only `Api` is used: its tokens, its headers and its errors. Its resource classes share one configuration per
process, and its check of webhooks asks a function that no longer exists.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Final

import paypalrestsdk
import requests
from paypalrestsdk import exceptions

from payments.gateways.errors import GatewayRejected, GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

LIVE_URL: Final = "https://api-m.paypal.com"
SANDBOX_URL: Final = "https://api-m.sandbox.paypal.com"
TIMEOUT_S: Final = (3, 20)
RENEW_EARLY_S: Final = 300
# The code of what an app may not do.
DENIED: Final = "permission"
TOKEN_PATH: Final = "/v1/oauth2/token"  # noqa: S105 - an address
# In its sandbox mode the SDK writes whole headers and bodies.
logging.getLogger("paypalrestsdk").setLevel(logging.WARNING)


class Api(paypalrestsdk.Api):  # type: ignore[misc]  # the SDK has no types
    """One app's calls; it shares nothing with another's."""

    def __init__(self, *, client_id: str, client_secret: str, is_live: bool, url: str) -> None:
        mode = "live" if is_live else "sandbox"
        super().__init__(mode=mode, client_id=client_id, client_secret=client_secret, endpoint=url)
        self._session = requests.Session()
        # Neither a proxy nor a netrc of the machine has a say in where money is asked for.
        self._session.trust_env = False
        self._lock = threading.Lock()
        self._renew_at = time.monotonic()
        self.token_hash: dict[str, Any] | None = None

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        key: str = "",
    ) -> dict[str, Any]:
        """Do one call; with a key a second time when no answer came.

        Args:
            method: the verb.
            path: behind the address, with its query.
            body: of a POST.
            key: `PayPal-Request-Id`, or "".

        Returns:
            The answer; empty where PayPal says nothing.

        Raises:
            GatewayRejected: PayPal said no.
            GatewayUnavailable: no answer, or none that is PayPal's.
        """
        try:
            return self._try(method, path, body, key)
        except GatewayUnavailable as error:
            if error.reason != "connection" or not (key or method == "GET"):
                raise
            return self._try(method, path, body, key)

    def _try(
        self, method: str, path: str, body: Mapping[str, Any] | None, key: str
    ) -> dict[str, Any]:
        try:
            found = self._with_token(method, path, body, key)
        except exceptions.ConnectionError as error:
            refusal = mapped(error)
            if method == "GET" and isinstance(refusal, GatewayRejected) and refusal.code == DENIED:
                # Reading is a feature of its own: nothing is said of what was asked for, and payments may go through.
                raise GatewayUnavailable("denied", refusal.message) from error
            raise refusal from error
        except requests.RequestException as error:
            raise GatewayUnavailable("connection", "PayPal was not reached.") from error
        except (ValueError, KeyError, TypeError) as error:
            raise GatewayUnavailable("unknown_state", "PayPal's answer cannot be read.") from error
        if not isinstance(found, dict):
            raise GatewayUnavailable("unknown_state", "PayPal's answer cannot be read.")
        return found

    def _with_token(self, method: str, path: str, body: Mapping[str, Any] | None, key: str) -> Any:
        data = None if method in {"GET", "DELETE"} else json.dumps(body or {})
        more = {"PayPal-Request-Id": key} if key else {}
        if method == "POST":
            more["Prefer"] = "return=representation"
        try:
            headers = {**self._bearer(), **more}
            return self.http_call(f"{self.endpoint}{path}", method, data=data, headers=headers)
        except exceptions.UnauthorizedAccess:
            # A token may be taken back before its time: one renewal, then the refusal counts.
            headers = {**self._bearer(is_new=True), **more}
            return self.http_call(f"{self.endpoint}{path}", method, data=data, headers=headers)

    def token(self, *, is_new: bool = False) -> dict[str, Any]:
        """Return the token that counts now, asked for once by whoever comes first.

        Args:
            is_new: ask PayPal whatever is known.
        """
        with self._lock:
            if is_new or self.token_hash is None or time.monotonic() >= self._renew_at:
                self.token_hash = self.http_call(
                    f"{self.endpoint}{TOKEN_PATH}",
                    "POST",
                    data="grant_type=client_credentials",
                    headers={
                        "Authorization": f"Basic {self.basic_auth()}",
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Accept": "application/json",
                    },
                )
                valid_s = int(self.token_hash["expires_in"])
                self._renew_at = time.monotonic() + max(0, valid_s - RENEW_EARLY_S)
            return self.token_hash

    def _bearer(self, *, is_new: bool = False) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token(is_new=is_new)['access_token']}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def http_call(self, url: str, method: str, **kwargs: Any) -> Any:
        """Send a request with a timeout, following nothing; the SDK sorts the answer by its status.

        Raises:
            paypalrestsdk.exceptions.ConnectionError: every status that is no success.
        """
        answer = self._session.request(
            method, url, timeout=TIMEOUT_S, allow_redirects=False, **kwargs
        )
        return self.handle_response(answer, answer.content.decode())


def mapped(error: exceptions.ConnectionError) -> GatewayRejected | GatewayUnavailable:
    """Return an error of the SDK as one of ours.

    Args:
        error: with the response and its text.
    """
    status = error.response.status_code
    try:
        body: Any = json.loads(error.content or "")
    except ValueError:
        body = None
    if status == 429:
        return GatewayUnavailable("rate_limit", "PayPal asks for patience.")
    if status == 409:
        return GatewayUnavailable("in_progress", "PayPal is at work on this request.")
    name = str(body.get("debug_id") or "") if isinstance(body, dict) else ""
    if not 400 <= status < 500 or not isinstance(body, dict):
        return GatewayUnavailable("server", "PayPal failed.", request_id=name)
    if status == 401:
        return GatewayRejected("authentication", "PayPal does not take these credentials.")
    if status == 403:
        return GatewayRejected(DENIED, str(body.get("message") or "Not allowed."), request_id=name)
    issue = _issue(body)
    words = str(body.get("message") or "")
    declined = issue if issue in {"INSTRUMENT_DECLINED", "TRANSACTION_REFUSED"} else ""
    return GatewayRejected(
        (issue or str(body.get("name") or "rejected")).lower(),
        words,
        decline_code=declined.lower(),
        request_id=name,
    )


def _issue(body: dict[str, Any]) -> str:
    details = body.get("details")
    first = details[0] if isinstance(details, list) and details else {}
    return str(first.get("issue") or "") if isinstance(first, dict) else ""
