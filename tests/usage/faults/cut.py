"""A way to the server that is lost once, at the COMMIT of a certain work: nobody knows then whether it was done."""

from __future__ import annotations

import select
import socket
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

POSTS = b"INSERT INTO accounts_posting"
COUNTS = b"usage_take_batch("
_COMMITS = b"COMMIT\x00"


class Cut:
    """A relay on a port of its own; after it was cut once, it only passes on.

    Attributes:
        port: where it listens, on loopback.
        is_cut: whether it was.
        reaches: whether the COMMIT was done all the same.
    """

    def __init__(self, server: Mapping[str, Any], *, reaches: bool, work: bytes = POSTS) -> None:
        """Begin to listen.

        Args:
            server: HOST and PORT of the database, as Django's settings have them.
            reaches: whether the COMMIT still comes to the server, whose answer is lost then.
            work: words of a statement of the transaction whose COMMIT is meant.
        """
        self._server = server
        self.reaches = reaches
        self._work = work
        self.is_cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._relay, args=(client, self._connect()), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = str(self._server["HOST"]), int(self._server["PORT"] or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        way = socket.socket(socket.AF_UNIX)
        way.connect(str(Path(host) / f".s.PGSQL.{port}"))
        return way

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        is_meant = False
        with client, server:
            while True:
                ready, _, _ = select.select([client, server], [], [])
                source = ready[0]
                data = source.recv(1 << 16)
                if not data:
                    return
                if source is server:
                    client.sendall(data)
                    continue
                is_meant = is_meant or self._work in data
                if is_meant and _COMMITS in data and not self.is_cut:
                    self.is_cut = True
                    if self.reaches:
                        server.sendall(data)
                        server.recv(1 << 16)
                    return
                server.sendall(data)
