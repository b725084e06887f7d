"""Write where a provider is registered for tax. Called by pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from billing_platform.kernel.locks import hold_name
from tax.enums import RegistrationKind
from tax.errors import (
    InvalidPeriod,
    InvalidPlace,
    RegistrationNotFound,
    RegistrationOverlaps,
)
from tax.models import Registration
from tax.rules.india import STATES
from tax.selectors.days import days, first_day
from tax.services.tax_ids import checked_number

if TYPE_CHECKING:
    from datetime import date, datetime

_COUNTRIES: Final = {
    RegistrationKind.GST: "IN",
    RegistrationKind.SALES: "US",
    RegistrationKind.UK: "GB",
}


def add_registration(
    *,
    provider_id: int,
    kind: str,
    country: str,
    number: str,
    begins: date,
    now: datetime,
    region: str = "",
    lut: str = "",
    is_home: bool = False,
) -> str:
    """Note that a provider is registered from a day on.

    Args:
        provider_id: whose; its scope is open.
        kind: of RegistrationKind.
        country: ISO 3166, two letters; of GST, sales tax and the United Kingdom's VAT it follows by itself.
        number: the tax number, checked for its form; of a state of the USA as it was given.
        begins: the first day.
        now: the present moment.
        region: India's state as two digits, a state of the USA as two letters.
        lut: India's letter of undertaking for exports.
        is_home: the provider is established there.

    Returns:
        The registration's public id.

    Raises:
        InvalidPlace: no such country, or a state is missing or none.
        InvalidNumber: the country gives no such number.
        RegistrationOverlaps: the same is registered already, or the provider is established elsewhere on those days.

    Idempotency: a registration of the same kind and place is refused while one holds.
    """
    where = _COUNTRIES.get(RegistrationKind(kind), country)
    _check_region(kind, where, region)
    own = Registration.objects.filter(provider_id=provider_id, kind=kind)
    if kind != RegistrationKind.OSS:
        own = own.filter(country=where, region=region)
    try:
        with transaction.atomic():
            # Of two requests at once the second sees what the first one stored.
            hold_name("tax.registrations", provider_id)
            if own.filter(valid__overlap=days(begins, None)).exists():
                raise RegistrationOverlaps
            row = Registration.objects.create(
                provider_id=provider_id,
                kind=kind,
                country=where,
                region=region,
                number=_number(kind, where, region, number),
                lut=lut.strip()[:40] if kind == RegistrationKind.GST else "",
                is_home=is_home and kind != RegistrationKind.OSS,
                valid=days(begins, None),
                created_at=now,
            )
    except IntegrityError as error:
        # Two homes on one day; the constraint is the last word, also between two requests.
        raise RegistrationOverlaps from error
    return row.public_id


@transaction.atomic
def end_registration(*, provider_id: int, public_id: str, ends: date) -> None:
    """Note that a registration holds no longer.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        ends: the first day without it.

    Raises:
        RegistrationNotFound: the provider has no such registration.
        InvalidPeriod: it would end before it began, or later than it does.

    Idempotency: by state.
    """
    rows = Registration.objects.filter(provider_id=provider_id, public_id=public_id)
    row = rows.select_for_update().first()
    if row is None:
        raise RegistrationNotFound
    until = row.valid.upper
    if ends <= first_day(row.valid) or (until is not None and ends > until):
        raise InvalidPeriod
    rows.update(valid=days(first_day(row.valid), ends))


def _check_region(kind: str, country: str, region: str) -> None:
    if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
        raise InvalidPlace
    is_state = {
        RegistrationKind.GST: region in STATES,
        RegistrationKind.SALES: len(region) == 2 and region.isascii() and region.isalpha(),
    }
    if not is_state.get(RegistrationKind(kind), region == ""):
        raise InvalidPlace
    if kind == RegistrationKind.VAT and country in _COUNTRIES.values():
        # These countries have a kind of their own, with their own rules.
        raise InvalidPlace


def _number(kind: str, country: str, region: str, number: str) -> str:
    if kind == RegistrationKind.OSS:
        return "".join(number.split()).upper()[:40]
    checked = checked_number(country, number)
    if kind == RegistrationKind.GST and checked[:2] != region:
        raise InvalidPlace
    return checked
