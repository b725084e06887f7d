"""Routes of Call History."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import calls

ROUTES = (
    path("billing/calls/", calls.calls, name="billing-calls"),
    path("billing/calls.csv", calls.calls_csv, name="billing-calls-csv"),
    path("provider/calls/", calls.all_calls, name="provider-calls"),
    path("provider/calls.csv", calls.all_calls_csv, name="provider-calls-csv"),
    path(
        "provider/clients/<str:public_id>/calls/",
        calls.client_calls,
        name="provider-client-calls",
    ),
    path(
        "provider/clients/<str:public_id>/calls.csv",
        calls.client_calls_csv,
        name="provider-client-calls-csv",
    ),
)
