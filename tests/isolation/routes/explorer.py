"""A provider's usage explorer."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ROUTES = (
    Route("provider-usage", "provider", STAFF),
    Route("provider-usage-csv", "provider", STAFF),
)
