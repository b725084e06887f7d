"""Campaigns and their codes."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

LIST = "/provider/promo-codes/"

SIGHTS = (
    Sight("campaigns", "nimbus", "nimbus owner", LIST),
    Sight("campaign-new", "nimbus", "nimbus billing", f"{LIST}add"),
    Sight("campaign", "nimbus", "nimbus owner", f"{LIST}>Autumn bonus", page="provider-campaign"),
    Sight(
        "campaign-edit",
        "nimbus",
        "nimbus owner",
        f"{LIST}>Trade fair>Change",
        page="provider-campaign-edit",
    ),
)
