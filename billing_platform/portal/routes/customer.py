"""Routes of a tenant's own pages."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import billing

ROUTES = (
    path("billing/", billing.billing, name="billing"),
    path("billing/transactions.csv", billing.ledger_csv, name="billing-ledger-csv"),
)
