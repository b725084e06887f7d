"""Write rates of tax: each begins on a day and holds until the next one of its place. Called by pages and the demo."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.db import transaction

from tax.enums import STANDARD
from tax.errors import (
    InvalidCategory,
    InvalidPeriod,
    InvalidPlace,
    InvalidRate,
    RateBegun,
    RateNotFound,
)
from tax.models import Category, Rate, RatePlace
from tax.rules.india import STATES
from tax.selectors.days import days, first_day

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from decimal import Decimal

    from tax.types import Proposal

BY_HAND: Final = "hand"
_PLACES_MAX: Final = 4
_CODE: Final = re.compile(r"[A-Z0-9]{0,10}")
_CATEGORY: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


@transaction.atomic
def set_rate(
    *,
    provider_id: int,
    country: str,
    percent: Decimal,
    name: str,
    begins: date,
    now: datetime,
    region: str = "",
    postcode_prefix: str = "",
    category: str = STANDARD,
    source: str = BY_HAND,
) -> str:
    """Let a rate hold from a day on, until the next one of its place that is stored already.

    Args:
        provider_id: whose; its scope is open.
        country: ISO 3166, two letters.
        percent: 0 to 100 with up to four decimal places.
        name: as documents name the tax, at most 40 characters.
        begins: its first day; a rate that began before ends there.
        now: the present moment.
        region: state; India's as two digits, a state of the USA as two letters; "" for the whole country.
        postcode_prefix: beginning of postcodes, "" for all.
        category: code of a category.
        source: who says so.

    Returns:
        The rate's public id.

    Raises:
        InvalidPlace, InvalidRate, InvalidCategory: as they say; nothing is changed.

    Idempotency: by place, category and first day; the last word of a day holds.
    """
    _check_place(country, region)
    _check_rate(percent, name)
    _check_category(provider_id, category)
    prefix = "".join(sign for sign in postcode_prefix.upper() if sign.isalnum())
    if not _CODE.fullmatch(prefix):
        raise InvalidPlace
    place = _locked_place(provider_id, country, region, prefix, category)
    rows = Rate.objects.filter(provider_id=provider_id, place_id=place.pk)
    same = rows.filter(valid__startswith=begins).first()
    if same is not None:
        rows.filter(pk=same.pk).update(percent=percent, name=name, source=source)
        return same.public_id
    running = rows.filter(valid__contains=begins).first()
    later = rows.filter(valid__startswith__gt=begins).order_by("valid").first()
    ends = later.valid.lower if later else None
    if running is not None:
        ends = running.valid.upper
        rows.filter(pk=running.pk).update(valid=days(first_day(running.valid), begins))
    made = Rate.objects.create(
        provider_id=provider_id,
        place_id=place.pk,
        name=name,
        percent=percent,
        valid=days(begins, ends),
        source=source,
        created_at=now,
    )
    return made.public_id


@transaction.atomic
def end_rate(*, provider_id: int, public_id: str, ends: date) -> None:
    """Let a rate hold no longer.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        ends: the first day without it, after its first day; one that has not begun is dropped by `drop_rate`.

    Raises:
        RateNotFound: the provider has no such rate.
        InvalidPeriod: it would end before it began, or later than it does.

    Idempotency: by state.
    """
    row = Rate.objects.select_for_update().filter(provider_id=provider_id, public_id=public_id)
    rate = row.first()
    if rate is None:
        raise RateNotFound
    begins, until = first_day(rate.valid), rate.valid.upper
    if ends <= begins or (until is not None and ends > until):
        raise InvalidPeriod
    row.update(valid=days(begins, ends))


@transaction.atomic
def drop_rate(*, provider_id: int, public_id: str, today: date) -> None:
    """Take a planned rate back; the one that would have ended by it holds on until the next.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        today: the provider's day; the rate begins after it.

    Raises:
        RateNotFound: the provider has no such rate.
        RateBegun: it holds, or has held; documents may name it.

    Idempotency: none; a second call finds no such rate.
    """
    rows = Rate.objects.filter(provider_id=provider_id)
    place = rows.filter(public_id=public_id).values_list("place_id", flat=True).first()
    if place is None:
        raise RateNotFound
    # As `set_rate` does: whoever changes rates of a place waits for its row.
    RatePlace.objects.select_for_update().get(provider_id=provider_id, pk=place)
    rate = rows.filter(public_id=public_id).first()
    if rate is None:
        raise RateNotFound
    begins = first_day(rate.valid)
    if begins <= today:
        raise RateBegun
    rows.filter(pk=rate.pk).delete()
    before = rows.filter(place_id=place, valid__endswith=begins).first()
    if before is not None:
        longer = days(first_day(before.valid), rate.valid.upper)
        rows.filter(pk=before.pk).update(valid=longer)


def take_over(
    *, provider_id: int, proposals: Iterable[Proposal], begins: date, now: datetime
) -> int:
    """Take reviewed proposals over as standard rates of whole countries.

    Args:
        provider_id: whose; its scope is open.
        proposals: those that a person has chosen.
        begins: their first day.
        now: the present moment.

    Returns:
        How many were taken over.

    Raises:
        InvalidPlace, InvalidRate: the data hold something impossible; nothing is changed.

    Idempotency: as `set_rate`.
    """
    chosen = list(proposals)
    with transaction.atomic():
        for one in chosen:
            set_rate(
                provider_id=provider_id,
                country=one.country,
                percent=one.percent,
                name=one.name,
                begins=begins,
                source=one.source,
                now=now,
            )
    return len(chosen)


def save_category(
    *,
    provider_id: int,
    code: str,
    name: str,
    is_exempt: bool,
    now: datetime,
    provision: str = "",
) -> None:
    """Make a category of what is sold, or change its words.

    Args:
        provider_id: whose; its scope is open.
        code: small letters, digits and underscores, a letter first.
        name: for people.
        is_exempt: exempt wherever it would be taxed.
        now: the present moment.
        provision: of the law that exempts it, as documents name it; "" for none.

    Raises:
        InvalidCategory: the code is none, is the standard one, or the name is empty.

    Idempotency: by the code.
    Source: Directive 2006/112/EC, Art. 226 (11).
    """
    if code == STANDARD or not _CATEGORY.fullmatch(code) or not name.strip():
        raise InvalidCategory
    if "\x00" in name + provision:
        raise InvalidCategory
    values = {
        "name": name.strip()[:100],
        "is_exempt": is_exempt,
        "provision": provision.strip()[:100],
    }
    Category.objects.update_or_create(
        provider_id=provider_id,
        code=code,
        defaults=values,
        create_defaults={**values, "created_at": now},
    )


def _locked_place(
    provider_id: int, country: str, region: str, prefix: str, category: str
) -> RatePlace:
    key = {
        "provider_id": provider_id,
        "country": country,
        "region": region,
        "postcode_prefix": prefix,
        "category": category,
    }
    RatePlace.objects.bulk_create([RatePlace(**key)], ignore_conflicts=True)
    return RatePlace.objects.select_for_update().get(**key)


def _check_place(country: str, region: str) -> None:
    is_country = len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()
    if not is_country or not _CODE.fullmatch(region):
        raise InvalidPlace
    if country == "IN" and region and region not in STATES:
        raise InvalidPlace
    if country == "US" and region and not (len(region) == 2 and region.isalpha()):
        raise InvalidPlace


def _check_rate(percent: Decimal, name: str) -> None:
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidRate
    exponent = percent.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _PLACES_MAX:
        raise InvalidRate
    if not name.strip() or len(name) > 40 or "\x00" in name:
        raise InvalidRate("invalid_name")


def _check_category(provider_id: int, category: str) -> None:
    if category == STANDARD:
        return
    if not Category.objects.filter(provider_id=provider_id, code=category).exists():
        raise InvalidCategory
