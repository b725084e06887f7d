"""The HTTP server of the simulators, on loopback: several gateways on one port, each beneath its prefix."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import replace
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self

from gateway_simulators.common.control import Controls, LogLine, control
from gateway_simulators.common.faults import DONE, SILENT, Fault, Faults
from gateway_simulators.common.handler import Handler
from gateway_simulators.common.messages import as_json, as_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from gateway_simulators.common.messages import Answer, Request
    from gateway_simulators.common.state import StateFolder
    from gateway_simulators.common.world import SimulatedGateway, World

LINES_MAX: Final = 10_000
POLL_S: Final = 1 / 20
KEY_HEADERS: Final = ("Idempotency-Key", "PayPal-Request-Id", "X-Refund-Idempotency")


class SimulatorServer:
    """Serves gateways on 127.0.0.1 while the context is open.

    Attributes:
        world: what the gateways share.
        gateways: by prefix.
        faults: disturbances of the next requests.
        log: every request to a gateway.
    """

    def __init__(
        self,
        world: World,
        gateways: Sequence[SimulatedGateway],
        *,
        port: int = 0,
        state: StateFolder | None = None,
        delivers: bool = True,
    ) -> None:
        """Make a server; `delivers` sends webhooks by itself, else `world.sender.deliver()` does."""
        self.world = world
        self.gateways = {gateway.prefix: gateway for gateway in gateways}
        self.faults = Faults()
        self.log: list[LogLine] = []
        self._port = port
        self._state = state
        self._delivers = delivers
        self._token = secrets.token_urlsafe(24)
        self._under_way: set[tuple[str, ...]] = set()
        self._wake = threading.Event()
        self._stopped = False
        self._is_unsaved = False
        self._saved_at = 0
        self._saving_ns = 0

    def __enter__(self) -> Self:
        work = {"answer_to": staticmethod(self.answer), "ended": staticmethod(self.ended)}
        bound = type("Bound", (Handler,), work)
        self._load()
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), bound)
        self._http.daemon_threads = True
        self.world.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._threads = [
            threading.Thread(target=self._http.serve_forever, args=(POLL_S,), daemon=True)
        ]
        if self._delivers:
            self._threads.append(threading.Thread(target=self._beat, daemon=True))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stopped = True
        self._wake.set()
        self._http.shutdown()
        self._http.server_close()
        for thread in self._threads:
            thread.join(timeout=15)
        self.save()

    @property
    def url(self) -> str:
        """Return the address, without a slash at the end."""
        return self.world.url

    @property
    def control_url(self) -> str:
        """Return the address beneath which the control endpoints are."""
        return f"{self.url}/_sim/{self._token}"

    def url_of(self, prefix: str) -> str:
        """Return the address that a gateway's SDK is given.

        Args:
            prefix: the gateway's.
        """
        return f"{self.url}/{prefix}"

    def advance(self, seconds: int) -> None:
        """Put the clock forward and do what falls due.

        Args:
            seconds: zero or more.
        """
        with self.world.lock:
            self.world.clock.advance(seconds)
            self._tick()

    def save(self) -> None:
        """Write what survives a restart, when there is a folder for it."""
        if self._state is None:
            return
        with self.world.lock:
            self._is_unsaved = False
            self._state.write("world", self.world.dump())
            for prefix, gateway in self.gateways.items():
                self._state.write(prefix, gateway.dump())

    def _save_soon(self) -> None:
        # At once while it is quick; when much is kept, writing takes a twentieth of the time at most.
        started = time.monotonic_ns()
        if started - self._saved_at < 20 * self._saving_ns:
            self._is_unsaved = True
            return
        self.save()
        self._saved_at = time.monotonic_ns()
        self._saving_ns = self._saved_at - started

    def _load(self) -> None:
        if self._state is None:
            return
        # Whoever holds the control address goes on holding it.
        self._token = (self._state.read("token") or {}).get("token", self._token)
        self._state.write("token", {"token": self._token})
        if (kept := self._state.read("world")) is not None:
            self.world.load(kept)
        for prefix, gateway in self.gateways.items():
            if (kept := self._state.read(prefix)) is not None:
                gateway.load(kept)

    def _beat(self) -> None:
        while not self._stopped:
            self._wake.wait(1)
            self._wake.clear()
            with self.world.lock:
                self._tick()
            if self.world.sender.deliver() or self._is_unsaved:
                self.save()

    def _tick(self) -> None:
        for gateway in self.gateways.values():
            gateway.tick()

    def answer(self, request: Request) -> tuple[Answer, Fault | None]:
        """Do one request and say which fault meets it.

        Args:
            request: its path still with the prefix.

        Returns:
            The answer, and the fault that decides whether and when it is sent.
        """
        _, prefix, *rest = request.path.split("/", 2)
        inner = replace(request, path=f"/{rest[0] if rest else ''}")
        if prefix == "_sim":
            return self._steer(inner), None
        gateway = self.gateways.get(prefix)
        if gateway is None:
            return as_json(404, {"error": "no such gateway"}), None
        with self.world.lock:
            fault, asked = None, _asked(prefix, inner)
            if asked in self._under_way:
                answer = gateway.refuse("409")
            else:
                fault = self.faults.take(prefix, inner.method, inner.path)
                answer = self._work(gateway, inner, fault)
                if asked and fault is not None and fault.seconds:
                    self._under_way.add(asked)
            self.log.append(self._line(prefix, inner, fault, answer.status))
            del self.log[:-LINES_MAX]
            if request.method != "GET":
                self._save_soon()
        self._wake.set()
        return answer, fault

    def ended(self, request: Request) -> None:
        """Note that a request's answer went out, or never will: until then its key is under way.

        Args:
            request: as `answer` got it.
        """
        _, prefix, *_ = request.path.split("/", 2)
        with self.world.lock:
            self._under_way.discard(_asked(prefix, request))

    def _work(self, gateway: SimulatedGateway, request: Request, fault: Fault | None) -> Answer:
        if fault is None or fault.mode in DONE:
            gateway.tick()
            done = gateway.answer(replace(request, fault=fault.mode if fault else ""))
            broken = fault is not None and fault.mode == "500_done"
            return gateway.refuse("500") if broken else done
        if fault.mode in {"500", "429", "409"}:
            return gateway.refuse(fault.mode)
        return as_page(502, "<html><body><h1>502 Bad Gateway</h1></body></html>")

    def _steer(self, request: Request) -> Answer:
        _, token, *rest = request.path.split("/", 2)
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            return as_json(404, {"error": "no such control"})
        with self.world.lock:
            controls = Controls(self.world, self.gateways, self.faults, self.log)
            answer = control(controls, replace(request, path=f"/{rest[0] if rest else ''}"))
            self._tick()
            self.save()
        self._wake.set()
        return answer

    def _line(self, prefix: str, request: Request, fault: Fault | None, status: int) -> LogLine:
        key = _key_of(request)
        is_silent = fault is not None and fault.mode in SILENT
        return LogLine(
            at=self.world.clock.now(),
            gateway=prefix,
            method=request.method,
            path=request.path,
            key=key,
            body=(request.body.decode(errors="replace") or request.query)[:2000],
            fault=fault.mode if fault else "",
            status=0 if is_silent else status,
        )


def _key_of(request: Request) -> str:
    return next((key for name in KEY_HEADERS if (key := request.header(name))), "")


def _asked(prefix: str, request: Request) -> tuple[str, ...]:
    """Return whose key a request carries, () for none: gateways refuse one while its first request is under way."""
    key = _key_of(request)
    return (prefix, request.header("Authorization"), key) if key else ()
