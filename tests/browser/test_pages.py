"""Every first page in a real browser: desktop and phone, light and dark, readable, quiet, and within its window."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.conftest import DESKTOP, PHONE

if TYPE_CHECKING:
    from tests.browser.conftest import Visit, Visitor

pytestmark = pytest.mark.browser

# Name a folder to keep a picture of every page for looking at.
SHOTS = os.environ.get("BROWSER_SHOTS")


@dataclass(frozen=True)
class Sight:
    """A page: its name, the provider's host, who looks at it, its address and status."""

    name: str
    provider: str
    role: str
    path: str
    status: int = 200


SIGHTS = (
    Sight("login", "nimbus", "", "/accounts/login/"),
    Sight("login-yellow", "sonora", "", "/accounts/login/"),
    Sight("reset", "sonora", "", "/accounts/password/reset/"),
    Sight("reset-done", "sonora", "", "/accounts/password/reset/done/"),
    Sight("signup-closed", "nimbus", "", "/accounts/signup/"),
    Sight("not-found", "sonora", "", "/no-such-page/", 404),
    Sight("clients", "nimbus", "nimbus owner", "/provider/clients/"),
    Sight("clients-no-match", "nimbus", "nimbus owner", "/provider/clients/?q=zzzz"),
    Sight("clients-yellow", "sonora", "sonora owner", "/provider/clients/"),
    Sight("client", "nimbus", "nimbus owner", "client:Globex Logistics"),
    Sight("client-suspended", "nimbus", "nimbus support", "client:Blue Harbor Shipping"),
    Sight("client-postpaid", "nimbus", "nimbus support", "client:Everline Media"),
    Sight("settings", "nimbus", "nimbus owner", "/provider/settings/"),
    Sight("setting", "nimbus", "nimbus owner", "/provider/settings/suspension.enabled/"),
    Sight("provider-members", "nimbus", "nimbus owner", "/provider/members"),
    Sight("billing", "nimbus", "nimbus acme admin", "/billing/"),
    Sight("billing-yellow", "sonora", "sonora K-1001 admin", "/billing/"),
    Sight("billing-postpaid", "sonora", "sonora K-1002 admin", "/billing/"),
    Sight("billing-suspended", "nimbus", "nimbus blue-harbor admin", "/billing/"),
    Sight("suspended", "nimbus", "nimbus blue-harbor admin", "/suspended"),
    Sight("tenant-members", "nimbus", "nimbus acme admin", "/members"),
    Sight("welcome", "nimbus", "nimbus acme user", "/welcome/"),
    Sight("forbidden", "nimbus", "nimbus acme user", "/billing/", 403),
    Sight("choose", "sonora", "vera@books.example", "/choose"),
    Sight("second-factor", "nimbus", "nimbus acme admin", "/accounts/2fa/"),
    Sight("sessions", "nimbus", "nimbus acme admin", "/accounts/sessions/"),
    Sight("password", "nimbus", "nimbus acme admin", "/accounts/password/change/"),
    Sight("email", "nimbus", "nimbus acme admin", "/accounts/email/"),
    Sight("totp", "nimbus", "nimbus acme admin", "/accounts/2fa/totp/activate/"),
    Sight("logout", "nimbus", "nimbus acme admin", "/accounts/logout/"),
)


VIEWS: tuple[tuple[tuple[int, int], Literal["light", "dark"]], ...] = (
    (DESKTOP, "light"),
    (PHONE, "light"),
    (PHONE, "dark"),
    (DESKTOP, "dark"),
)


def look(visitor: Visitor, sight: Sight) -> Visit:
    """Open a page as its person sees it."""
    if not sight.path.startswith("client:"):
        return visitor.open(sight.role, sight.provider, sight.path, status=sight.status)
    visit = visitor.open(sight.role, sight.provider, "/provider/clients/")
    name = sight.path.partition(":")[2]
    assert name in visit.page.content()
    visit.page.get_by_role("link", name=name).click()
    visit.page.wait_for_url("**/provider/clients/ten_*/")
    return visit


def keep_picture(visit: Visit, sight: Sight, size: tuple[int, int], theme: str) -> None:
    """Keep a picture when a folder for them was named."""
    if SHOTS:
        name = f"{sight.name}-{'phone' if size == PHONE else 'desktop'}-{theme}.png"
        visit.page.screenshot(path=Path(SHOTS) / name, full_page=True)


class TestPages:
    @pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
    def test_are_readable_and_quiet(self, visitor: Visitor, sight: Sight) -> None:
        visit = look(visitor, sight)
        found = []

        for size, theme in VIEWS:
            visit.show(size, theme)
            keep_picture(visit, sight, size, theme)
            found += [f"{size} {theme}: {complaint}" for complaint in visit.complaints]
            if visit.sideways_px():
                found.append(f"{size} {theme}: {visit.sideways_px()} px too wide")
        for size, theme in VIEWS:
            visit.show(size, theme)
            found += [f"{size} {theme}: {violation}" for violation in visit.violations()]
        visit.page.close()

        assert found == []
