"""Find providers: before a scope is known by the reviewed look-ups, inside one by their rows."""

from __future__ import annotations

from billing_platform.kernel.rows import fetch_one
from tenants.errors import ProviderNotFoundError
from tenants.models import Host, Provider
from tenants.types import HostView, ProviderView


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


def provider_id_by_host(host: str) -> int | None:
    """Return the provider whose brand a host name shows, or None; needs no scope.

    Args:
        host: a host name without port, any case.
    """
    row = fetch_one("SELECT lookup_provider_by_host(%s)", [host])
    return None if row is None or row[0] is None else int(row[0])


def provider_view(provider_id: int) -> ProviderView:
    """Return a provider.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.

    Raises:
        ProviderNotFoundError: it does not exist, or not in this scope.
    """
    row = Provider.objects.filter(pk=provider_id).first()
    if row is None:
        raise ProviderNotFoundError
    return ProviderView(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        currency=row.currency,
        time_zone=row.time_zone,
        brand_color=row.brand_color,
        logo_light=row.logo_light.name or "",
        logo_dark=row.logo_dark.name or "",
        sender_name=row.sender_name,
        sender_email=row.sender_email,
        support_url=row.support_url,
        legal_name=row.legal_name,
    )


def list_hosts(provider_id: int) -> list[HostView]:
    """Return the host names that show a provider's brand, by name.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = Host.objects.filter(provider_id=provider_id).order_by("name")
    return [HostView(row.pk, row.name) for row in rows]


def provider_ids() -> list[int]:
    """Return the ids of all providers, for jobs of the platform; the system's scope is open."""
    return list(Provider.objects.order_by("pk").values_list("pk", flat=True))
