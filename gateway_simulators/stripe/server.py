"""The HTTP server of Stripe's simulator, on loopback; tests and the demo start it for their lifetime."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

from gateway_simulators.stripe.problems import Problem

if TYPE_CHECKING:
    from types import TracebackType

    from gateway_simulators.stripe.account import Account


@dataclass
class Fault:
    """One disturbance of the next fitting requests.

    Attributes:
        path: regular expression that the path must match wholly.
        mode: `500`, `429`, or `lost`: the work is done and the answer is not sent.
        left: how many requests it still meets.
    """

    path: str
    mode: str
    left: int = 1


@dataclass
class StripeSimulator:
    """Accounts by their secret key, served on a free port of 127.0.0.1 while the context is open."""

    accounts: dict[str, Account]
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        simulator: StripeSimulator = self

        class Bound(_Handler):
            owner = simulator

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take_fault(self, path: str) -> str:
        """Return the mode of the first fault that meets this request, or ""."""
        for fault in self.faults:
            if fault.left and re.fullmatch(fault.path, path):
                fault.left -= 1
                return fault.mode
        return ""

    def _account_of(self, authorization: str) -> Account:
        found = self.accounts.get(authorization.removeprefix("Bearer "))
        if found is None:
            raise Problem(401, "Invalid API Key provided.")
        return found

    def answer(
        self, method: str, path: str, form: dict[str, str], headers: Any
    ) -> tuple[int, dict[str, Any]] | None:
        """Answer one request; None when the answer is lost."""
        with self.lock:
            self.log.append(f"{method} {path}")
            fault = self.take_fault(path)
            if fault in {"500", "429"}:
                return int(fault), {"error": {"type": "api_error", "message": "Simulated fault."}}
            try:
                account = self._account_of(headers.get("Authorization", ""))
                done = account.answer(method, path, form, headers.get("Idempotency-Key", ""))
            except Problem as problem:
                done = problem.status, problem.body
            return None if fault == "lost" else done


class _Handler(BaseHTTPRequestHandler):
    owner: StripeSimulator
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep requests off the terminal; the simulator has its own log."""

    def do_GET(self) -> None:
        """Answer a reading request."""
        self._serve()

    def do_POST(self) -> None:
        """Answer a writing request."""
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = dict(parse_qsl(body or parts.query, keep_blank_values=True))
        answer = self.owner.answer(self.command, parts.path, form, self.headers)
        self.close_connection = answer is None
        if answer is None:
            return
        shown = json.dumps(answer[1]).encode()
        self.send_response(answer[0])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(shown)))
        self.send_header("Request-Id", f"req_{len(self.owner.log)}")
        self.end_headers()
        self.wfile.write(shown)
