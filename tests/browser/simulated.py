"""The gateways' simulators beside the demo of the browser tests, and a web process that knows of them."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from django.conf import settings

from billing_platform.demo.simulators import Simulators
from tests.browser.served import Demo, environment, serve
from tests.browser.visitor import Visitor
from tests.browser.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def paypal_account() -> Account:
    """Return an account at PayPal."""
    client, secret = "client-of-the-browser", "secret-of-the-browser"
    return Account(
        gateway="paypal",
        label="PayPal",
        opened=({"account": "browser", "client_id": client, "secret": secret},),
        credentials={"client_id": client, "client_secret": secret, "environment": "sandbox"},
    )


def razorpay_account() -> Account:
    """Return an account at Razorpay."""
    key, secret = "rzp_test_browser", "razorpaysecret"
    return Account(
        gateway="razorpay",
        label="Razorpay",
        opened=({"account": "acc_browser", "key": key, "secret": secret},),
        credentials={"key_id": key, "key_secret": secret, "account_id": "acc_browser"},
    )


# How each provider's customers pay; a file that pays finds all of them.
ACCOUNTS: Final = {
    "nimbus": (stripe_account("nimbus", "Card or bank account"),),
    "sonora": (stripe_account("sonora", "Card"), paypal_account(), razorpay_account()),
}


@dataclass(frozen=True)
class Counter:
    """Somebody in front of the demo, the simulators beside it, and a worker who knows of them."""

    visitor: Visitor
    demo: Demo
    simulators: Simulators

    def work(self, script: str) -> None:
        """Let the worker do something, in its process."""
        self.demo.worker.work(script)


@contextmanager
def beside_simulators(
    demo: Demo, chromium: Browser, accounts: Mapping[str, tuple[Account, ...]]
) -> Iterator[Counter]:
    """Start simulators, connect providers' accounts to them, and serve the demo with both."""
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
        with Worker(environment(demo.database, "worker")) as hand:
            for slug, theirs in accounts.items():
                _connect(found, hand, slug, theirs)
            with serve(demo.database) as port:
                served = Demo(port, demo.database, hand, demo.logins)
                yield Counter(Visitor(chromium, served), served, found)
    finally:
        patch.undo()
        process.terminate()
        process.wait(timeout=20)


def _connect(
    simulators: Simulators, worker: Worker, slug: str, accounts: tuple[Account, ...]
) -> None:
    for account in accounts:
        for details in account.opened:
            simulators.ask(f"{account.gateway}/open_account", details)
    rows = [(one.gateway, one.label, one.credentials) for one in accounts]
    worker.work(_CONNECT.format(slug=slug, rows=rows))
