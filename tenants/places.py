"""Addresses of pages as mails show them: on the provider's own host when that is in use, never on a foreign one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from tenants.middleware import host_name
from tenants.selectors.hosts import provider_id_by_host

if TYPE_CHECKING:
    from django.http import HttpRequest


def site_url(request: HttpRequest, path: str) -> str:
    """Return the full address of a path.

    Args:
        request: the one that causes the mail; its host is used only when it is registered for a provider.
        path: from the root, with its slash.

    Returns:
        An address on the request's host, or on `PLATFORM_URL` when the host is nobody's.
    """
    if provider_id_by_host(host_name(request)) is not None:
        return f"{request.scheme}://{request.get_host()}{path}"
    return f"{settings.PLATFORM_URL.rstrip('/')}{path}"
