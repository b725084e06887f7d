"""Call History."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("calls", "sonora", "sonora K-1001 admin", "/billing/calls/"),
    Sight("all-calls", "sonora", "sonora owner", "/provider/calls/"),
    Sight("all-calls-none", "nimbus", "nimbus owner", "/provider/calls/"),
    Sight("phone-systems", "sonora", "sonora owner", "/provider/calls/systems/"),
    Sight("phone-system", "sonora", "sonora owner", "/provider/calls/systems/>asterisk"),
    Sight("phone-try", "sonora", "sonora owner", "/provider/calls/systems/>asterisk>Try a row"),
    Sight("phone-rule", "sonora", "sonora owner", "/provider/calls/systems/>asterisk>Add a rule"),
    Sight("phone-line", "sonora", "sonora owner", "/provider/calls/systems/>asterisk>Add a line"),
    Sight("phone-system-new", "sonora", "sonora owner", "/provider/calls/systems/new"),
    Sight("call-folder-new", "sonora", "sonora owner", "/provider/calls/folders/new"),
    Sight("calls-no-match", "sonora", "sonora K-1001 admin", "/billing/calls/?number=999999999999"),
    Sight("calls-none", "nimbus", "nimbus acme admin", "/billing/calls/"),
    Sight("calls-forbidden", "nimbus", "nimbus acme user", "/billing/calls/", 403),
)
