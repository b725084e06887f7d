"""Call History."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SYSTEMS = "/provider/calls/systems/"

SIGHTS = (
    Sight("calls", "sonora", "sonora K-1001 admin", "/billing/calls/"),
    Sight("all-calls", "sonora", "sonora owner", "/provider/calls/"),
    Sight("client-calls", "sonora", "sonora owner", "client:Tonwerk Studio GmbH/calls/"),
    Sight("all-calls-none", "nimbus", "nimbus owner", "/provider/calls/"),
    Sight("phone-systems", "sonora", "sonora owner", SYSTEMS),
    *(
        Sight(name, "sonora", "sonora owner", f"{SYSTEMS}>{links}", page=page)
        for name, links, page in (
            ("phone-system", "asterisk", "provider-phone-system"),
            ("phone-try", "asterisk>Try a row", "provider-phone-try"),
            ("phone-rule", "asterisk>Add a rule", "provider-phone-rule"),
            ("phone-line", "asterisk>Add a line", "provider-phone-line"),
            ("phone-zone", "asterisk>Change the zone", "provider-phone-zone"),
            ("call-folder", "/srv/calls/sonora", "provider-call-folder"),
        )
    ),
    Sight("phone-system-new", "sonora", "sonora owner", "/provider/calls/systems/new"),
    Sight("call-folder-new", "sonora", "sonora owner", "/provider/calls/folders/new"),
    Sight("calls-no-match", "sonora", "sonora K-1001 admin", "/billing/calls/?number=999999999999"),
    Sight("calls-none", "nimbus", "nimbus acme admin", "/billing/calls/"),
    Sight("calls-forbidden", "nimbus", "nimbus acme user", "/billing/calls/", 403),
)
