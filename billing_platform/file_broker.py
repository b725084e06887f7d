"""Celery's file transport with whole files only: a reader never sees a message or a list of queues half written.

Kombu's own opens a file, then locks and fills it; a worker that looks in between reads nothing and ends with an error.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """The channel with the two writers of new files replaced."""

    # Kombu's stubs name the message differently in the two base classes.
    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        """Write a message beside its place and move it there."""
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        path = Path(self.data_folder_out, name)
        unfinished = path.with_name(f"{name}.new")  # no queue's files end so
        try:
            unfinished.write_text(dumps(message), encoding="utf-8")
            unfinished.replace(path)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {self.data_folder_out}") from error

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        """Make sure that the exchange has a file with a list before kombu adds to it under a lock."""
        path: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]  # not in the stubs
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.{uuid.uuid4()}.new")
            unfinished.write_text("[]", encoding="utf-8")
            try:
                os.link(unfinished, path)
            except FileExistsError:
                pass  # another process was faster, its list is whole too
            finally:
                unfinished.unlink()
        super()._queue_bind(exchange, routing_key or "", pattern, queue or "")


class Transport(filesystem.Transport):
    """What `filesystem://` means here."""

    Channel = Channel


def use_whole_files() -> None:
    """Let `filesystem://` mean this transport in this process.

    Idempotency: a second call changes nothing.
    """
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
