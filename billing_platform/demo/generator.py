"""`python -m billing_platform.demo.generator`: posts usage through the real API for as long as the demo runs.

It has no database: it sees what a provider's own system sees, with a key that its environment names per provider.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from billing_platform.demo.live_api import LiveApi, NeverError, NotNowError
from billing_platform.demo.live_events import LiveUsage
from billing_platform.demo.live_state import LiveState, write_live_state
from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.embedded.places import var_dir
from billing_platform.kernel.clock import now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import FrameType

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant

EVERY_S: Final = 5.0
# How long an answer is believed about who is suspended.
ROSTER_S: Final = 30.0
WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
# The states of a client in which it uses something.
USING: Final = frozenset({"trial", "active"})
KEY_VARIABLE: Final = "DEMO_LIVE_KEY_{}"


class Stream:
    """One provider's usage: what is sent next, and what is sent again until the server has taken it."""

    def __init__(self, provider: DemoProvider, api: LiveApi, *, every_s: float) -> None:
        self.due = 0.0
        self._api = api
        self._every_s = every_s
        self._usage = LiveUsage(provider, every_s=every_s, dice=random.Random())  # noqa: S311 (made up)
        # Who came today shows what a client without usage looks like.
        self._known = [row for row in provider.tenants if not row.joined_hours]
        self._active: list[DemoTenant] = []
        self._roster_until = 0.0
        self._unsent: list[dict[str, Any]] = []
        self._failures = 0

    def step(self, state: LiveState) -> LiveState:
        """Post once, set when to come again, and return what is known then.

        Args:
            state: what is known so far.
        """
        wait_s = self._every_s
        try:
            state = self._post(state)
            self._failures = 0
        except NeverError as error:
            self._unsent = []
            state = replace(state, trouble=str(error), trouble_at=now())
        except NotNowError as error:
            wait_s = max(error.wait_s, WAITS_S[min(self._failures, len(WAITS_S) - 1)])
            self._failures += 1
            state = replace(state, trouble=str(error), trouble_at=now())
        self.due = time.monotonic() + wait_s
        return state

    def _post(self, state: LiveState) -> LiveState:
        if time.monotonic() >= self._roster_until:
            self._ask_around()
        self._unsent = self._unsent or self._usage.draw(self._active, now())
        if not self._unsent:
            return state
        verdicts = self._api.post_events(self._unsent)
        self._unsent = []
        return replace(
            state,
            posted=state.posted + len(verdicts),
            repeated=state.repeated + verdicts.count("duplicate"),
            rejected=state.rejected + verdicts.count("rejected"),
            last_post_at=now(),
        )

    def _ask_around(self) -> None:
        states = {row.external_id: self._api.state_of(row.external_id) for row in self._known}
        # Data of an older demo lacks some clients; who is unknown is not asked for again.
        self._known = [row for row in self._known if states[row.external_id]]
        self._active = [row for row in self._known if states[row.external_id] in USING]
        self._roster_until = time.monotonic() + ROSTER_S


def run(streams: Sequence[Stream], folder: Path, stop: threading.Event) -> None:
    """Post until told to stop, and keep the file that tells of it.

    Args:
        streams: one per provider.
        folder: where the file lies.
        stop: ends it.
    """
    state = LiveState(since=now())
    write_live_state(folder, state)
    while not stop.is_set():
        for stream in streams:
            if stream.due <= time.monotonic() and not stop.is_set():
                state = stream.step(state)
                write_live_state(folder, state)
        stop.wait(max(0.0, min(stream.due for stream in streams) - time.monotonic()))


def main() -> int:
    """Read the port and the keys from the environment and run until SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(description="Post usage while the demo runs.")
    parser.add_argument("--every", type=float, default=EVERY_S, help="seconds between two posts")
    every_s = parser.parse_args().every
    port = int(os.environ["PORT"])
    keys = {row.slug: os.environ.get(KEY_VARIABLE.format(row.slug.upper())) for row in PROVIDERS}
    streams = [
        Stream(row, LiveApi(port, key), every_s=every_s)
        for row in PROVIDERS
        if (key := keys[row.slug])
    ]
    if not streams:
        sys.stderr.write("The live usage has no API key; `make demo` makes one.\n")
        return 1
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    run(streams, var_dir(), threading.Event())
    return 0


def _end(_number: int, _frame: FrameType | None) -> None:
    # Also in the middle of a call: what was not answered is lost with the demo, and nobody waits for it.
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
