"""Find host names: whose brand one shows, before a scope is known; a provider's own; those that wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F

from billing_platform.kernel.rows import fetch_one
from tenants.models import Host
from tenants.types import HostView

if TYPE_CHECKING:
    from datetime import datetime

# What the look-up answers for a name that serves nothing yet.
PENDING_HOST: Final = 0
# A name that nobody has proved by then is asked for only when somebody clicks.
LOOKED_FOR: Final = timedelta(days=30)
_CHALLENGE: Final = "_billing-challenge"


def challenge_name(host: str) -> str:
    """Return the name of the TXT record that proves a host name."""
    return f"{_CHALLENGE}.{host}"


def host_owner(host: str) -> int | None:
    """Return whose brand a host name shows: a provider's id, PENDING_HOST, or None for nobody's; needs no scope.

    Args:
        host: a host name without port, any case.
    """
    row = fetch_one("SELECT lookup_provider_by_host(%s)", [host])
    return None if row is None or row[0] is None else int(row[0])


def provider_id_by_host(host: str) -> int | None:
    """Return the provider whose brand a host name shows, or None; needs no scope.

    Args:
        host: a host name without port, any case.
    """
    return host_owner(host) or None


def list_hosts(provider_id: int) -> list[HostView]:
    """Return the host names of a provider, by name; also those that wait.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = Host.objects.filter(provider_id=provider_id).order_by("name")
    return [
        HostView(
            id=row.pk,
            name=row.name,
            is_proved=row.proved_at is not None,
            record=challenge_name(row.name),
            challenge=row.challenge,
            asked_at=row.asked_at,
            checked_at=row.checked_at,
            outcome=row.outcome,
        )
        for row in rows
    ]


def provider_url(provider_id: int, path: str) -> str:
    """Return the full address of a path where no request says its host: on the host name the provider proved first.

    Args:
        provider_id: whose; its scope is open.
        path: from the root, with its slash.

    Returns:
        An address with the scheme and port of `PLATFORM_URL`, and on its host while the provider has none of its own.
    """
    platform = urlsplit(settings.PLATFORM_URL)
    proved = Host.objects.filter(provider_id=provider_id, proved_at__isnull=False)
    name = proved.order_by("proved_at", "pk").values_list("name", flat=True).first()
    port = f":{platform.port}" if platform.port else ""
    return f"{platform.scheme}://{name or platform.hostname}{port}{path}"


def waiting_hosts(*, now: datetime, limit: int) -> list[tuple[int, int]]:
    """Return provider and id of names that wait, the longest unchecked first; the system's scope is open.

    Args:
        now: the present moment; what was asked for long ago is left out.
        limit: how many at most.
    """
    rows = Host.objects.filter(proved_at__isnull=True, asked_at__gte=now - LOOKED_FOR)
    ordered = rows.order_by(F("checked_at").asc(nulls_first=True), "pk")
    return list(ordered.values_list("provider_id", "pk")[:limit])
