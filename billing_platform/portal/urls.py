"""The routes of the portals. One URL per action."""

from __future__ import annotations

from billing_platform.portal.routes import (
    calls,
    catalogue,
    client_actions,
    clients,
    company,
    customer,
    explorer,
    frame,
    operations,
<<<<<<< HEAD
    panels,
    uploads,
=======
    payments,
>>>>>>> 4948cf7 (Top up on a gateway's page and watch payments)
)

urlpatterns = [
    *frame.ROUTES,
    *clients.ROUTES,
    *client_actions.ROUTES,
    *catalogue.ROUTES,
    *operations.ROUTES,
    *explorer.ROUTES,
    *company.ROUTES,
    *customer.ROUTES,
    *calls.ROUTES,
<<<<<<< HEAD
    *panels.ROUTES,
    *uploads.ROUTES,
=======
    *payments.ROUTES,
>>>>>>> 4948cf7 (Top up on a gateway's page and watch payments)
]
