"""Routes of a provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import provider_dashboard

ROUTES = (path("provider/", provider_dashboard.dashboard, name="provider-dashboard"),)
