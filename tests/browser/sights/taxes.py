"""Tax, in both portals."""

from __future__ import annotations

from tests.browser.sights.sight import Sight

TAXES = "/provider/taxes/"

SIGHTS = (
    Sight("taxes", "nimbus", "nimbus owner", TAXES),
    Sight("tax-report", "nimbus", "nimbus owner", f"{TAXES}report/"),
    Sight("exchange-rates", "nimbus", "nimbus owner", f"{TAXES}exchange/"),
    Sight("exchange-rate-new", "nimbus", "nimbus owner", f"{TAXES}exchange/new"),
    Sight("exchange-rates-upload", "nimbus", "nimbus billing", f"{TAXES}exchange/upload"),
    Sight("tax-review", "nimbus", "nimbus owner", f"{TAXES}review"),
    Sight("tax-rate-new", "nimbus", "nimbus owner", f"{TAXES}rates/new"),
    Sight("tax-registration-new", "nimbus", "nimbus billing", f"{TAXES}registrations/new"),
    Sight("tax-preview", "nimbus", "nimbus support", f"{TAXES}preview?client=globex"),
    Sight("client-tax", "nimbus", "nimbus owner", "client:Globex Logistics/tax/"),
    Sight("client-tax-edit", "nimbus", "nimbus owner", "client:Globex Logistics/tax/edit"),
    Sight("company-tax", "nimbus", "nimbus acme admin", "/company/tax/"),
    Sight("company-tax-edit", "nimbus", "nimbus acme admin", "/company/tax/edit"),
)
