"""The webhooks on their way: signed at the moment of sending, retried on the simulators' clock, disturbed on wish."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

# Returns the headers of a delivery from its body, the secret, the real time and the event's id.
Signer = Callable[[str, str, int, str], dict[str, str]]

# Seconds after a failed try, in all about three days.
RETRIES_S: Final = (60, 300, 1800, 7200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200)
LINES_MAX: Final = 10_000
# They disturb the first try only; what is refused comes again as it should be.
FORGERIES: Final = frozenset({"tamper", "stale", "wrong_secret", "other_url"})
MODES: Final = frozenset({"normal", "duplicate", "reorder", "delay", "drop", *FORGERIES})


@dataclass(slots=True)
class Mode:
    """How the next events of a gateway travel.

    Attributes:
        kind: one of `MODES`.
        left: how many events it still meets.
        gateway: the prefix it is limited to, or "".
        times: further copies of a duplicate.
        seconds: how long a delay lasts on the clock.
        url: the other address.
    """

    kind: str
    left: int = 1
    gateway: str = ""
    times: int = 1
    seconds: int = 3600
    url: str = ""

    def __post_init__(self) -> None:
        if self.kind not in MODES:
            raise ValueError(f"{self.kind!r} is no mode of webhooks.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one address.

    Attributes:
        gateway: whose signature it carries.
        url: the registered address.
        secret: what it is signed with.
        event_id: the gateway's id.
        body: the text that is signed.
        due: when it is sent, on the simulators' clock.
        rank: order among what is due.
        tries: how often it was sent.
        mode: a forgery of the first try, or "normal".
        other_url: where the first try goes instead.
    """

    gateway: str
    url: str
    secret: str
    event_id: str
    body: str
    due: int
    rank: int
    tries: int = 0
    mode: str = "normal"
    other_url: str = ""


@dataclass
class WebhookSender:
    """Queues deliveries and sends what is due; it reaches 127.0.0.1 only, whatever an address names.

    Attributes:
        now: the simulators' time.
        signers: by gateway.
        modes: disturbances, in the order in which they were set.
        queue: what is on its way.
        sent: one line per try: event id, url, mode, status (0 is no answer).
    """

    now: Callable[[], int]
    signers: dict[str, Signer] = field(default_factory=dict)
    modes: list[Mode] = field(default_factory=list)
    queue: list[Delivery] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    _rank: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, *, gateway: str, url: str, secret: str, event_id: str, body: str) -> None:
        """Put an event on its way.

        Args:
            gateway: whose signature it carries.
            url: the registered address.
            secret: what it is signed with.
            event_id: the gateway's id.
            body: the text that is signed.
        """
        with self._lock:
            self._rank += 1
            mode = self._take(gateway)
            normal = Delivery(gateway, url, secret, event_id, body, self.now(), self._rank)
            self.queue += _disturbed(normal, mode)

    def _take(self, gateway: str) -> Mode:
        for mode in self.modes:
            if mode.left > 0 and mode.gateway in {"", gateway}:
                mode.left -= 1
                return mode
        return Mode("normal")

    def deliver(self) -> int:
        """Send what is due, and what that causes, and return how many tries were made."""
        count = 0
        while due := self._due():
            for delivery in due:
                status = self._send(delivery)
                count += 1
                if not 200 <= status < 300 and delivery.tries < len(RETRIES_S):
                    self._again(delivery)
        return count

    def _due(self) -> list[Delivery]:
        with self._lock:
            now = self.now()
            due = sorted((one for one in self.queue if one.due <= now), key=lambda one: one.rank)
            self.queue = [one for one in self.queue if one.due > now]
            return due

    def _again(self, delivery: Delivery) -> None:
        due = self.now() + RETRIES_S[delivery.tries]
        later = replace(delivery, due=due, tries=delivery.tries + 1, mode="normal")
        with self._lock:
            self.queue.append(later)

    def _send(self, delivery: Delivery) -> int:
        # Receivers compare the signature's time with the real one, however far the simulators' clock is ahead.
        signed_at = int(time.time()) - (3600 if delivery.mode == "stale" else 0)
        secret = f"wrong{delivery.secret}" if delivery.mode == "wrong_secret" else delivery.secret
        headers = self.signers[delivery.gateway](
            delivery.body, secret, signed_at, delivery.event_id
        )
        body = _tampered(delivery.body) if delivery.mode == "tamper" else delivery.body
        url = delivery.other_url if delivery.mode == "other_url" else delivery.url
        status = _post(url, body, headers)
        line = {"event_id": delivery.event_id, "url": url, "mode": delivery.mode, "status": status}
        self.sent.append(line)
        del self.sent[:-LINES_MAX]
        return status

    def dump(self) -> list[dict[str, Any]]:
        """Return what is still on its way."""
        with self._lock:
            return [asdict(delivery) for delivery in self.queue]

    def load(self, state: list[dict[str, Any]]) -> None:
        """Take up what `dump` returned."""
        self.queue = [Delivery(**delivery) for delivery in state]
        self._rank = max((delivery.rank for delivery in self.queue), default=0)


def _disturbed(normal: Delivery, mode: Mode) -> list[Delivery]:
    if mode.kind == "drop":
        return []
    if mode.kind == "duplicate":
        return [normal] * (mode.times + 1)
    if mode.kind == "delay":
        return [replace(normal, due=normal.due + mode.seconds)]
    if mode.kind == "reorder":
        # Held for two seconds, so that what follows can overtake, and then last come first.
        return [replace(normal, due=normal.due + 2, rank=-normal.rank)]
    return [replace(normal, mode=mode.kind, other_url=mode.url)]


def _tampered(body: str) -> str:
    return json.dumps({**json.loads(body), "tampered": True})


def _post(url: str, body: str, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    try:
        port = parts.port or 80
    except ValueError:
        return 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    sent = {"Content-Type": "application/json", "Host": parts.netloc, **headers}
    try:
        connection.request("POST", path, body.encode(), sent)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
