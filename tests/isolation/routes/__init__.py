"""Every route of the web, with what each kind of person gets. A new one is a line in its area, else the walk fails."""

from __future__ import annotations

from tests.isolation.routes import (
    bank,
    calls,
    campaigns,
    catalogue,
    client_actions,
    clients,
    company,
    customer,
    documents,
    explorer,
    exports,
    frame,
    logins,
    operations,
    panels,
    payments,
    people,
    taxes,
    uploads,
)
from tests.isolation.routes.route import Route

__all__ = ["API_ROUTES", "ROUTES", "Route"]

ROUTES = (
    *frame.ROUTES,
    *clients.ROUTES,
    *client_actions.ROUTES,
    *catalogue.ROUTES,
    *operations.ROUTES,
    *explorer.ROUTES,
    *exports.ROUTES,
    *company.ROUTES,
    *customer.ROUTES,
    *calls.ROUTES,
    *panels.ROUTES,
    *payments.ROUTES,
    *taxes.ROUTES,
    *documents.ROUTES,
    *bank.ROUTES,
    *campaigns.ROUTES,
    *people.ROUTES,
    *uploads.ROUTES,
    *logins.ROUTES,
)
# The API knows providers by key and people not at all; `test_api_walk` goes through these.
API_ROUTES = {
    "api-docs",
    "openapi-json",
    "send_events",
    "get_entitlement",
    "api-root",
    "api-not-found",
}
