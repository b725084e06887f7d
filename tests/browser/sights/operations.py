"""A provider's running business."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

SIGHTS = (
    Sight("provider-dashboard", "nimbus", "nimbus owner", "/provider/"),
    Sight("events", "nimbus", "nimbus owner", "/provider/events/"),
    Sight("jobs", "nimbus", "nimbus owner", "/provider/jobs/"),
    Sight("provider-dashboard-yellow", "sonora", "sonora owner", "/provider/?days=7"),
)
