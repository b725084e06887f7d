"""Routes of a tenant's own pages."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import (
    billing,
    costs,
    customer_dashboard,
    profile,
    transactions,
    usage_lines,
)

ROUTES = (
    path("company/profile/", profile.profile, name="profile"),
    path("dashboard/", customer_dashboard.dashboard, name="dashboard"),
    path("billing/", billing.billing, name="billing"),
    path("billing/costs/", costs.costs, name="billing-costs"),
    path("billing/costs.csv", costs.costs_csv, name="billing-costs-csv"),
    path("billing/costs/budget/", costs.budget, name="billing-budget"),
    path("billing/usage/", usage_lines.line, name="billing-line"),
    path("billing/usage.csv", usage_lines.line_csv, name="billing-line-csv"),
    path("billing/usage/periods/", usage_lines.periods, name="billing-periods"),
    path("billing/usage/events/", usage_lines.events, name="billing-events"),
    path("billing/transactions/", transactions.transactions, name="billing-transactions"),
    path("billing/transactions.csv", billing.ledger_csv, name="billing-ledger-csv"),
)
