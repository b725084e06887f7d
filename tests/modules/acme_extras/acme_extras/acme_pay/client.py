"""Talk to Acme Pay: JSON over HTTP, a key per connection, and what each failure means."""

from typing import Any

import requests

from payments.gateways.errors import GatewayRejected, GatewayUnavailable

TIMEOUT = (3, 20)


class AcmeClient:
    """One connection's calls; a call with a key that was made before answers what it answered then."""

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url
        self._session = requests.Session()
        # Neither a proxy nor a netrc of the machine has a say in where money is asked for.
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {api_key}"

    def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str = ""
    ) -> dict[str, Any]:
        """Make a call, a second time when no answer came, and return its JSON.

        Raises:
            GatewayRejected: Acme Pay said no.
            GatewayUnavailable: no answer, or none that can be trusted.
        """
        headers = {"Idempotency-Key": key} if key else {}
        try:
            answer = self._send(method, path, body, headers)
        except GatewayUnavailable:
            answer = self._send(method, path, body, headers)
        return answer

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> dict[str, Any]:
        try:
            answer = self._session.request(
                method,
                f"{self._url}{path}",
                json=body,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise GatewayUnavailable("connection", "Acme Pay did not answer.") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise GatewayUnavailable("server", "Acme Pay cannot answer now.")
        if not isinstance(found, dict):
            raise GatewayUnavailable("unknown_state", "Acme Pay answered something else.")
        if answer.status_code >= 400:
            raise GatewayRejected(str(found.get("code", "rejected")), str(found.get("message", "")))
        return found
