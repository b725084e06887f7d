"""Find providers: before a scope is known by the reviewed look-ups, inside one by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.rows import fetch_one
from tenants.errors import ProviderNotFoundError
from tenants.models import Provider
from tenants.types import LegalIdentity, LegalLink, ProviderView

if TYPE_CHECKING:
    from datetime import date, datetime

# Every page asks this: written out, it costs this process a fifth of a query set.
_VIEW = f"SELECT {', '.join(ProviderView.__dataclass_fields__)} FROM tenants_provider WHERE id = %s"


def provider_id_by_slug(slug: str) -> int:
    """Return a provider's id; needs no scope.

    Args:
        slug: its short name.

    Raises:
        ProviderNotFoundError: no provider has it.
    """
    row = fetch_one("SELECT lookup_provider_by_slug(%s)", [slug])
    if row is None or row[0] is None:
        raise ProviderNotFoundError(message=f"There is no provider {slug}.")
    return int(row[0])


def provider_view(provider_id: int) -> ProviderView:
    """Return a provider.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.

    Raises:
        ProviderNotFoundError: it does not exist, or not in this scope.
    """
    row = fetch_one(_VIEW, [provider_id])
    if row is None:
        raise ProviderNotFoundError
    return ProviderView(*row)


def provider_day(provider_id: int, at: datetime) -> date:
    """Return the day of a moment where a provider is: the one that its documents, rates and runs go by.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.
        at: a moment of any zone.

    Raises:
        ProviderNotFoundError: it does not exist, or not in this scope.
    """
    return at.astimezone(ZoneInfo(_row(provider_id).time_zone)).date()


def legal_links(provider: ProviderView) -> list[LegalLink]:
    """Return what the law wants linked on a provider's pages and mails; empty ones are left out.

    Args:
        provider: whose.
    """
    links = (
        LegalLink(_("Imprint"), provider.imprint_url),
        LegalLink(_("Terms"), provider.terms_url),
        LegalLink(_("Privacy"), provider.privacy_url),
    )
    return [link for link in links if link.url]


def legal_identity(provider_id: int) -> LegalIdentity:
    """Return who a provider is before the law, as its documents name it.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.

    Raises:
        ProviderNotFoundError: it does not exist, or not in this scope.
    """
    row = _row(provider_id)
    return LegalIdentity(
        name=row.legal_name or row.name,
        address=row.address,
        postcode=row.postcode,
        city=row.city,
        region=row.region,
        country=row.country,
        tax_id=row.tax_id,
        registration_no=row.registration_no,
        email=row.sender_email,
        bank_holder=row.bank_holder,
        bank_iban=row.bank_iban,
        bank_bic=row.bank_bic,
        payment_terms=row.payment_terms,
        legal_text=row.legal_text,
    )


def provider_ids(*, made_until: datetime | None = None) -> list[int]:
    """Return the ids of all providers, for jobs of the platform; the system's scope is open.

    Args:
        made_until: only those that were there at that moment.
    """
    rows = Provider.objects.order_by("pk")
    if made_until is not None:
        rows = rows.filter(created_at__lte=made_until)
    return list(rows.values_list("pk", flat=True))


def _row(provider_id: int) -> Provider:
    row = Provider.objects.filter(pk=provider_id).first()
    if row is None:
        raise ProviderNotFoundError
    return row
