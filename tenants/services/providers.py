"""Make providers, and change how they look and sign."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.errors import InvalidNameError, ProviderConflictError, UnknownTimeZoneError
from tenants.models import Provider
from tenants.registry import SUSPENSION_ENABLED
from tenants.services.settings import set_setting

if TYPE_CHECKING:
    from datetime import datetime

_IS_HTTPS: Final = URLValidator(schemes=["https"])
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def check_time_zone(name: str) -> str:
    """Return the name of a time zone that exists.

    Args:
        name: an IANA name, for instance Asia/Kolkata.

    Raises:
        UnknownTimeZoneError: no time zone database has it.
    """
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZoneError(
            message=_("The time zone %(name)s is not known.") % {"name": repr(name)}
        ) from None


def create_provider(
    *, slug: str, name: str, currency: str, time_zone: str, suspension_enabled: bool, now: datetime
) -> int:
    """Create a provider; runs as worker or owner and opens the system's scope itself.

    Args:
        slug: its short name, small letters, digits and hyphens.
        name: what people read.
        currency: ISO 4217, the default of new tenants.
        time_zone: an IANA name in which its days begin.
        suspension_enabled: whether clients whose balance is used up are suspended.
        now: the moment of creation.

    Returns:
        The provider's id.

    Raises:
        InvalidNameError: the slug or the name cannot be used.
        UnknownCurrencyError: no active currency has this code.
        UnknownTimeZoneError: no time zone has this name.
        ProviderConflictError: the slug exists with another currency or time zone.

    Idempotency: by slug; a provider that exists is returned unchanged.
    """
    if not _SLUG.fullmatch(slug):
        raise InvalidNameError(
            message=_("A slug has small letters, digits and hyphens, at most 63.")
        )
    clean_name = check_name(name)
    exponent(currency)
    zone = check_time_zone(time_zone)
    with system_scope():
        row, is_new = Provider.objects.get_or_create(
            slug=slug,
            defaults={
                "name": clean_name,
                "currency": currency,
                "time_zone": zone,
                "created_at": now,
            },
        )
        if not is_new and (row.currency, row.time_zone) != (currency, zone):
            raise ProviderConflictError
    if is_new and suspension_enabled is not SUSPENSION_ENABLED.default:
        with provider_scope(row.pk):
            set_setting(
                provider_id=row.pk, name=SUSPENSION_ENABLED.name, value=suspension_enabled, now=now
            )
    return row.pk


def set_brand(
    *,
    provider_id: int,
    name: str | None = None,
    brand_color: str | None = None,
    sender_name: str | None = None,
    sender_email: str | None = None,
    support_url: str | None = None,
    imprint_url: str | None = None,
    terms_url: str | None = None,
    privacy_url: str | None = None,
) -> None:
    """Change how a provider looks and signs; what is None stays.

    Args:
        provider_id: whose; its scope is open.
        name: what people read.
        brand_color: `#rrggbb`.
        sender_name: the name on its mails.
        sender_email: the address on its mails.
        support_url: where its customers find help.
        imprint_url: who is behind it, as the law wants it told; https, or empty.
        terms_url: its terms; https, or empty.
        privacy_url: what it does with personal data; https, or empty.

    Raises:
        InvalidNameError: the name cannot be used, or the colour or an address has another shape.
    """
    if brand_color is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", brand_color):
        raise InvalidNameError(message=_("A colour has the shape #rrggbb."))
    links = {"imprint_url": imprint_url, "terms_url": terms_url, "privacy_url": privacy_url}
    for link in links.values():
        _check_link(link or "")
    given = {
        "name": None if name is None else check_name(name),
        "brand_color": brand_color,
        "sender_name": sender_name,
        "sender_email": sender_email,
        "support_url": support_url,
        **links,
    }
    changes = {field: value for field, value in given.items() if value is not None}
    if changes:
        Provider.objects.filter(pk=provider_id).update(**changes)


def check_name(name: str, *, most: int = 200) -> str:
    """Return a name that can be stored.

    Args:
        name: what was entered.
        most: the most characters allowed.

    Raises:
        InvalidNameError: empty, too long, or with a sign that PostgreSQL cannot hold.
    """
    clean = name.strip()
    if not clean or len(clean) > most or "\x00" in clean:
        raise InvalidNameError(message=_("A name has 1 to %(most)s characters.") % {"most": most})
    return clean


def _check_link(link: str) -> None:
    try:
        if link:
            _IS_HTTPS(link)
            MaxLengthValidator(200)(link)
    except ValidationError as error:
        raise InvalidNameError(
            message=_("Write the address of a web page that begins with https://.")
        ) from error
