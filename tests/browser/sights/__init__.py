"""Every page that the browser tests look at, by area."""

from __future__ import annotations

from tests.browser.sights import (
    bank,
    calls,
    campaigns,
    catalogue,
    clients,
    company,
    customer,
    documents,
    entrance,
    operations,
    payments,
    taxes,
    uploads,
)
from tests.browser.sights.sight import Sight

__all__ = ["SIGHTS", "Sight"]

SIGHTS = (
    *entrance.SIGHTS,
    *clients.SIGHTS,
    *catalogue.SIGHTS,
    *operations.SIGHTS,
    *company.SIGHTS,
    *customer.SIGHTS,
    *calls.SIGHTS,
    *uploads.SIGHTS,
    *payments.SIGHTS,
    *taxes.SIGHTS,
    *documents.SIGHTS,
    *bank.SIGHTS,
    *campaigns.SIGHTS,
)
