"""The demo with the gateways' simulators beside it, for the tests in which a browser pays."""

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
from tests.browser.conftest import Demo, Visitor, environment, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

CONNECT = """
from billing_platform.kernel.clock import now
from payments.services.connections import create_connection
from tenants.selectors.providers import provider_id_by_slug
for gateway, label, credentials in {connections!r}:
    create_connection(
        provider_id=provider_id_by_slug("sonora"), gateway=gateway, label=label, credentials=credentials, now=now()
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


@contextmanager
def beside_simulators(
    demo: Demo, chromium: Browser, accounts: Sequence[Account]
) -> Iterator[Visitor]:
    """Start simulators, connect Sonora's accounts to them, and let somebody stand in front of the demo."""
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
        subprocess.run(
            [
                sys.executable,
                "manage.py",
                "shell",
                "-v",
                "0",
                "-c",
                CONNECT.format(connections=rows),
            ],
            env=environment(demo.database, "worker"),
            cwd=settings.BASE_DIR,
            check=True,
        )
        with serve(demo.database) as port:
            yield Visitor(chromium, Demo(port, demo.database, demo.logins))
    finally:
        patch.undo()
        process.terminate()
        process.wait(timeout=20)
