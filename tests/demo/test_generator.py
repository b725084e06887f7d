"""The demo's live usage: posted over HTTP by a process of its own, patient with the server, ended at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import include, path

from billing_platform.demo.generator import KEY_VARIABLE
from billing_platform.demo.live_events import FIRST_MISTAKE, REPEAT_EVERY, LiveUsage
from billing_platform.demo.live_state import LiveState, read_live_state, write_live_state
from billing_platform.demo_data.cast import NIMBUS, PROVIDERS
from billing_platform.demo_data.catalogues import METERS
from billing_platform.demo_data.events import hour_events
from billing_platform.demo_data.live_keys import renew_live_keys
from billing_platform.embedded.places import PROJECT_DIR
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.errors import KeyRefusedError
from tenants.selectors.tenants import tenant_by_external_id
from tenants.services.api_keys import authenticate
from tenants.services.providers import create_provider
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import create_tenant
from tests.embedded.conftest import wait_for
from tests.loopback import free_port
from tests.roles import as_role
from usage.models import Event
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from django.test import Client

urlpatterns = [path("demo/", include("billing_platform.demo.urls"))]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EVERY = "0.05"


class SilentApi(WSGIRequestHandler):
    """One call of the test's server, not told of on the terminal."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(port: int) -> Iterator[None]:
    """Serve the product over HTTP, on the test's database."""
    server = make_server(
        "127.0.0.1", port, closing(get_wsgi_application()), handler_class=SilentApi
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closing(application: Callable[..., Any]) -> Callable[..., Any]:
    """Close what a call opened in the database, since the server's thread ends without telling."""

    def call(environ: Any, start: Any) -> Any:
        try:
            return [b"".join(application(environ, start))]
        finally:
            connections.close_all()

    return call


@contextmanager
def generator(port: int, keys: Mapping[str, str], var: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the program as the demo does, with short waits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "billing_platform.demo.generator", "--every", EVERY],
        cwd=PROJECT_DIR,
        env={"PATH": os.environ["PATH"], "PORT": str(port), "VAR_DIR": str(var)}
        | {KEY_VARIABLE.format(slug.upper()): key for slug, key in keys.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def end(process: subprocess.Popen[str]) -> tuple[int, str, float]:
    """End it as the demo does; return its status, all it printed, and the seconds that took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=10)
    return process.returncode, printed, time.monotonic() - began


def told(folder: Path) -> LiveState:
    return read_live_state(folder) or LiveState(since=NOON)


@pytest.fixture
def providers(committed_db: str) -> dict[str, int]:
    """Both providers of the demo with their first client each; Nimbus has another one that is suspended."""
    ids = {}
    with as_role("worker"):
        for row in PROVIDERS:
            ids[row.slug] = create_provider(
                slug=row.slug,
                name=row.name,
                currency=row.currency,
                time_zone="UTC",
                suspension_enabled=True,
                now=NOON,
            )
            with provider_scope(ids[row.slug]):
                for meter in METERS[row.catalogue]:
                    create_meter(provider_id=ids[row.slug], now=NOON, **meter)
                for tenant in row.tenants[:2]:
                    create_tenant(
                        provider_id=ids[row.slug],
                        external_id=tenant.external_id,
                        name=tenant.name,
                        now=NOON,
                    )
    return ids


class TestProgram:
    def test_posts_for_active_clients_of_both_and_goes_on_after_a_restart(
        self, providers: dict[str, int], tmp_path: Path
    ) -> None:
        nimbus = providers["nimbus"]
        suspended = NIMBUS.tenants[1].external_id
        with as_role("worker"), provider_scope(nimbus):
            tenant = tenant_by_external_id(nimbus, suspended)
            suspend_by_hand(provider_id=nimbus, tenant_id=tenant.id, note="Test", now=NOON)
        with as_role("worker"):
            keys = renew_live_keys(now=now())
        port = free_port()
        with generator(port, keys, tmp_path) as process:
            wait_for(lambda: told(tmp_path).trouble == "The server did not answer.")
            with serve(port):
                wait_for(lambda: told(tmp_path).posted >= 40 and told(tmp_path).repeated >= 1)
            before = told(tmp_path).posted
            wait_for(lambda: told(tmp_path).is_in_trouble)
            with serve(port):
                wait_for(lambda: told(tmp_path).posted > before)
            status, printed, seconds = end(process)
        assert (status, printed) == (0, "")
        assert seconds < 1
        assert told(tmp_path).rejected == 2  # one for each provider
        assert not any(key in (tmp_path / "live-usage.json").read_text() for key in keys.values())
        for slug, provider_id in providers.items():
            with provider_scope(provider_id):
                sources = set(Event.objects.values_list("tenant_id", flat=True))
            assert sources, slug
            assert tenant.id not in sources


class BusyServer(BaseHTTPRequestHandler):
    """Answers with the refusals first, then takes the events; notes what it was sent."""

    refusals: ClassVar[list[int]] = []
    bodies: ClassVar[list[list[dict[str, Any]]]] = []

    def do_GET(self) -> None:
        """Let every client be active."""
        self._answer(200, {"status": "active"})

    def do_POST(self) -> None:
        """Refuse as long as there are refusals."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.bodies.append(body)
        if self.refusals:
            self._answer(self.refusals.pop(0), {})
        else:
            self._answer(200, {"results": [{"verdict": "accepted"} for _ in body]})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)


class TestPatience:
    def test_waits_as_asked_and_sends_the_same_again(self, tmp_path: Path) -> None:
        BusyServer.refusals, BusyServer.bodies = [429], []
        server = ThreadingHTTPServer(("127.0.0.1", 0), BusyServer)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        with generator(server.server_port, {"nimbus": "a key"}, tmp_path) as process:
            wait_for(lambda: told(tmp_path).is_in_trouble)
            refused_at = time.monotonic()
            assert told(tmp_path).trouble == "The server asked to slow down (429)."
            assert len(BusyServer.bodies) == 1
            wait_for(lambda: told(tmp_path).posted > 0)
            assert time.monotonic() - refused_at > 0.8
            assert end(process)[0] == 0
        server.shutdown()
        server.server_close()
        assert BusyServer.bodies[0] == BusyServer.bodies[1]

    def test_says_when_it_has_no_key(self, tmp_path: Path) -> None:
        with generator(1, {}, tmp_path) as process:
            printed, _ = process.communicate(timeout=20)
        assert process.returncode == 1
        assert "no API key" in printed


class TestKeys:
    @pytest.mark.usefixtures("providers")
    def test_a_new_start_ends_the_old_keys(self) -> None:
        with as_role("worker"):
            first = renew_live_keys(now=now())
            second = renew_live_keys(now=now())
            third = renew_live_keys(now=now())
        for old in (*first.values(), *second.values()):
            with pytest.raises(KeyRefusedError):
                authenticate(old, now=now())
        for key in third.values():
            assert authenticate(key, now=now()).provider_id


class TestUsage:
    def test_an_hour_comes_to_what_the_history_has_and_days_are_busier_than_nights(self) -> None:
        tenants = NIMBUS.tenants

        def hours(at: datetime) -> tuple[int, Decimal]:
            usage = LiveUsage(NIMBUS, every_s=5, dice=dice())
            drawn = [
                event
                for second in range(0, 3600 * 2, 5)
                for event in usage.draw(tenants, at + timedelta(seconds=second % 3600))
            ]
            return len(drawn), instance_hours(drawn) / 2

        (by_day, instances), (by_night, _) = hours(NOON), hours(NOON - timedelta(hours=10))
        history = [row for each in tenants for row in hour_events(NIMBUS.catalogue, each, NOON)]
        expected = instance_hours(history)
        assert by_day > by_night * 1.5
        assert expected * 7 / 10 < instances < expected * 13 / 10

    def test_repeats_an_event_and_makes_one_mistake(self) -> None:
        usage = LiveUsage(NIMBUS, every_s=5, dice=dice())
        posts = [usage.draw(NIMBUS.tenants[:2], NOON) for _ in range(REPEAT_EVERY)]
        assert posts[-1][-1] == posts[-2][0]
        assert [row["data"] for row in posts[FIRST_MISTAKE - 1]][-1] == {"quantity": "a lot"}
        bad = [row for post in posts for row in post if not is_number(row["data"]["quantity"])]
        assert len(bad) == 1
        assert usage.draw([], NOON) == []


def instance_hours(events: Sequence[Mapping[str, Any]]) -> Decimal:
    """Return for how many hours instances ran, by their events."""
    texts = [row["data"]["quantity"] for row in events if row["type"] == "cloud.instance"]
    return sum(map(Decimal, filter(is_number, texts)), Decimal(0))


def dice() -> random.Random:
    return random.Random(1)  # noqa: S311 (made-up usage)


def is_number(text: str) -> bool:
    return text != "a lot"


class TestPage:
    @pytest.mark.urls("tests.demo.test_generator")
    @pytest.mark.django_db
    def test_tells_of_posts_and_trouble(
        self, client: Client, settings: Any, tmp_path: Path
    ) -> None:
        settings.VAR_DIR = tmp_path
        assert "has not begun" in client.get("/demo/").content.decode()
        state = LiveState(since=NOON, posted=41, repeated=3, rejected=1, last_post_at=NOON)
        trouble = replace(
            state, trouble="The server did not answer.", trouble_at=NOON + timedelta(seconds=9)
        )
        write_live_state(tmp_path, trouble)
        body = client.get("/demo/").content.decode()
        assert "41 since" in body
        assert "The server did not answer." in body
        assert "12:00:09</time>; it tries again" in body
        assert "Times are in UTC" in body
        (tmp_path / "live-usage.json").write_text('{"posted": ')
        assert read_live_state(tmp_path) is None
