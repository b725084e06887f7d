"""Routes of a provider's usage explorer."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import explorer

ROUTES = (
    path("provider/usage/", explorer.usage, name="provider-usage"),
    path("provider/usage.csv", explorer.usage_csv, name="provider-usage-csv"),
)
