"""The place of supply that a top-up's invoice prints, by where the provider is registered and the customer is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.documents import issued_document
from tax.services.profiles import save_tax_address
from tax.services.rates import set_rate
from tax.services.registrations import add_registration
from tax.types import TaxAddress
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.factories.tax import SINCE
from tests.invoicing.rendering.reading import drawn_text
from tests.invoicing.test_topup_documents import document, settle, start

if TYPE_CHECKING:
    from tests.payments.till import Till

TEXAS = {"kind": "sales", "country": "US", "region": "TX", "number": "32-0123456"}
KARNATAKA = {"kind": "gst", "country": "IN", "region": "29", "number": "29AAGCB7383J1Z4"}
UNDERTAKING = {**KARNATAKA, "lut": "AD2903260000001"}


@pytest.mark.parametrize(
    ("home", "customer", "place"),
    [
        (TEXAS, ("US", "TX"), "TX, United States"),
        (TEXAS, ("US", "NY"), "NY, United States"),
        (TEXAS, ("FR", ""), "France"),
        (KARNATAKA, ("IN", "27"), "Maharashtra (27)"),
        (KARNATAKA, ("US", "TX"), "United States"),
        (UNDERTAKING, ("US", "TX"), "United States"),
    ],
)
def test_it_is_where_the_law_places_it(
    till: Till, home: dict[str, Any], customer: tuple[str, str], place: str
) -> None:
    sells_from(till, home)
    with provider_scope(till.provider_id):
        save_tax_address(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            legal_name="Acme",
            street="1 Road",
            address=TaxAddress(country=customer[0], region=customer[1]),
            now=now(),
        )

    settle(till, start(till))

    row, _taxes = document(till)
    with provider_scope(till.provider_id):
        whole = issued_document(till.provider_id, row.pk, today=now().date())
    assert f"Place of supply {place}" in drawn_text(whole)


def sells_from(till: Till, home: dict[str, Any]) -> None:
    """Establish the provider, with a rate there, and let tax fall due with the money."""
    with provider_scope(till.provider_id):
        Provider.objects.filter(pk=till.provider_id).update(
            legal_name="Nimbus", address="1 Road", country=home["country"]
        )
        add_registration(
            provider_id=till.provider_id, **home, begins=SINCE, is_home=True, now=now()
        )
        set_rate(
            provider_id=till.provider_id,
            country=home["country"],
            region=home["region"] if home["country"] == "US" else "",
            percent=Decimal(18),
            name="Tax",
            begins=SINCE,
            now=now(),
        )
        set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
