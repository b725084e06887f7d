"""Routes of a provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import job_runs, parked_events, provider_dashboard

ROUTES = (
    path("provider/", provider_dashboard.dashboard, name="provider-dashboard"),
    path("provider/revenue.csv", provider_dashboard.revenue_csv, name="provider-revenue-csv"),
    path("provider/events/", parked_events.events, name="provider-events"),
    path("provider/events/replay", parked_events.replay, name="provider-events-replay"),
    path("provider/jobs/", job_runs.job_runs, name="provider-jobs"),
    path("provider/jobs/charge", job_runs.charge, name="provider-jobs-charge"),
)
