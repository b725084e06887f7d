"""Pages with the longest words, in German."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("login-de", "nimbus", "", "/accounts/login/", language="de"),
    Sight("dashboard-de", "nimbus", "nimbus acme admin", "/dashboard/", language="de"),
    Sight("profile-de", "nimbus", "nimbus acme admin", "/company/profile/", language="de"),
    Sight("clients-de", "nimbus", "nimbus owner", "/provider/clients/", language="de"),
)
