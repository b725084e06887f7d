"""The whole demo, as `make demo` starts it: open, mended while it runs, ended without a trace, opened again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from billing_platform.demo_data.cast import PASSWORD
from billing_platform.embedded.pidfile import is_alive, running_pid
from billing_platform.embedded.places import PROJECT_DIR, forget, locate, owner_url
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.embedded.conftest import query, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.processes
OPEN_SECONDS = 900  # on a busy machine, with the example data made; the goal is for a person's own
TENANTS = "SELECT count(*) FROM tenants_tenant"
CONNECTIONS = "SELECT count(*) FROM payments_connection WHERE state = 'ok'"
# Events of gateways that came in and led to a payment.
TOLD = "SELECT count(*) FROM payments_webhook_event WHERE state = 'processed'"
# Acme's balance as it were without its usage, which may be charged at any moment.
WITHOUT_USAGE = """
SELECT w.balance - coalesce((
    SELECT sum(e.amount_minor) FROM accounts_entry e JOIN accounts_posting p ON p.id = e.posting_id
    WHERE e.account_id = w.id AND p.kind LIKE 'usage%'), 0)
FROM accounts_wallet w JOIN tenants_tenant t ON t.id = w.tenant_id WHERE t.external_id = 'acme'
"""


@dataclass
class RunningDemo:
    """A demo in another process and what it has printed."""

    process: subprocess.Popen[str]
    environ: dict[str, str]
    port: int
    screen: str = ""

    def read_until(self, words: str) -> None:
        """Read its output up to a line with these words."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + OPEN_SECONDS
        while words not in self.screen:
            line = self.process.stdout.readline()
            assert line, f"the demo ended: {self.screen}"
            assert time.monotonic() < deadline, self.screen
            self.screen += line

    def children(self) -> dict[str, int]:
        """Return its processes by a word of their command line."""
        listed = subprocess.check_output(["ps", "-A", "-ww", "-o", "ppid=,pid=,args="], text=True)
        rows = [line.split(None, 2) for line in listed.splitlines()]
        mine = {
            int(pid): args
            for ppid, pid, args in (row for row in rows if len(row) == 3)
            if int(ppid) == self.process.pid
        }
        words = {
            "worker": "celery worker",
            "beat": "celery beat",
            "web": "gunicorn",
            "generator": "demo.generator",
            "simulators": "gateway_simulators",
            "postgres": "postgres",
        }
        plain = {pid: args.replace("-A billing_platform.celery ", "") for pid, args in mine.items()}
        return {
            name: pid for name, word in words.items() for pid, args in plain.items() if word in args
        }

    def page(self, path: str, *, ops: bool = False) -> tuple[int, str]:
        """Return status and text of a page."""
        url = f"http://127.0.0.1:{self.port + ops}{path}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError):
            return 0, ""

    def end(self, number: int) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


