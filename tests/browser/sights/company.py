"""A provider's pages about itself."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("audit-log", "nimbus", "nimbus owner", "/provider/audit/"),
    Sight("api-keys", "nimbus", "nimbus owner", "/provider/api-keys/"),
    Sight("brand", "nimbus", "nimbus owner", "/provider/brand/"),
    Sight("company", "nimbus", "nimbus owner", "/provider/company/"),
    Sight("settings", "nimbus", "nimbus owner", "/provider/settings/"),
    Sight("setting", "nimbus", "nimbus owner", "/provider/settings/suspension.enabled/"),
    Sight("provider-members", "nimbus", "nimbus owner", "/provider/members"),
)
