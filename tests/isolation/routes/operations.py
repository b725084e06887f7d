"""A provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ACTING = ("owner", "billing", "support")
ROUTES = (
    Route("provider-dashboard", "provider", STAFF),
    Route("provider-revenue-csv", "provider", STAFF),
    Route("provider-entries", "provider", STAFF),
    Route("provider-entries-csv", "provider", STAFF),
    Route("provider-events", "provider", STAFF),
    Route("provider-events-csv", "provider", STAFF),
    Route("provider-events-replay", "provider", ACTING, "post"),
    Route("provider-events-retry", "provider", ACTING, "post"),
    Route("provider-events-dismiss", "provider", ACTING, "post"),
    Route("provider-event-parked", "provider", STAFF, things=("parked_id",)),
    Route("provider-event", "provider", STAFF, things=("refused_id",)),
    Route("provider-event-retry", "provider", ACTING, "post", things=("refused_id",)),
    Route("provider-event-dismiss", "provider", ACTING, "post", things=("refused_id",)),
    Route("provider-jobs", "provider", STAFF),
    Route("provider-jobs-charge", "provider", ("owner", "billing"), "post"),
)
