"""Second factors in a real browser, under the strict content security policy: a passkey, and an authenticator app."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.served import Demo

pytestmark = pytest.mark.browser
# No other test of this folder logs in as these people: afterwards they have a second factor.
KEY_HOLDER = "nimbus read_only"
APP_USER = "nimbus everline admin"
# A code of an authenticator app holds for so long (RFC 6238).
_CODE_S = 30


@pytest.fixture
def window(chromium: Browser) -> Iterator[Page]:
    """A window with a security chip of its own."""
    context = chromium.new_context()
    page = context.new_page()
    chip = context.new_cdp_session(page)
    chip.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    chip.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()


def log_in(page: Page, demo: Demo, role: str) -> None:
    """Log in by password."""
    login = demo.login(role)
    page.goto(demo.url(login["provider"], "/accounts/login/"))
    page.get_by_label("Email").fill(login["email"])
    page.get_by_label("Password").fill(login["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def open_and_confirm(page: Page, demo: Demo, role: str, path: str) -> None:
    """Open a page that asks for the password once more."""
    page.goto(demo.url("nimbus", path))
    page.get_by_label("Password").fill(demo.login(role)["password"])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def log_out(page: Page, demo: Demo) -> None:
    """Log out."""
    page.context.clear_cookies()
    page.goto(demo.url("nimbus", "/accounts/login/"))


class TestFactors:
    def test_a_passkey_replaces_the_password(self, window: Page, demo: Demo) -> None:
        complaints: list[str] = []
        window.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        log_in(window, demo, KEY_HOLDER)
        open_and_confirm(window, demo, KEY_HOLDER, "/accounts/2fa/webauthn/add/")
        window.get_by_label("Name").fill("Chip")
        window.get_by_label("Passwordless").check()
        window.locator("#mfa_webauthn_add").click()
        window.wait_for_url(lambda url: "/add/" not in url)
        log_out(window, demo)

        window.locator("#passkey_login").click()

        window.wait_for_url(lambda url: "/accounts/" not in url)
        assert window.goto(demo.url("nimbus", "/provider/clients/")).status == 200  # type: ignore[union-attr]  # answered
        assert complaints == []

    def test_an_authenticator_app_is_asked_for(self, window: Page, demo: Demo) -> None:
        log_in(window, demo, APP_USER)
        open_and_confirm(window, demo, APP_USER, "/accounts/2fa/totp/activate/")
        secret = window.locator("#authenticator_secret").input_value()
        window.get_by_label("Authenticator code").fill(code(secret))
        window.get_by_role("button", name="Activate").click()
        window.wait_for_url(lambda url: "/activate/" not in url)
        log_out(window, demo)

        log_in(window, demo, APP_USER)

        assert "/accounts/2fa/authenticate/" in window.url
        # The password alone opens nothing: every page leads back to the question for the code.
        window.goto(demo.url("nimbus", "/provider/clients/"))
        assert "/accounts/" in window.url


def code(secret: str) -> str:
    """Return what an authenticator app shows now, and for ten seconds more at least."""
    left_s = _CODE_S - time.time() % _CODE_S
    if left_s < 10:
        time.sleep(left_s)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
