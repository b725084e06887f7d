"""Take the pictures of the README from a demo of 60 days; `make screenshots` runs it, no test run collects it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest
from django.conf import settings

from tests.browser.sights import Sight
from tests.browser.test_pages import look
from tests.browser.visitor import PHONE

if TYPE_CHECKING:
    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
FOLDER = settings.BASE_DIR / "docs" / "screenshots"
WIDE = (1280, 800)
# With the whole of the chart.
TALL = (1280, 980)


@dataclass(frozen=True)
class Picture:
    """A page as the README shows it."""

    sight: Sight
    size: tuple[int, int] = WIDE
    theme: Literal["light", "dark"] = "light"


PICTURES = (
    Picture(Sight("provider-dashboard", "nimbus", "nimbus owner", "/provider/"), TALL),
    Picture(Sight("clients", "nimbus", "nimbus owner", "/provider/clients/"), theme="dark"),
    Picture(Sight("client", "nimbus", "nimbus owner", "client:Globex Logistics")),
    Picture(Sight("customer-billing", "nimbus", "nimbus acme admin", "/billing/")),
    Picture(Sight("customer-phone", "sonora", "sonora K-1001 admin", "/billing/"), PHONE),
    Picture(
        Sight("call-history", "sonora", "sonora K-1001 admin", "/billing/calls/"), theme="dark"
    ),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.sight.name)
def test_take(visitor: Visitor, picture: Picture) -> None:
    """Take one picture of what the window shows."""
    visit = look(visitor, picture.sight)
    visit.show(picture.size, picture.theme)
    FOLDER.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=FOLDER / f"{picture.sight.name}.png")
    visit.leave()
