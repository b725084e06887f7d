"""A provider's clients."""

from __future__ import annotations

from tests.browser.sights.sight import AN_HOUR, Sight

SIGHTS = (
    Sight("clients", "nimbus", "nimbus owner", "/provider/clients/"),
    Sight("clients-no-match", "nimbus", "nimbus owner", "/provider/clients/?q=zzzz"),
    Sight(
        "clients-filtered", "nimbus", "nimbus support", "/provider/clients/?below=100&order=name"
    ),
    Sight(
        "client-filters",
        "nimbus",
        "nimbus owner",
        "/provider/clients/filters/?status=suspended&below=0",
    ),
    Sight("client-new", "nimbus", "nimbus owner", "/provider/clients/new"),
    Sight("client", "nimbus", "nimbus owner", "client:Globex Logistics"),
    Sight("client-suspended", "nimbus", "nimbus support", "client:Blue Harbor Shipping"),
    Sight("client-postpaid", "nimbus", "nimbus support", "client:Everline Media"),
    Sight("client-profile", "nimbus", "nimbus owner", "client:Globex Logistics/profile/"),
    Sight("client-edit", "nimbus", "nimbus owner", "client:Globex Logistics/edit"),
    Sight("client-company", "nimbus", "nimbus owner", "client:Globex Logistics/profile/edit"),
    Sight("client-ledger", "nimbus", "nimbus billing", "client:Globex Logistics/ledger/"),
    Sight("client-members", "nimbus", "nimbus owner", "client:Globex Logistics/members/"),
    Sight("client-notes", "nimbus", "nimbus owner", "client:Globex Logistics/notes/"),
    Sight(
        "client-subscriptions", "nimbus", "nimbus owner", "client:Globex Logistics/subscriptions/"
    ),
    Sight("client-prices", "nimbus", "nimbus owner", "client:Globex Logistics/prices/"),
    Sight(
        "client-own-price",
        "nimbus",
        "nimbus owner",
        "client:Globex Logistics/prices/own?line=api&currency=USD",
    ),
    Sight("client-activity", "nimbus", "nimbus support", "client:Globex Logistics/activity/"),
    Sight("client-periods", "nimbus", "nimbus support", "client:Globex Logistics/usage/"),
    Sight(
        "client-line",
        "nimbus",
        "nimbus support",
        "client:Globex Logistics/usage/line/?line=egress&currency=USD",
    ),
    Sight(
        "client-events",
        "nimbus",
        "nimbus support",
        f"client:Globex Logistics/usage/events/?{AN_HOUR}",
    ),
    Sight("approvals", "nimbus", "nimbus owner", "/provider/approvals/"),
    Sight("client-credit", "nimbus", "nimbus owner", "client:Globex Logistics/credit"),
    Sight("client-correct", "nimbus", "nimbus owner", "client:Globex Logistics/correct"),
    Sight("client-suspend", "nimbus", "nimbus owner", "client:Globex Logistics/suspend"),
)
