"""What the rules need of one provider and one tenant on one day, read by a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tax.enums import STANDARD, ExemptionState, ProofKind, Standing
from tax.models import (
    Category,
    Exemption,
    LocationProof,
    Rate,
    RatePlace,
    Registration,
    TaxNumber,
    TaxProfile,
)
from tax.rules import cases
from tax.rules.book import RateBook, RateRow
from tax.rules.places import EU_MEMBERS
from tenants.registry_tax import (
    TAX_EU_BELOW_THRESHOLD,
    TAX_ONLINE_INDIA,
    TAX_PRICES_INCLUSIVE,
    TAX_PROOFS,
    TAX_ROUNDING,
    TAX_TRUST_DAYS,
)
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from tax.types import TaxAddress


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that counts for one tenant on one day.

    Attributes:
        exempt: by the code of each category that is for sale: None, or the provision of the law that exempts it.
        is_online: what is sold are online services in the sense of India's law.
        proofs: number and country of the proof of the customer's place that counts of each kind.
    """

    registrations: Sequence[cases.Registered]
    customer: cases.Customer
    book: RateBook
    exempt: Mapping[str, str | None]
    proofs: Sequence[tuple[int, str]]
    proofs_wanted: int
    below_threshold: bool
    is_online: bool
    prices_inclusive: bool
    rounding: str


def facts_of(
    provider_id: int, tenant_id: int, *, on: date, address: TaxAddress | None = None
) -> Facts:
    """Return what counts for a tenant on a day, by nine queries.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: who buys.
        on: the day.
        address: to be used in place of the stored one, for a preview.
    """
    below, inclusive, rounding, trust_days, proofs, is_online = get_settings(
        provider_id,
        TAX_EU_BELOW_THRESHOLD,
        TAX_PRICES_INCLUSIVE,
        TAX_ROUNDING,
        TAX_TRUST_DAYS,
        TAX_PROOFS,
        TAX_ONLINE_INDIA,
    )
    own = {"provider_id": provider_id, "tenant_id": tenant_id}
    categories = Category.objects.filter(provider_id=provider_id)
    customer = _customer(provider_id, tenant_id, on, trust_days, address)
    return Facts(
        registrations=registrations_on(provider_id, on),
        customer=customer,
        book=book_on(provider_id, on),
        exempt={STANDARD: None, **_exempt(categories)},
        proofs=_proofs(LocationProof.objects.filter(**own), customer.country),
        proofs_wanted=proofs,
        below_threshold=below,
        is_online=is_online,
        prices_inclusive=inclusive,
        rounding=rounding,
    )


def _exempt(categories: QuerySet[Category]) -> dict[str, str | None]:
    rows = categories.values_list("code", "is_exempt", "provision")
    return {code: provision if is_exempt else None for code, is_exempt, provision in rows}


def registrations_on(provider_id: int, on: date) -> list[cases.Registered]:
    """Return the registrations that hold on a day, the home one first.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
        on: the day.
    """
    rows = Registration.objects.filter(provider_id=provider_id, valid__contains=on)
    return [
        cases.Registered(row.kind, row.country, row.region, row.number, row.lut, row.is_home)
        for row in rows.order_by("-is_home", "pk")
    ]


def book_on(provider_id: int, on: date) -> RateBook:
    """Return the rates that hold on a day.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
        on: the day.
    """
    places = {row.pk: row for row in RatePlace.objects.filter(provider_id=provider_id)}
    rates = Rate.objects.filter(provider_id=provider_id, valid__contains=on)
    rows = [(places[rate.place_id], rate) for rate in rates]
    return RateBook(
        [
            RateRow(
                place.country,
                place.region,
                place.postcode_prefix,
                place.category,
                rate.percent,
                rate.name,
            )
            for place, rate in rows
        ]
    )


def standing_of(row: TaxNumber, *, on: date, trust_days: int) -> Standing:
    """Return what is known of a number on a day; silence of a register is no word against it.

    Args:
        row: the number.
        on: the day.
        trust_days: how long a confirmation counts.
    """
    if row.said_at is None:
        return Standing.PENDING if row.country in EU_MEMBERS else Standing.FORM
    if row.said == Standing.INVALID:
        return Standing.INVALID
    age = (on - row.said_at.date()).days
    return Standing.VALID if age <= trust_days else Standing.STALE


def _proofs(rows: QuerySet[LocationProof], country: str) -> list[tuple[int, str]]:
    """Return what counts of each kind: two spellings of one address are one item, and what was true before is none.

    Source: Implementing Regulation (EU) 282/2011, Art. 24b(d) and 24f: two items of different kinds.
    """
    counted: dict[str, tuple[int, str]] = {}
    for number, kind, where in rows.order_by("-pk").values_list("pk", "kind", "country"):
        # The address in use may have been stored before another one, when the customer has moved back.
        if kind != ProofKind.ADDRESS or where == country:
            counted.setdefault(kind, (number, where))
    return sorted(counted.values())


def _customer(
    provider_id: int, tenant_id: int, on: date, trust_days: int, address: TaxAddress | None
) -> cases.Customer:
    own = {"provider_id": provider_id, "tenant_id": tenant_id}
    country = tenant_profile(provider_id, tenant_id).country
    profile = TaxProfile.objects.filter(**own).first()
    place = (country, profile.region if profile else "", profile.postcode if profile else "")
    numbers = TaxNumber.objects.filter(**own, removed_at__isnull=True).order_by("pk")
    accepted = Exemption.objects.filter(
        **own, state=ExemptionState.ACCEPTED, valid__contains=on
    ).order_by("pk")
    if address is not None:
        place = (address.country, address.region, address.postcode)
    return cases.Customer(
        country=place[0],
        region=place[1].strip().upper(),
        postcode=place[2],
        numbers=[
            cases.Number(row.country, row.number, standing_of(row, on=on, trust_days=trust_days))
            for row in numbers
        ],
        exemptions=[cases.Exemption(row.country, row.region, row.certificate) for row in accepted],
    )
