"""Routes of a provider's pages about its running business: dashboard, usage, events, uploads, job runs."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import event, events, job_runs, own_entries, provider_dashboard

ROUTES = (
    path("provider/", provider_dashboard.dashboard, name="provider-dashboard"),
    path("provider/revenue.csv", provider_dashboard.revenue_csv, name="provider-revenue-csv"),
    path("provider/ledger/", own_entries.entries, name="provider-entries"),
    path("provider/ledger.csv", own_entries.entries_csv, name="provider-entries-csv"),
    path("provider/events/", events.events, name="provider-events"),
    path("provider/events.csv", events.events_csv, name="provider-events-csv"),
    path("provider/events/replay", events.replay, name="provider-events-replay"),
    path("provider/events/retry", events.retry, name="provider-events-retry"),
    path("provider/events/dismiss", events.dismiss, name="provider-events-dismiss"),
    path(
        "provider/events/parked/<int:parked_id>/",
        event.parked,
        name="provider-event-parked",
    ),
    path("provider/events/<int:refused_id>/", event.refused, name="provider-event"),
    path("provider/events/<int:refused_id>/retry", event.retry, name="provider-event-retry"),
    path(
        "provider/events/<int:refused_id>/dismiss",
        event.dismiss,
        name="provider-event-dismiss",
    ),
    path("provider/jobs/", job_runs.job_runs, name="provider-jobs"),
    path("provider/jobs/charge", job_runs.charge, name="provider-jobs-charge"),
)
