"""A tenant's own pages."""

from __future__ import annotations

from tests.browser.sights.sight import AN_HOUR, Sight

SIGHTS = (
    Sight("dashboard", "nimbus", "nimbus acme admin", "/dashboard/"),
    Sight("dashboard-suspended", "nimbus", "nimbus blue-harbor admin", "/dashboard/"),
    Sight("billing", "nimbus", "nimbus acme admin", "/billing/"),
    Sight("costs", "nimbus", "nimbus acme admin", "/billing/costs/"),
    Sight("costs-added-up", "sonora", "sonora K-1001 admin", "/billing/costs/?show=sum"),
    Sight("budget", "nimbus", "nimbus acme admin", "/billing/costs/budget/"),
    Sight(
        "billing-line", "nimbus", "nimbus acme admin", "/billing/usage/?line=egress&currency=USD"
    ),
    Sight("billing-events", "nimbus", "nimbus acme admin", f"/billing/usage/events/?{AN_HOUR}"),
    Sight("billing-periods", "nimbus", "nimbus acme admin", "/billing/usage/periods/"),
    Sight("billing-no-line", "nimbus", "nimbus acme admin", "/billing/usage/?line=none", 404),
    Sight("transactions", "nimbus", "nimbus acme admin", "/billing/transactions/"),
    Sight("transactions-none", "nimbus", "nimbus acme admin", "/billing/transactions/?kind=refund"),
    Sight("exports", "nimbus", "nimbus acme admin", "/exports/"),
    Sight("notifications", "nimbus", "nimbus acme admin", "/notifications/"),
    Sight("profile", "nimbus", "nimbus acme admin", "/company/profile/"),
    Sight("billing-yellow", "sonora", "sonora K-1001 admin", "/billing/"),
    Sight("billing-postpaid", "sonora", "sonora K-1002 admin", "/billing/"),
    Sight("billing-suspended", "nimbus", "nimbus blue-harbor admin", "/billing/"),
    Sight("suspended", "nimbus", "nimbus blue-harbor admin", "/suspended"),
    Sight("tenant-members", "nimbus", "nimbus acme admin", "/members"),
    Sight("welcome", "nimbus", "nimbus acme user", "/welcome/"),
    Sight("forbidden", "nimbus", "nimbus acme user", "/billing/", 403),
)
