"""A provider's rates, categories and registrations, and the seed that is proposed for review."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import eu_vat_rates_data as seed

from tax.enums import STANDARD
from tax.errors import RateMissing
from tax.models import Category, Rate, RatePlace, Registration
from tax.rules.india import STATES
from tax.rules.places import EU_MEMBERS
from tax.selectors.cases import book_on
from tax.selectors.days import first_day
from tax.types import CategoryView, Proposal, RateView, RegistrationView

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

INDIA_STATES: Final[Mapping[str, str]] = STATES
SOURCE: Final = f"eu-vat-rates-data {seed.data_version}"
_SEEDED: Final = (*sorted(EU_MEMBERS), "GB")
_NAME: Final = "VAT"


def number_states() -> frozenset[str]:
    """Return the letters with which VAT numbers of member states begin; Greece's with EL."""
    return EU_MEMBERS - {"GR"} | {"EL"}


def rates_of(provider_id: int) -> list[RateView]:
    """Return all rates, by place and category, the newest first.

    Args:
        provider_id: whose; its scope is open.
    """
    places = {row.pk: row for row in RatePlace.objects.filter(provider_id=provider_id)}
    rows = [
        _rate(row, places[row.place_id]) for row in Rate.objects.filter(provider_id=provider_id)
    ]
    rows.sort(key=lambda one: one.begins, reverse=True)
    return sorted(
        rows, key=lambda one: (one.country, one.region, one.postcode_prefix, one.category)
    )


def categories_of(provider_id: int) -> list[CategoryView]:
    """Return the provider's own categories, by code; `standard` is everybody's and not among them.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
    """
    rows = Category.objects.filter(provider_id=provider_id).order_by("code")
    return [
        CategoryView(code=row.code, name=row.name, is_exempt=row.is_exempt, provision=row.provision)
        for row in rows
    ]


def registrations_of(provider_id: int) -> list[RegistrationView]:
    """Return all registrations, home first, the newest first.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
    """
    rows = Registration.objects.filter(provider_id=provider_id).order_by("-is_home", "-valid", "pk")
    return [
        RegistrationView(
            public_id=row.public_id,
            kind=row.kind,
            country=row.country,
            region=row.region,
            number=row.number,
            lut=row.lut,
            is_home=row.is_home,
            begins=first_day(row.valid),
            ends=row.valid.upper,
        )
        for row in rows
    ]


def seed_proposals(provider_id: int, *, on: date) -> list[Proposal]:
    """Return the standard rates that the packaged data name, beside the provider's own of a day; nothing is looked up.

    Args:
        provider_id: whose; its scope is open.
        on: the day to compare with.
    """
    book = book_on(provider_id, on)
    proposals = []
    for country in _SEEDED:
        known = seed.get_rate(country)
        if known is None:
            continue
        try:
            own = book.rate(country, STANDARD).percent
        except RateMissing:
            own = None
        proposals.append(
            Proposal(
                country=country,
                name=_NAME,
                # The data are floats of at most two places; their text is exact.
                percent=Decimal(str(known["standard"])),
                own=own,
                source=SOURCE,
            )
        )
    return proposals


def _rate(row: Rate, place: RatePlace) -> RateView:
    return RateView(
        public_id=row.public_id,
        country=place.country,
        region=place.region,
        postcode_prefix=place.postcode_prefix,
        category=place.category,
        name=row.name,
        percent=row.percent,
        begins=first_day(row.valid),
        ends=row.valid.upper,
        source=row.source,
    )
