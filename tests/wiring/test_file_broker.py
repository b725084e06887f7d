"""Messages as files: many writers and readers at once, every message whole and read once."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from kombu import Connection
from kombu.transport.filesystem import Channel as KombuChannel

from billing_platform.file_broker import Channel, use_whole_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MESSAGES = 300
BULK = "x" * 20_000


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[], Any]:
    use_whole_files()
    (tmp_path / "messages").mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    return lambda: Connection("filesystem://", transport_options=options)


def read_all(connection: Any, name: str, done: threading.Event) -> list[Any]:
    """Read until the writers are done and nothing is left."""
    found: list[Any] = []
    with connection.channel() as channel:
        while True:
            last_look = done.is_set()
            try:
                found.append(channel._get(name)["n"])
            except queue.Empty:
                if last_look:
                    return found


class TestTransport:
    def test_the_scheme_means_ours(self, connect: Callable[[], Any]) -> None:
        with connect() as connection:
            assert isinstance(connection.channel(), Channel)
            assert isinstance(connection.channel(), KombuChannel)

    def test_every_message_is_read_whole_and_once(self, connect: Callable[[], Any]) -> None:
        done = threading.Event()

        def write(first: int) -> None:
            with connect() as connection, connection.channel() as channel:
                for number in range(first, MESSAGES, 2):
                    channel._put("q", {"n": number, "bulk": BULK})

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read_all, connect(), "q", done) for _ in range(2)]
            writers = [pool.submit(write, first) for first in range(2)]
            for writer in writers:
                writer.result()
            done.set()
            found = [number for reader in readers for number in reader.result()]

        assert sorted(found) == list(range(MESSAGES))

    def test_queues_bound_at_once_are_all_kept(
        self, connect: Callable[[], Any], tmp_path: Path
    ) -> None:
        start = threading.Barrier(8)

        def bind(number: int) -> None:
            with connect() as connection, connection.channel() as channel:
                start.wait()
                channel._queue_bind("x", "", "", f"q{number}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(bind, range(8)))

        with connect() as connection, connection.channel() as channel:
            assert {row.queue for row in channel.get_table("x")} == {
                f"q{number}" for number in range(8)
            }
        assert not list((tmp_path / "control").glob("*.new"))
