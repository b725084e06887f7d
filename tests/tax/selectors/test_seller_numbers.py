"""The provider's number that a document names is the one under which its tax is declared."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tax.selectors.calculation import tax_for
from tax.services.rates import set_rate
from tax.services.registrations import add_registration
from tax.types import TaxAddress
from tests.cast import NOW
from tests.factories.tax import (
    FRENCH_VAT,
    GERMAN_VAT,
    SINCE,
    TODAY,
    line,
    register_in_germany,
)

if TYPE_CHECKING:
    from tests.cast import Cast


def register(
    provider_id: int, kind: str, place: str, number: str, *, is_home: bool = False
) -> None:
    add_registration(
        provider_id=provider_id,
        kind=kind,
        country=place[:2],
        region=place[2:],
        number=number,
        begins=SINCE,
        is_home=is_home,
        now=NOW,
    )


def number_for(cast: Cast, place: str) -> str:
    """Return the number under which a sale to a consumer somewhere is declared."""
    found = tax_for(
        provider_id=cast.nimbus,
        tenant_id=cast.acme,
        lines=[line(10000)],
        on=TODAY,
        address=TaxAddress(country=place[:2], region=place[2:]),
    )
    return found.seller_number


@pytest.mark.parametrize(
    ("has_oss", "place", "number"),
    [
        (False, "DE", GERMAN_VAT),
        (False, "FR", FRENCH_VAT),
        (False, "MC", FRENCH_VAT),
        (True, "DE", GERMAN_VAT),
        (True, "FR", "EU276000001"),
        (True, "US", GERMAN_VAT),
    ],
)
def test_in_the_eu(cast: Cast, has_oss: bool, place: str, number: str) -> None:
    with provider_scope(cast.nimbus):
        register_in_germany(cast.nimbus)
        register(cast.nimbus, "vat", "FR", FRENCH_VAT)
        if has_oss:
            register(cast.nimbus, "oss", "DE", "EU276000001")

        assert number_for(cast, place) == number


@pytest.mark.parametrize(
    ("place", "number"), [("USCA", "SR1"), ("USTX", "TX32"), ("USNY", "SR1"), ("FR", "SR1")]
)
def test_in_states_of_the_usa(cast: Cast, place: str, number: str) -> None:
    with provider_scope(cast.nimbus):
        for state, own in (("CA", "SR1"), ("TX", "TX32")):
            register(cast.nimbus, "sales", f"US{state}", own, is_home=state == "CA")
            set_rate(
                provider_id=cast.nimbus,
                country="US",
                region=state,
                percent=Decimal(7),
                name="Sales tax",
                begins=SINCE,
                now=NOW,
            )

        assert number_for(cast, place) == number


@pytest.mark.parametrize("place", ["IN29", "IN27"])
def test_in_india_it_stays_the_state_s_from_which_is_sold(cast: Cast, place: str) -> None:
    with provider_scope(cast.nimbus):
        register(cast.nimbus, "gst", "IN29", "29AAGCB7383J1Z4", is_home=True)
        register(cast.nimbus, "gst", "IN27", "27AAPFU0939F1ZV")
        set_rate(
            provider_id=cast.nimbus,
            country="IN",
            percent=Decimal(18),
            name="GST",
            begins=SINCE,
            now=NOW,
        )

        assert number_for(cast, place) == "29AAGCB7383J1Z4"
