"""The demo that the browser tests look at: seeded in a database of its own, served by gunicorn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

from django.conf import settings

from tests.database import owner_url
from tests.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.worker import Worker

# A longer history than the tests need is for pictures.
DAYS = os.environ.get("BROWSER_DEMO_DAYS", "4")
SEED = """
from django.core.management import call_command
call_command("seed_demo", "--json", "--days", {days!r})
"""
ROWS = "from tests.browser import payment_rows, plan_rows; payment_rows.write(); plan_rows.write()"


@dataclass(frozen=True)
class Demo:
    """A running demo: where it answers, what database it has, its worker, and who may log in."""

    port: int
    database: str
    worker: Worker
    logins: list[dict[str, Any]] = field(default_factory=list)

    def url(self, provider: str, path: str) -> str:
        """Return an address under a provider's host name."""
        return f"http://{provider}.localhost:{self.port}{path}"

    def login(self, role: str) -> dict[str, Any]:
        """Return the login of a role, for instance `nimbus owner`, or of an e-mail address."""
        return next(login for login in self.logins if role in {login["role"], login["email"]})


def environment(database: str, role: str) -> dict[str, str]:
    """Return the environment of a process of the demo."""
    return {
        **os.environ,
        "DATABASE_URL": owner_url(database),
        "DATABASE_ROLE": role,
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DEBUG": "false",
        "DEMO": "true",
    }


def seed(worker: Worker) -> list[dict[str, Any]]:
    """Fill a worker's database with the demo's data, and return who may log in."""
    found: list[dict[str, Any]] = json.loads(worker.work(SEED.format(days=DAYS)))["logins"]
    worker.work(ROWS)
    return found


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}.")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (loopback)
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer.")


@contextmanager
def serve(database: str) -> Iterator[int]:
    """Run the web process on a free port and end it."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        # Chromium opens sockets ahead that it uses later or never. One of them would hold a worker of the kind `sync`
        # until its time was over, and take the page down that came by it a moment before; here they wait outside.
        "--worker-class",
        "gthread",
        "--threads",
        "1",
        "--preload",
        "--workers",
        "4",
        "--graceful-timeout",
        "5",
    ]
    process = subprocess.Popen(
        [*command, "--log-level", "warning", "billing_platform.wsgi:application"],
        env=environment(database, "app"),
        cwd=settings.BASE_DIR,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/live", process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)
