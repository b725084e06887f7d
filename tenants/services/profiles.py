"""Write what tenants say of themselves: company, billing addresses, language, time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.errors import InvalidProfileError
from tenants.models import Tenant, TenantProfile
from tenants.selectors.tenants import tenant_by_id
from tenants.services.providers import check_name, check_time_zone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenants.types import TenantProfileView

BILLING_EMAILS_MAX: Final = 10
_COUNTRY_LETTERS: Final = 2


@transaction.atomic
def save_profile(
    *,
    provider_id: int,
    tenant_id: int,
    profile: TenantProfileView,
    language: str,
    now: datetime,
    name: str | None = None,
    time_zone: str | None = None,
) -> None:
    """Change what a tenant's admins, or its provider's people, may change of a profile, all at once.

    Args:
        provider_id: whose; the tenant's own scope, or the provider's, is open.
        tenant_id: the row's number.
        profile: company data and billing addresses, 10 at most, each once; tax numbers belong to the tax profile.
        language: one of the installation's languages.
        now: the moment of the change.
        name: what people read; None leaves it.
        time_zone: an IANA name; billing periods follow it from the next one on. None leaves it.

    Raises:
        TenantNotFoundError: no such tenant in this scope.
        InvalidNameError, UnknownTimeZoneError, InvalidProfileError: as they say; nothing is changed.

    Idempotency: by state; the same values change nothing but the time of the change.
    """
    tenant_by_id(provider_id, tenant_id)
    changed = {"language": language}
    if name is not None:
        changed["name"] = check_name(name)
    if time_zone is not None:
        changed["time_zone"] = check_time_zone(time_zone)
    if language not in dict(settings.LANGUAGES):
        raise InvalidProfileError("unknown_language", _("This language is not offered."))
    _check_texts(profile)
    emails = _checked_emails(profile.billing_emails)
    Tenant.objects.filter(provider_id=provider_id, pk=tenant_id).update(**changed)
    TenantProfile.objects.update_or_create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        defaults={
            "legal_name": profile.legal_name,
            "address": profile.address,
            "country": profile.country,
            "billing_emails": emails,
            "updated_at": now,
        },
    )


def _check_texts(profile: TenantProfileView) -> None:
    texts = (profile.legal_name, profile.address, profile.country)
    if any("\x00" in text for text in texts):
        raise InvalidProfileError(
            "invalid_text", _("This text holds a sign that cannot be stored.")
        )
    country = profile.country
    letters = country.isascii() and country.isalpha() and country.isupper()
    if country and not (letters and len(country) == _COUNTRY_LETTERS):
        raise InvalidProfileError(
            "invalid_country", _("A country is two letters, for instance DE.")
        )


def _checked_emails(emails: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for email in emails:
        clean = email.strip().lower()
        try:
            validate_email(clean)
        except ValidationError as error:
            message = _("%(email)s is not an e-mail address.") % {"email": repr(email.strip())}
            raise InvalidProfileError("invalid_email", message) from error
        found[clean] = None
    if len(found) > BILLING_EMAILS_MAX:
        message = _("At most %(most)s billing addresses are possible.") % {
            "most": BILLING_EMAILS_MAX
        }
        raise InvalidProfileError("too_many_emails", message)
    return list(found)
