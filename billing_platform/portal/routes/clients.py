"""Routes of a provider's pages about its clients."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import clients, clients_bulk, clients_edit

ROUTES = (
    path("provider/clients/", clients.clients, name="provider-clients"),
    path("provider/clients.csv", clients.clients_csv, name="provider-clients-csv"),
    path("provider/clients/selected", clients_bulk.selected, name="provider-clients-selected"),
    path("provider/clients/suspend", clients_bulk.suspend, name="provider-clients-suspend"),
    path("provider/clients/resume", clients_bulk.resume, name="provider-clients-resume"),
    path("provider/clients/new", clients_edit.new_client, name="provider-client-new"),
    path(
        "provider/clients/<str:public_id>/edit",
        clients_edit.edit_client,
        name="provider-client-edit",
    ),
    path("provider/clients/<str:public_id>/", clients.client, name="provider-client"),
    path(
        "provider/clients/<str:public_id>/ledger.csv",
        clients.client_ledger_csv,
        name="provider-client-ledger-csv",
    ),
)
