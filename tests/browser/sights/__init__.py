"""Every page that the browser tests look at, by area."""

from __future__ import annotations

from tests.browser.sights import (
    calls,
    catalogue,
    clients,
    company,
    customer,
    entrance,
    operations,
<<<<<<< HEAD
    uploads,
=======
    payments,
>>>>>>> 4948cf7 (Top up on a gateway's page and watch payments)
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
<<<<<<< HEAD
    *uploads.SIGHTS,
=======
    *payments.SIGHTS,
>>>>>>> 4948cf7 (Top up on a gateway's page and watch payments)
)
