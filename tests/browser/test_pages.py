"""Every first page in a real browser: desktop and phone, light and dark, readable, quiet, and within its window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser import keyboard
from tests.browser.sights import SIGHTS, german
from tests.browser.visitor import DESKTOP, NARROW, PHONE

if TYPE_CHECKING:
    from tests.browser.sights import Sight
    from tests.browser.visitor import Visit, Visitor

pytestmark = pytest.mark.browser

# Name a folder to keep a picture of every page for looking at.
SHOTS = os.environ.get("BROWSER_SHOTS")


# In an order in which little changes from one to the next, as each change is drawn anew.
VIEWS: tuple[tuple[tuple[int, int], Literal["light", "dark"]], ...] = (
    (PHONE, "light"),
    # The narrowest window that a page must fit into, which is also a desktop's at four times its size.
    (NARROW, "light"),
    (DESKTOP, "light"),
    (PHONE, "dark"),
    (DESKTOP, "dark"),
)


def look(visitor: Visitor, sight: Sight, *, scripts: bool = True) -> Visit:
    """Open a page as its person sees it."""
    if ">" in sight.path:
        start, *links = sight.path.split(">")
        visit = visitor.open(sight.role, sight.provider, start, scripts=scripts, stays=True)
        for link in links:
            # Links of one page may begin alike.
            with visit.page.expect_navigation():
                visit.page.get_by_role("link", name=link, exact=True).first.click()
        return visit
    path = sight.path
    if path.startswith("client:"):
        name, _, action = path.removeprefix("client:").partition("/")
        path = visitor.client(sight.role, sight.provider, name) + action
    return visitor.open(
        sight.role,
        sight.provider,
        path,
        status=sight.status,
        scripts=scripts,
        language=sight.language,
        stays=True,
    )


def keep_picture(visit: Visit, sight: Sight, size: tuple[int, int], theme: str) -> None:
    """Keep a picture when a folder for them was named."""
    if SHOTS:
        name = f"{sight.name}-{'phone' if size == PHONE else 'desktop'}-{theme}.png"
        visit.page.screenshot(path=Path(SHOTS) / name, full_page=True)


class TestPages:
    @pytest.mark.parametrize("sight", [*SIGHTS, *german.SIGHTS], ids=lambda sight: sight.name)
    def test_are_readable_and_quiet(self, visitor: Visitor, sight: Sight) -> None:
        visit = look(visitor, sight)
        found = []

        for size, theme in VIEWS:
            visit.show(size, theme)
            keep_picture(visit, sight, size, theme)
            found += [f"{size} {theme}: {complaint}" for complaint in visit.complaints]
            if (wide := visit.sideways_px()) > 0:
                found.append(f"{size} {theme}: {wide} px too wide: {visit.too_wide()}")
        found += [f"keyboard: {fault}" for fault in keyboard.faults(visit.page, visitor.walked)]
        # Both widths and both themes once: a third and fourth run cost a quarter of all tests and see no other rule.
        for size, theme in (VIEWS[-1], VIEWS[0]):
            visit.show(size, theme)
            found += [f"{size} {theme}: {violation}" for violation in visit.violations()]
        visit.leave()

        assert found == []

    @pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
    def test_work_without_scripts(self, visitor: Visitor, sight: Sight) -> None:
        visit = look(visitor, sight, scripts=False)
        page = visit.page

        assert page.locator("h1").first.inner_text().strip()
        dead = page.locator("button[type=button]:visible")
        assert [button.inner_text() for button in dead.all()] == []
        asked = [name for name in ("#session-end", "#palette") if page.locator(name).is_visible()]
        assert asked == [], "what only a script asks"
        visit.leave()
