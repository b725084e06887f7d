"""A provider's running business."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("provider-dashboard", "nimbus", "nimbus owner", "/provider/"),
    Sight("entries", "nimbus", "nimbus owner", "/provider/ledger/?figure=taken"),
    Sight("usage", "nimbus", "nimbus owner", "/provider/usage/"),
    Sight("usage-clients", "sonora", "sonora owner", "/provider/usage/?group=client&days=30"),
    Sight("usage-nothing", "sonora", "sonora owner", "/provider/usage/?since=2020-01-01&until=x"),
    Sight("events", "nimbus", "nimbus owner", "/provider/events/"),
    Sight("events-rejected", "nimbus", "nimbus owner", "/provider/events/?tab=rejected"),
    Sight("events-conflicts", "nimbus", "nimbus owner", "/provider/events/?tab=conflicts"),
    *(
        Sight(name, "nimbus", "nimbus owner", f"/provider/events/{rest}", page=page)
        for name, rest, page in (
            ("event", "?tab=rejected>mistake-comma", "provider-event"),
            ("event-parked", ">mistake-0", "provider-event-parked"),
        )
    ),
    Sight("provider-exports", "nimbus", "nimbus owner", "/provider/exports/"),
    Sight("provider-notifications", "nimbus", "nimbus owner", "/notifications/"),
    Sight("jobs", "nimbus", "nimbus owner", "/provider/jobs/"),
    Sight("provider-dashboard-yellow", "sonora", "sonora owner", "/provider/?days=7"),
)