def free_ports() -> int:
    """Return a port that is free together with the two after it."""
    while True:
        with socket.socket() as first, socket.socket() as second, socket.socket() as third:
            first.bind(("127.0.0.1", 0))
            number = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", number + 1))
                third.bind(("127.0.0.1", number + 2))
            except OSError:
                continue
            return number


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    """A folder of its own for all starts, so that the second one finds the first one's data."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        Path(folder).chmod(0o755)
        var = Path(folder, "var")
        yield {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(var),
            "ENV_FILE": os.devnull,
            "PYTHONUNBUFFERED": "1",
            # What is proved needs no long history.
            "DEMO_DAYS": "1",
        }
        forget(locate(var))


@contextmanager
def demo(environ: dict[str, str], port: int) -> Iterator[RunningDemo]:
    process = subprocess.Popen(
        [sys.executable, "-m", "billing_platform.demo"],
        cwd=PROJECT_DIR,
        env=environ | {"PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield RunningDemo(process, environ, port)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def server_of(environ: dict[str, str]) -> int | None:
    return running_pid(locate(Path(environ["VAR_DIR"])))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class TestDemo:
    def test_it_opens_mends_itself_ends_and_opens_again(self, environ: dict[str, str]) -> None:
        port = free_ports()
        with demo(environ, port) as first:
            first.read_until("Ctrl-C ends the demo")
            self.assert_open(first)
            tenants = query(owner_url(environ), TENANTS)
            connections = query(owner_url(environ), CONNECTIONS)
            assert_paid(first, 2500)
            self.assert_mended(first)
            pids = first.children().values()
            assert len(pids) == 6
            assert first.end(signal.SIGTERM) == 0
            self.assert_gone(first, list(pids))

        with demo(environ, port) as second:
            second.read_until("Ctrl-C ends the demo")
            assert query(owner_url(environ), TENANTS) == tenants > 0
            assert "API keys" not in second.screen
            # The gateways' accounts and the connections to them are those of before.
            assert query(owner_url(environ), CONNECTIONS) == connections > 0
            assert_paid(second, 1700)
            pids = second.children().values()
            assert second.end(signal.SIGINT) == 0
            self.assert_gone(second, list(pids))

    @staticmethod
    def assert_open(running: RunningDemo) -> None:
        """Pages, mails and operators' pages answer, and somebody can log in."""
        assert f"http://localhost:{running.port}/" in running.screen
        assert re.search(rf"http://nimbus\.localhost:{running.port}/ +\S+@\S+", running.screen)
        assert running.page("/health/ready")[0] == 200
        assert running.page("/demo/mail/")[0] == 200
        status, login = running.page("/ops/", ops=True)
        assert (status, "csrfmiddlewaretoken" in login) == (200, True)
        assert running.page("/nowhere", ops=True) == (404, "This page does not exist.")

    @staticmethod
    def assert_mended(running: RunningDemo) -> None:
        """A killed worker and a killed database come back."""
        before = running.children()
        os.kill(before["worker"], signal.SIGKILL)
        running.read_until("`worker` ended")
        os.kill(before["postgres"], signal.SIGKILL)
        running.read_until("The database was ended")
        wait_for(lambda: running.page("/health/ready")[0] == 200, 60)
        assert running.children()["worker"] != before["worker"]

    @staticmethod
    def assert_gone(running: RunningDemo, pids: list[int]) -> None:
        """Nothing that it started is left."""
        assert not any(is_alive(pid) for pid in pids)
        assert server_of(running.environ) is None
        assert is_free(running.port)
        assert is_free(running.port + 1)
        assert is_free(running.port + 2)


def assert_paid(running: RunningDemo, minor: int) -> None:
    """A customer pays on the gateway's page; return page and webhook together credit it once."""
    url = owner_url(running.environ)
    before, told = query(url, WITHOUT_USAGE), query(url, TOLD)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.goto(f"http://nimbus.localhost:{running.port}/accounts/login/?next=/billing/pay/")
        page.get_by_label("Email").fill("alice@acme.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.get_by_label("Amount").fill(f"{minor / 100:.2f}")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name=re.compile("^Pay .* now$")).click()
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_text("The payment is credited to your balance.")).to_be_visible(
            timeout=30_000
        )
        browser.close()
    wait_for(lambda: query(url, TOLD) > told, 60)
    assert query(url, WITHOUT_USAGE) == before + minor


class TestRefusals:
    def test_a_port_in_use_is_said_and_nothing_stays(self, environ: dict[str, str]) -> None:
        port = free_ports()
        with socket.socket() as other:
            other.bind(("127.0.0.1", port + 1))
            other.listen()
            with demo(environ, port) as running:
                running.read_until("is in use")
                assert f"Port {port + 1} is in use. Choose another" in running.screen
                assert running.process.wait(timeout=30) == 1
        assert server_of(environ) is None

    def test_an_early_end_leaves_nothing(self, environ: dict[str, str]) -> None:
        with demo(environ, free_ports()) as running:
            running.read_until("Database server")
            time.sleep(0.5)
            assert running.end(signal.SIGTERM) == 0
        assert server_of(environ) is None
