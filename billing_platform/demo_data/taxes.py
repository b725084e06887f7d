"""Where the demo's providers are registered for tax, their rates, and the addresses and numbers of some clients."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tax.selectors.rates import seed_proposals
from tax.services.numbers import add_number
from tax.services.profiles import save_tax_address
from tax.services.rates import set_rate, take_over
from tax.services.registrations import add_registration
from tax.types import TaxAddress
from tenants.selectors.tenants import tenant_ids_by_external_id

if TYPE_CHECKING:
    from datetime import datetime

# Numbers with right check digits; the demo's VIES knows every number.
_GERMAN: Final = "DE136695976"
_PLACES: Final = {
    "nimbus": {
        "acme": ("Acme Robotics LLC", "500 Congress Ave", ("US", "TX", "78701", "Austin")),
        "everline": (
            "Everline Media Inc.",
            "203 S St Marys St",
            ("US", "TX", "78205", "San Antonio"),
        ),
        "globex": ("Globex Logistics Ltd", "1 Poultry", ("GB", "", "EC2R 8EJ", "London")),
    },
    "sonora": {
        "K-1001": ("", "Unter den Linden 1", ("DE", "", "10117", "Berlin")),
        "K-1002": ("", "5 rue de Rivoli", ("FR", "", "75001", "Paris")),
    },
}
_NUMBERS: Final = {"K-1002": ("FR", "FR40303265045")}


def register(*, provider_id: int, slug: str, now: datetime) -> None:
    """Register a provider of the demo for tax, and say where some clients are.

    Args:
        provider_id: whose; its scope is open.
        slug: of the provider.
        now: the moment from which the demo begins.
    """
    since = date(now.year, 1, 1)
    if slug == "nimbus":
        _register_in_texas(provider_id, since, now)
    else:
        _register_in_germany(provider_id, since, now)
    places = _PLACES.get(slug, {})
    for external_id, tenant_id in tenant_ids_by_external_id(provider_id, places).items():
        legal_name, street, (country, region, postcode, city) = places[external_id]
        save_tax_address(
            provider_id=provider_id,
            tenant_id=tenant_id,
            legal_name=legal_name,
            street=street,
            address=TaxAddress(country=country, region=region, postcode=postcode, city=city),
            now=now,
        )
        if external_id in _NUMBERS:
            country, number = _NUMBERS[external_id]
            add_number(
                provider_id=provider_id,
                tenant_id=tenant_id,
                country=country,
                number=number,
                now=now,
            )


def _register_in_texas(provider_id: int, since: date, now: datetime) -> None:
    add_registration(
        provider_id=provider_id,
        kind="sales",
        country="US",
        region="TX",
        number="32012345678",
        is_home=True,
        begins=since,
        now=now,
    )
    for name, percent, prefix in (
        ("Texas sales tax", "6.25", ""),
        ("Austin sales tax", "2", "787"),
    ):
        set_rate(
            provider_id=provider_id,
            country="US",
            region="TX",
            postcode_prefix=prefix,
            name=name,
            percent=Decimal(percent),
            begins=since,
            now=now,
        )


def _register_in_germany(provider_id: int, since: date, now: datetime) -> None:
    for kind in ("vat", "oss"):
        add_registration(
            provider_id=provider_id,
            kind=kind,
            country="DE",
            number=_GERMAN,
            is_home=kind == "vat",
            begins=since,
            now=now,
        )
    proposals = seed_proposals(provider_id, on=since)
    take_over(provider_id=provider_id, proposals=proposals, begins=since, now=now)
