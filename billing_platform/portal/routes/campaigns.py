"""Routes of campaigns and their codes."""

from __future__ import annotations

from typing import Final

from django.urls import path

from billing_platform.portal.views import campaigns

_LIST: Final = "provider/promo-codes"
_ONE: Final = f"{_LIST}/<str:campaign>"

ROUTES = (
    path(f"{_LIST}/", campaigns.campaigns, name="provider-campaigns"),
    path("provider/promo-codes.csv", campaigns.campaigns_csv, name="provider-campaigns-csv"),
    path(f"{_LIST}/add", campaigns.new, name="provider-campaign-new"),
    path(f"{_ONE}/", campaigns.campaign, name="provider-campaign"),
    path(f"{_ONE}/edit", campaigns.edit, name="provider-campaign-edit"),
    path(f"{_ONE}/end", campaigns.end, name="provider-campaign-end"),
    path(f"{_ONE}/codes/add", campaigns.code_add, name="provider-campaign-code-add"),
    path(f"{_ONE}/codes/make", campaigns.codes_make, name="provider-campaign-codes-make"),
    path(f"{_ONE}/codes/withdraw", campaigns.code_end, name="provider-campaign-code-end"),
    path(f"{_ONE}/codes.csv", campaigns.codes_csv, name="provider-campaign-codes-csv"),
    path(f"{_ONE}/uses.csv", campaigns.uses_csv, name="provider-campaign-uses-csv"),
)
