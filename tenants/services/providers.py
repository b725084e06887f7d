"""Make providers and give them host names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.errors import InvalidNameError, ProviderConflictError, UnknownTimeZoneError
from tenants.models import Host, Provider
from tenants.registry import SUSPENSION_ENABLED
from tenants.services.settings import set_setting

if TYPE_CHECKING:
    from datetime import datetime

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LABEL: Final = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}([.]{_LABEL})*")


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


def check_host_name(name: str) -> str:
    """Return a host name as it is stored: small letters, no final dot.

    Args:
        name: what was entered.

    Raises:
        InvalidNameError: this is no host name.
    """
    clean = name.strip().lower().rstrip(".")
    if not _HOST.fullmatch(clean):
        raise InvalidNameError(message=_("This is no host name."))
    return clean


@transaction.atomic
def add_host(*, provider_id: int, name: str) -> None:
    """Show a provider's brand on a host name.

    Args:
        provider_id: whose; its scope is open.
        name: the host name without port, any case.

    Raises:
        InvalidNameError: the name is no host name, or shows another provider's brand.

    Idempotency: a name that is the provider's already stays so.
    """
    clean = check_host_name(name)
    Host.objects.bulk_create([Host(provider_id=provider_id, name=clean)], ignore_conflicts=True)
    if not Host.objects.filter(provider_id=provider_id, name=clean).exists():
        raise InvalidNameError(message=_("This host name is in use."))


@transaction.atomic
def remove_host(*, provider_id: int, host_id: int, current: str) -> bool:
    """Show a provider's brand on a host name no longer.

    Args:
        provider_id: whose; its scope is open.
        host_id: which.
        current: the host name that the person uses just now, which stays.

    Returns:
        Whether there was such a host name of this provider.

    Raises:
        InvalidNameError: it is the last one, or in use by this person.

    Idempotency: a name that is gone stays gone.
    """
    # Locked, so that two removals at once cannot take the last two.
    rows = Host.objects.select_for_update().filter(provider_id=provider_id).order_by("pk")
    names = {row.pk: row.name for row in rows}
    if host_id not in names:
        return False
    if len(names) == 1:
        raise InvalidNameError(message=_("The last host name cannot be removed."))
    if names[host_id] == current.lower():
        raise InvalidNameError(
            message=_("You are using this host name now. Remove it from another one.")
        )
    Host.objects.filter(provider_id=provider_id, pk=host_id).delete()
    return True


def set_brand(
    *,
    provider_id: int,
    name: str | None = None,
    brand_color: str | None = None,
    sender_name: str | None = None,
    sender_email: str | None = None,
    support_url: str | None = None,
    legal_name: str | None = None,
) -> None:
    """Change how a provider looks and signs; what is None stays.

    Args:
        provider_id: whose; its scope is open.
        name: what people read.
        brand_color: `#rrggbb`.
        sender_name: the name on its mails.
        sender_email: the address on its mails.
        support_url: where its customers find help.
        legal_name: the name on its documents.

    Raises:
        InvalidNameError: the name cannot be used, or the colour has another shape.
    """
    if brand_color is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", brand_color):
        raise InvalidNameError(message=_("A colour has the shape #rrggbb."))
    given = {
        "name": None if name is None else check_name(name),
        "brand_color": brand_color,
        "sender_name": sender_name,
        "sender_email": sender_email,
        "support_url": support_url,
        "legal_name": legal_name,
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
