"""Somebody with a browser in front of the demo, and a page that is looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

    from tests.browser.served import Demo

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Words that a drawn sign or line lies beneath are held against the colour behind both; axe would leave them undecided,
# after it had looked for such signs behind every word, which takes a third of its time.
AXE_OPTIONS = {"checks": [{"id": "color-contrast", "options": {"ignorePseudo": True}}]}
DESKTOP = (1360, 900)
PHONE = (390, 844)
NARROW = (320, 640)
_TOO_WIDE_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Visit:
    """A page that is looked at, and everything its console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    is_listening: bool = True
    status: int = 200

    def hear(self, message: ConsoleMessage) -> None:
        """Note what the console says, but for the page's own status, which Chromium takes for an error."""
        is_own_status = self.status >= 400 and f"status of {self.status}" in message.text
        if self.is_listening and message.type in {"error", "warning"} and not is_own_status:
            self.complaints.append(message.text)

    def fail(self, error: Error) -> None:
        """Note a script that failed."""
        if self.is_listening:
            self.complaints.append(str(error))

    def leave(self) -> None:
        """Listen no longer; the tab stays for the next page."""
        self.is_listening = False
        self.page.remove_listener("console", self.hear)
        self.page.remove_listener("pageerror", self.fail)

    def show(self, size: tuple[int, int], theme: Literal["light", "dark"]) -> None:
        """Give the window another size and the device another theme, which the page follows."""
        if self.page.viewport_size != {"width": size[0], "height": size[1]}:
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
            self.page.evaluate("options => axe.configure(options)", AXE_OPTIONS)
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
        too_wide = int(self.page.evaluate(_TOO_WIDE_PX))
        if too_wide <= 0:
            return too_wide
        with suppress(PlaywrightTimeoutError):
            # A function: a bare expression would be evaluated by the page, whose policy forbids it.
            self.page.wait_for_function(f"() => {_TOO_WIDE_PX} <= 0", polling=50, timeout=2000)
        return int(self.page.evaluate(_TOO_WIDE_PX))

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


@dataclass
class Visitor:
    """Somebody with a browser: one window per role, kept open so that its cache is used as people's are."""

    browser: Browser
    demo: Demo
    windows: dict[str, BrowserContext] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    tabs: dict[BrowserContext, Page] = field(default_factory=dict)
    walked: set[str] = field(default_factory=set)

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
        stays: bool = False,
    ) -> Visit:
        """Open an address in a role's window and listen to the console from the first byte on.

        What stays is the one tab of the window for pages that are only looked at: the browser reads style sheets and
        translates scripts once in it.
        """
        window = self.window(role, scripts=scripts, language=language)
        page = self._tab(window) if stays else window.new_page()
        visit = Visit(page, status=status)
        page.on("console", visit.hear)
        page.on("pageerror", visit.fail)
        answer = page.goto(self.demo.url(provider, path))
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status} {answer.text()[:1000]}"
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

    def _tab(self, window: BrowserContext) -> Page:
        if window not in self.tabs:
            self.tabs[window] = window.new_page()
        return self.tabs[window]

    def _log_in(self, context: BrowserContext, login: dict[str, Any]) -> None:
        page = context.new_page()
        page.goto(self.demo.url(login["provider"], "/accounts/login/"))
        page.get_by_label("Email").fill(login["email"])
        page.get_by_label("Password").fill(login["password"])
        page.get_by_role("button", name="Log in", exact=True).click()
        # A broken connection has an address of Chromium's own, which is no login either.
        page.wait_for_url(lambda url: url.startswith("http") and "/accounts/login" not in url)
        page.close()
