"""The gateways' simulators beside the demo of the browser tests, and a web process that knows of them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from billing_platform.demo.simulators import Simulators
from tests.browser.served import Demo, environment, serve
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_CONNECT = """
from billing_platform.kernel.clock import now
from payments.services.connections import create_connection
from tenants.selectors.providers import provider_id_by_slug
for gateway, label, credentials in {rows!r}:
    create_connection(
        provider_id=provider_id_by_slug({slug!r}), gateway=gateway, label=label, credentials=credentials, now=now()
    )
"""


@dataclass(frozen=True)
class Account:
    """An account at a simulated gateway.

    Attributes:
        gateway: its code.
        label: what customers read.
        opened: what the simulator opens it with, once for each of its keys.
        credentials: what the provider enters.
    """

    gateway: str
    label: str
    opened: tuple[dict[str, str], ...]
    credentials: dict[str, str]


def stripe_account(slug: str, label: str) -> Account:
    """Return a provider's account at Stripe."""
    keys = {"secret_key": f"sk_test_browser_{slug}", "publishable_key": f"pk_test_browser_{slug}"}
    opened = tuple({"account": f"acct_browser_{slug}", "key": key} for key in keys.values())
    return Account(gateway="stripe", label=label, opened=opened, credentials=keys)


@dataclass(frozen=True)
class Counter:
    """Somebody in front of the demo, the simulators beside it, and the worker that is sent for."""

    visitor: Visitor
    demo: Demo
    simulators: Simulators

    def work(self, script: str) -> None:
        """Let a worker do something, in a process of its own."""
        _work(self.demo, script)


@contextmanager
def beside_simulators(
    demo: Demo, chromium: Browser, slug: str, *accounts: Account
) -> Iterator[Counter]:
    """Start simulators, connect a provider's accounts to them, and serve the demo with both."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway_simulators", "--port", "0"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
    )
    patch = pytest.MonkeyPatch()
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        found = Simulators(told["url"], told["control_url"], process.pid)
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        for name, value in found.environ().items():
            patch.setenv(name, value)
        for account in accounts:
            for details in account.opened:
                found.ask(f"{account.gateway}/open_account", details)
        rows = [(one.gateway, one.label, one.credentials) for one in accounts]
        _work(demo, _CONNECT.format(slug=slug, rows=rows))
        with serve(demo.database) as port:
            served = Demo(port, demo.database, demo.logins)
            yield Counter(Visitor(chromium, served), served, found)
    finally:
        patch.undo()
        process.terminate()
        process.wait(timeout=20)


def _work(demo: Demo, script: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
        env=environment(demo.database, "worker"),
        cwd=settings.BASE_DIR,
        check=True,
    )
