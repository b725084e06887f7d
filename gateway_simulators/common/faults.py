"""Disturbances of requests, set by tests and by the control endpoints; the server asks which one meets a request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# The work is done and the answer disturbed, or the work is not done at all.
DONE: Final = frozenset({"lost", "slow", "500_done"})
NOT_DONE: Final = frozenset({"500", "429", "409", "html502", "timeout_before", "reset"})
SILENT: Final = frozenset({"lost", "timeout_before", "reset"})


@dataclass(slots=True)
class Fault:
    """One disturbance of the next fitting requests.

    Attributes:
        path: regular expression that the whole path behind the gateway's prefix matches.
        mode: `500`, `429`, `409`: the gateway's own error, no work done; `html502`: a proxy's page, no work done;
            `timeout_before`: no work done, no answer; `reset`: no work done, connection reset; `lost`: work done, no
            answer; `500_done`: work done, answered by a server error; `slow`: work done, answered late.
        left: how many requests it still meets.
        after: how many fitting requests pass before it begins.
        seconds: how long the connection is held before it is answered or closed.
        method: the verb it is limited to, or "".
        gateway: the prefix it is limited to, or "".
    """

    path: str
    mode: str
    left: int = 1
    after: int = 0
    seconds: float = 0
    method: str = ""
    gateway: str = ""

    def __post_init__(self) -> None:
        if self.mode not in DONE | NOT_DONE:
            raise ValueError(f"{self.mode!r} is no mode of a fault.")
        re.compile(self.path)

    def meets(self, gateway: str, method: str, path: str) -> bool:
        """Return whether a request fits; counts the ones that pass first."""
        fits = (
            self.left > 0
            and self.method in {"", method}
            and self.gateway in {"", gateway}
            and re.fullmatch(self.path, path) is not None
        )
        if fits and self.after > 0:
            self.after -= 1
            return False
        return fits


class Faults(list[Fault]):
    """The faults in the order in which they were set."""

    def take(self, gateway: str, method: str, path: str) -> Fault | None:
        """Return the first fault that meets a request and count it.

        Args:
            gateway: the prefix.
            method: the verb.
            path: behind the prefix.
        """
        for fault in self:
            if fault.meets(gateway, method, path):
                fault.left -= 1
                return fault
        return None
