"""Campaigns and their codes: everybody of the provider reads, owners and billing staff change."""

from __future__ import annotations

from tests.isolation.routes.client_actions import POSTS
from tests.isolation.routes.route import STAFF, Route

CAMPAIGN = ("campaign",)

ROUTES = (
    Route("provider-campaigns", "provider", STAFF),
    Route("provider-campaigns-csv", "provider", STAFF),
    Route("provider-campaign-new", "provider", POSTS),
    Route("provider-campaign", "provider", STAFF, things=CAMPAIGN),
    Route("provider-campaign-edit", "provider", POSTS, things=CAMPAIGN),
    Route(
        "provider-campaign-code-add",
        "provider",
        POSTS,
        "post",
        things=CAMPAIGN,
        data={"text": "HELLO", "key": "walk"},
    ),
    Route(
        "provider-campaign-codes-make",
        "provider",
        POSTS,
        "post",
        things=CAMPAIGN,
        data={"count": "2", "begins_with": "NB", "key": "walk-many"},
    ),
    Route(
        "provider-campaign-code-end",
        "provider",
        POSTS,
        "post",
        things=CAMPAIGN,
        data={"code": "HELLO"},
    ),
    Route("provider-campaign-codes-csv", "provider", POSTS, things=CAMPAIGN),
    Route("provider-campaign-uses-csv", "provider", STAFF, things=CAMPAIGN),
    Route("provider-campaign-end", "provider", POSTS, "post", things=CAMPAIGN),
)
