"""A demo of its own and a real Chromium for the browser tests; both end with the last test of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.error import URLError
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import sync_playwright

from tests.database import drop_database, owner_url, server_execute
from tests.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A longer history than the tests need is for pictures.
DAYS = os.environ.get("BROWSER_DEMO_DAYS", "4")
ROWS = "from tests.browser import payment_rows, plan_rows; payment_rows.write(); plan_rows.write()"
DESKTOP = (1360, 900)
PHONE = (390, 844)
TOO_WIDE_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NARROW = (320, 640)


@dataclass(frozen=True)
class Demo:
    """A running demo: where it answers, what database it has, and who may log in."""

    port: int
    database: str
    logins: list[dict[str, Any]] = field(default_factory=list)

    def url(self, provider: str, path: str) -> str:
        """Return an address under a provider's host name."""
        return f"http://{provider}.localhost:{self.port}{path}"

    def login(self, role: str) -> dict[str, Any]:
        """Return the login of a role, for instance `nimbus owner`, or of an e-mail address."""
        return next(login for login in self.logins if role in {login["role"], login["email"]})


@dataclass
class Visit:
    """A page that is looked at, and everything its console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    is_listening: bool = True

    def show(self, size: tuple[int, int], theme: Literal["light", "dark"]) -> None:
        """Give the window another size and the device another theme, which the page follows."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        # Colours that are still on their way would be measured half way.
        self.page.wait_for_function(
            "theme => document.documentElement.dataset.bsTheme === theme"
            " && document.getAnimations().every(moving => moving.playState !== 'running')",
            arg=theme,
            # Asked at every frame, the window would be drawn at every frame.
            polling=50,
        )

    def violations(self) -> list[str]:
        """Return what axe-core objects to; ends the listening, since axe itself tries inline styles."""
        if self.is_listening:
            self.is_listening = False
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})",
            AXE_RULES,
        )
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def sideways_px(self) -> int:
        """Return by how many pixels the page is wider than its window, once charts have followed the window's width."""
        with suppress(PlaywrightTimeoutError):
            # A function: a bare expression would be evaluated by the page, whose policy forbids it.
            self.page.wait_for_function(f"() => {TOO_WIDE_PX} <= 0", polling=50, timeout=2000)
        return int(self.page.evaluate(TOO_WIDE_PX))

    def too_wide(self) -> list[str]:
        """Return the innermost elements that reach beyond the window's right edge and are not scrolled by a box."""
        return list(
            self.page.evaluate(
                """() => {
                  const edge = document.documentElement.clientWidth + 1;
                  const isOut = it => it.getBoundingClientRect().right > edge;
                  const out = [...document.querySelectorAll('body *')].filter(it =>
                    isOut(it) && !it.closest('.table-responsive, pre, .visually-hidden')
                    && ![...it.children].some(isOut));
                  return out.slice(0, 3).map(it => it.outerHTML.slice(0, 160));
                }"""
            )
        )


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


# Once per process, though tests of other folders come in between: making it takes longer than using it.
@pytest.fixture(scope="session")
def demo(template_database: str, django_db_setup: None) -> Iterator[Demo]:
    """Run the seeded demo with gunicorn on a database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"{settings.DATABASES['default']['TEST']['NAME']}_browser_{worker}"
    drop_database(database)
    server_execute(f'CREATE DATABASE "{database}" TEMPLATE "{template_database}"')
    try:
        seeded = subprocess.run(
            [sys.executable, "manage.py", "seed_demo", "--json", "--days", DAYS],
            env=environment(database, "worker"),
            cwd=settings.BASE_DIR,
            check=True,
            stdout=subprocess.PIPE,
        )
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", ROWS],
            env=environment(database, "worker"),
            cwd=settings.BASE_DIR,
            check=True,
        )
        with serve(database) as port:
            yield Demo(port, database, json.loads(seeded.stdout)["logins"])
    finally:
        drop_database(database)


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
        # A socket that Chromium opened ahead and never used holds its worker: there are more of these than of those,
        # and one that is held is replaced before a page gives up waiting.
        "--preload",
        "--workers",
        "8",
        "--timeout",
        "15",
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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Run one Chromium for this folder; its event loop ends with it, before other tests ask Django for data."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody with a browser: one window per role, kept open so that its cache is used as people's are."""

    browser: Browser
    demo: Demo
    windows: dict[str, BrowserContext] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)

    def window(self, role: str = "", *, scripts: bool = True, language: str = "") -> BrowserContext:
        """Return the window of a role, logged in; an empty role is nobody; scripts may be switched off.

        A language is what the browser asks for and what was chosen in it.
        """
        is_plain = scripts and not language
        name = role if is_plain else f"{role} {language or 'without scripts'}"
        if name not in self.windows:
            self.windows[name] = self.browser.new_context(
                viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
                reduced_motion="reduce",
                java_script_enabled=scripts,
                storage_state=None if is_plain else self.window(role).storage_state(),
                locale=language or "en-US",
            )
            if language:
                hosts = [self.demo.url(brand, "/") for brand in ("nimbus", "sonora")]
                self.windows[name].add_cookies(
                    [{"name": "language", "value": language, "url": host} for host in hosts]
                )
            if role and is_plain:
                self._log_in(self.windows[name], self.demo.login(role))
        return self.windows[name]

    def open(
        self,
        role: str,
        provider: str,
        path: str,
        *,
        status: int = 200,
        scripts: bool = True,
        language: str = "",
    ) -> Visit:
        """Open an address in a role's window and listen to the console from the first byte on."""
        page = self.window(role, scripts=scripts, language=language).new_page()
        visit = Visit(page)
        page.on("console", lambda message: self._note(visit, message.type, message.text, status))
        page.on("pageerror", lambda error: self._note(visit, "error", str(error), status))
        answer = page.goto(self.demo.url(provider, path))
        assert answer is not None
        assert answer.status == status
        assert ("/accounts/login" in page.url) == ("/accounts/login" in path), page.url
        return visit

    def client(self, role: str, provider: str, name: str) -> str:
        """Return the path of a client, to which a link of this name led from the list."""
        if name not in self.clients:
            page = self.open(role, provider, "/provider/clients/").page
            page.get_by_role("link", name=name).click()
            page.wait_for_url("**/provider/clients/ten_*/")
            self.clients[name] = urlsplit(page.url).path
            page.close()
        return self.clients[name]

    def _note(self, visit: Visit, kind: str, text: str, status: int) -> None:
        # Chromium reports the page's own error status as a console error.
        is_own_status = status >= 400 and f"status of {status}" in text
        if visit.is_listening and kind in {"error", "warning"} and not is_own_status:
            visit.complaints.append(text)

    def _log_in(self, context: BrowserContext, login: dict[str, Any]) -> None:
        page = context.new_page()
        page.goto(self.demo.url(login["provider"], "/accounts/login/"))
        page.get_by_label("Email").fill(login["email"])
        page.get_by_label("Password").fill(login["password"])
        page.get_by_role("button", name="Log in", exact=True).click()
        # A broken connection has an address of Chromium's own, which is no login either.
        page.wait_for_url(lambda url: url.startswith("http") and "/accounts/login" not in url)
        page.close()


@pytest.fixture(scope="package")
def visitor(demo: Demo, chromium: Browser) -> Visitor:
    """Return somebody with a browser in front of the demo; the browser, asked for last, ends first."""
    return Visitor(chromium, demo)
