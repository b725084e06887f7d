"""A tenant's own pages."""

from __future__ import annotations

from tests.isolation.routes.route import Route

ROUTES = (
    Route("dashboard", "tenant", ("admin",)),
    Route("profile", "tenant", ("admin",)),
    Route("billing", "tenant", ("admin",)),
    Route("billing-costs", "tenant", ("admin",)),
    Route("billing-costs-csv", "tenant", ("admin",)),
    Route("billing-budget", "tenant", ("admin",)),
    Route("billing-line", "tenant", ("admin",)),
    Route("billing-line-csv", "tenant", ("admin",)),
    Route("billing-periods", "tenant", ("admin",)),
    Route("billing-events", "tenant", ("admin",)),
    Route("billing-transactions", "tenant", ("admin",)),
    Route("billing-ledger-csv", "tenant", ("admin",)),
)
