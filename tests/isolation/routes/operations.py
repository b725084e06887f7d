"""A provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ROUTES = (
    Route("provider-dashboard", "provider", STAFF),
    Route("provider-revenue-csv", "provider", STAFF),
    Route("provider-events", "provider", STAFF),
    Route("provider-events-replay", "provider", ("owner", "billing", "support"), "post"),
    Route("provider-jobs", "provider", STAFF),
    Route("provider-jobs-charge", "provider", ("owner", "billing"), "post"),
)
