"""Routes of a provider's pages about its clients."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import clients

ROUTES = (
    path("provider/clients/", clients.clients, name="provider-clients"),
    path("provider/clients.csv", clients.clients_csv, name="provider-clients-csv"),
    path("provider/clients/<str:public_id>/", clients.client, name="provider-client"),
    path(
        "provider/clients/<str:public_id>/ledger.csv",
        clients.client_ledger_csv,
        name="provider-client-ledger-csv",
    ),
)
