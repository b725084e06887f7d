"""The HTTP side of the server: reads one request, sends its answer, late, not at all or as a reset."""

from __future__ import annotations

import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from gateway_simulators.common.faults import SILENT
from gateway_simulators.common.messages import Request, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.faults import Fault
    from gateway_simulators.common.messages import Answer

BODY_BYTES_MAX: Final = 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Serves every verb alike; a server binds itself to a class of its own."""

    answer_to: Callable[[Request], tuple[Answer, Fault | None]]
    ended: Callable[[Request], None]
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet: as two, the second waits 40 ms for the client to acknowledge the first.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep requests off the terminal; the server has its own log."""

    def __getattr__(self, name: str) -> Any:
        # The library looks up do_GET, do_POST and so on: every verb is served alike.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self._send(as_json(413, {"error": "too big"}))
            return
        parts = urlsplit(self.path)
        body = self.rfile.read(int(length))
        request = Request(self.command, parts.path, parts.query, self._headers(), body)
        answer, fault = type(self).answer_to(request)
        if fault is not None and fault.seconds:
            time.sleep(fault.seconds)
            type(self).ended(request)
        if fault is None or fault.mode not in SILENT:
            self._send(answer)
            return
        self.close_connection = True
        if fault.mode == "reset":
            # Closed with bytes unsent and no time to linger: the peer sees a reset instead of an end.
            off = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, off)
            os.close(self.connection.detach())

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
