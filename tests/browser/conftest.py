"""A demo of its own and a real Chromium for the browser tests; both end with the last test of this folder."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from tests.browser.served import Demo, environment, seed, serve
from tests.browser.simulated import ACCOUNTS, beside_simulators
from tests.browser.visitor import Visitor
from tests.browser.worker import Worker
from tests.database import drop_database, server_execute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.browser.simulated import Counter

# The shell is the same Chromium without a window: the same page takes it a third less of the processor.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for a second or two: to optimise its scripts takes longer than to run them as they are.
    "--js-flags=--no-opt --no-maglev",
)


# Once per process, though tests of other folders come in between: making it takes longer than using it.
@pytest.fixture(scope="session")
def demo(template_database: str, django_db_setup: None) -> Iterator[Demo]:
    """Run the seeded demo with gunicorn on a database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"{settings.DATABASES['default']['TEST']['NAME']}_browser_{worker}"
    drop_database(database)
    server_execute(f'CREATE DATABASE "{database}" TEMPLATE "{template_database}"')
    try:
        with Worker(environment(database, "worker")) as hand:
            logins = seed(hand)
            with serve(database) as port:
                yield Demo(port, database, hand, logins)
    finally:
        drop_database(database)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Run one Chromium for this folder; its event loop ends with it, before other tests ask Django for data."""
    # Five seconds are short where other tests have the processors; who is not kept waiting loses nothing by more.
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def visitor(demo: Demo, chromium: Browser) -> Visitor:
    """Return somebody with a browser in front of the demo; the browser, asked for last, ends first."""
    return Visitor(chromium, demo)


@pytest.fixture(scope="package")
def counter(demo: Demo, chromium: Browser) -> Iterator[Counter]:
    """Return somebody in front of the demo where both providers take payments, as the simulators play the gateways."""
    with beside_simulators(demo, chromium, ACCOUNTS) as found:
        yield found
