"""A provider's uploaded usage files."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("uploads", "nimbus", "nimbus owner", "/provider/uploads/"),
    Sight("new-upload", "nimbus", "nimbus owner", "/provider/uploads/new"),
)
