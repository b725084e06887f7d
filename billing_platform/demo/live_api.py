"""The platform's API as a provider's own system calls it: a key, two calls, and what a refusal asks for."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANSWER_S: Final = 20.0
# Longer than this nobody is made to wait for the demo to go on.
WAIT_MAX_S: Final = 60.0
BATCH: Final = "application/cloudevents-batch+json"
WORDS: Final = {
    401: "The API key was refused",
    403: "The API key was refused",
    429: "The server asked to slow down",
    503: "The server asked to wait",
}


class NotNowError(Exception):
    """The same call may succeed later; `wait_s` is what the server asked for, 0 when it said nothing."""

    def __init__(self, words: str, wait_s: float = 0.0) -> None:
        super().__init__(words)
        self.wait_s = wait_s


class NeverError(Exception):
    """The same call will be refused again."""


class LiveApi:
    """One provider's view of the API on loopback."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._key = key

    def post_events(self, events: Sequence[Mapping[str, Any]]) -> list[str]:
        """Send a batch and return the verdict on each event.

        Args:
            events: CloudEvents, at most 1,000.

        Raises:
            NotNowError: no answer, too fast, or the server is busy; nothing is lost by sending it again.
            NeverError: the batch as such is refused.
        """
        status, answer = self._call("POST", "/api/v1/events", json.dumps(list(events)).encode())
        if status != 200:
            raise NeverError(f"The server refused a batch ({status}).")
        return [str(row["verdict"]) for row in answer["results"]]

    def state_of(self, external_id: str) -> str:
        """Return a client's state now: trial, active, suspended or closed; empty for one that is unknown.

        Args:
            external_id: the client's id at its provider.

        Raises:
            NotNowError: as above.
        """
        path = f"/api/v1/tenants/{quote(external_id, safe='')}/entitlement"
        status, answer = self._call("GET", path)
        return str(answer["status"]) if status == 200 else ""

    def _call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._key}"}
        if body is not None:
            headers["Content-Type"] = BATCH
        connection = HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, HTTPException):
            raise NotNowError("The server did not answer.") from None
        finally:
            connection.close()
        status = answer.status
        if status in WORDS or status >= 500:
            words = WORDS.get(status, "The server failed")
            raise NotNowError(f"{words} ({status}).", _seconds(answer.getheader("Retry-After")))
        try:
            return status, json.loads(text)
        except ValueError:
            raise NotNowError("The server's answer could not be read.") from None


def _seconds(header: str | None) -> float:
    return min(float(header), WAIT_MAX_S) if header and header.isdecimal() else 0.0
