"""What the simulators of one server share: the time, the webhooks on their way, the address and the lock."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from gateway_simulators.common.webhooks import WebhookSender

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Answer, Request


class Clock:
    """The simulators' time: the real one, or a fixed one, and what it was put forward by."""

    def __init__(self, fixed: int | None = None) -> None:
        self._fixed = fixed
        self.ahead_s = 0

    def now(self) -> int:
        """Return seconds since 1970."""
        return (int(time.time()) if self._fixed is None else self._fixed) + self.ahead_s

    def advance(self, seconds: int) -> None:
        """Put the clock forward.

        Args:
            seconds: zero or more; it never goes back.

        Raises:
            ValueError: negative.
        """
        if seconds < 0:
            raise ValueError("The clock never goes back.")
        self.ahead_s += seconds


@dataclass
class World:
    """One server's surroundings.

    Attributes:
        clock: the simulators' time.
        sender: the webhooks on their way.
        lock: held while any simulator works.
        url: the server's address while it runs, without a slash at the end.
    """

    clock: Clock = field(default_factory=Clock)
    sender: WebhookSender = field(init=False)
    lock: threading.RLock = field(default_factory=threading.RLock)
    url: str = ""

    def __post_init__(self) -> None:
        self.sender = WebhookSender(self.clock.now)

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart."""
        return {"ahead_s": self.clock.ahead_s, "webhooks": self.sender.dump()}

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` returned."""
        self.clock.ahead_s = state["ahead_s"]
        self.sender.load(state["webhooks"])


class SimulatedGateway(Protocol):
    """One gateway on a server; every method is called with the world's lock held."""

    prefix: str

    def answer(self, request: Request) -> Answer:
        """Answer one request; errors are answers."""

    def refuse(self, mode: str) -> Answer:
        """Return the gateway's own error for a fault: `500`, `429` or `409`."""

    def tick(self) -> None:
        """Do what has fallen due on the clock."""

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what a person would do in the gateway's dashboard, or the world does to it.

        Raises:
            KeyError: a detail is missing or names nothing.
            ValueError: no such action, or not now.
        """

    def credentials(self) -> dict[str, str]:
        """Return what a provider enters to connect, made on the first call."""

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart, as JSON."""

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` returned."""
