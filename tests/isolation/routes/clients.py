"""A provider's pages about its clients."""

from __future__ import annotations

from tests.isolation.routes.route import STAFF, Route

ROUTES = (
    Route("provider-clients", "provider", STAFF),
    Route("provider-clients-csv", "provider", STAFF),
    Route("provider-clients-selected", "provider", ("owner", "billing", "support")),
    Route("provider-clients-suspend", "provider", ("owner", "billing", "support"), "post"),
    Route("provider-clients-resume", "provider", ("owner", "billing", "support"), "post"),
    Route("provider-client-new", "provider", ("owner", "billing")),
    Route("provider-client-edit", "provider", ("owner", "billing"), tenant_arg="public_id"),
    Route("provider-client", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-ledger-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-activity", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-periods", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-line", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-line-csv", "provider", STAFF, tenant_arg="public_id"),
    Route("provider-client-events", "provider", STAFF, tenant_arg="public_id"),
)
