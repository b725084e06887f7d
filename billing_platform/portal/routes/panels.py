"""Routes of pages that other packages bring."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import panels

ROUTES = (
    path("provider/panels/<slug:code>/", panels.provider_panel, name="provider-panel"),
    path("billing/panels/<slug:code>/", panels.customer_panel, name="billing-panel"),
)
