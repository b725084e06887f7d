"""Give one command its database: the one that `DATABASE_URL` names, else the embedded server while it runs."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from billing_platform.embedded.server import Lease, Terminated, acquire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

STOP_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def database(settings: Sequence[str] = ()) -> Iterator[Lease | None]:
    """Set `DATABASE_URL` for a block of code and its child processes.

    Args:
        settings: server settings as `name=value`, used when the block starts the server.

    Returns:
        The lease on the embedded server, or None when `DATABASE_URL` names another one.

    Raises:
        EmbeddedError: there is no `DATABASE_URL` and no server can be started.
        Terminated: in the block, when the process is told to end by SIGTERM or SIGHUP.
    """
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    with _ended_by_signals(), acquire(settings=settings) as lease:
        os.environ["DATABASE_URL"] = lease.url
        try:
            yield lease
        finally:
            del os.environ["DATABASE_URL"]


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn the signals that would end us at once into an exception, so that the server is stopped on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, _end)
        for number in STOP_SIGNALS
        if signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> None:
    raise Terminated(128 + number)
