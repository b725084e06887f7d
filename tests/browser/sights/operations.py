"""A provider's running business."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("provider-dashboard", "nimbus", "nimbus owner", "/provider/"),
    Sight("usage", "nimbus", "nimbus owner", "/provider/usage/"),
    Sight("usage-clients", "sonora", "sonora owner", "/provider/usage/?group=client&days=30"),
    Sight("usage-nothing", "sonora", "sonora owner", "/provider/usage/?since=2020-01-01&until=x"),
    Sight("events", "nimbus", "nimbus owner", "/provider/events/"),
    Sight("events-rejected", "nimbus", "nimbus owner", "/provider/events/?tab=rejected"),
    Sight("events-conflicts", "nimbus", "nimbus owner", "/provider/events/?tab=conflicts"),
    Sight("event", "nimbus", "nimbus owner", "/provider/events/?tab=rejected>mistake-comma"),
    Sight("event-parked", "nimbus", "nimbus owner", "/provider/events/>mistake-0"),
    Sight("provider-exports", "nimbus", "nimbus owner", "/provider/exports/"),
    Sight("jobs", "nimbus", "nimbus owner", "/provider/jobs/"),
    Sight("provider-dashboard-yellow", "sonora", "sonora owner", "/provider/?days=7"),
)
