"""Call History."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ROUTES = (
    Route("billing-calls", "tenant", ("admin",)),
    Route("billing-calls-csv", "tenant", ("admin",)),
    Route("provider-calls", "provider", STAFF),
    Route("provider-calls-csv", "provider", STAFF),
    Route("provider-client-calls", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-calls-csv", "provider", STAFF, tenant_arg="public_id"),
)
