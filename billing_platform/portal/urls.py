"""The routes of the portals. One URL per action."""

from __future__ import annotations

from billing_platform.portal.routes import (
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
    operations,
    panels,
    payments,
    taxes,
    uploads,
)

urlpatterns = [
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
    *uploads.ROUTES,
    *payments.ROUTES,
    *taxes.ROUTES,
    *documents.ROUTES,
    *bank.ROUTES,
    *campaigns.ROUTES,
]
