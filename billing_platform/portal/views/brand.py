"""The files of a brand. They hold no tenant's data and need no scope: their address says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from billing_platform.kernel.scope import tenant_scope
from billing_platform.portal import brand
from tenants.access import public
from tenants.errors import ProviderNotFoundError
from tenants.selectors.logos import logo_content
from tenants.selectors.providers import provider_id_by_slug

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FOR_EVER = "public, max-age=31536000, immutable"
_NO_TENANT: Final = -1


@require_safe
@public
def brand_css(request: HttpRequest, color: str, digest: str) -> HttpResponse:
    """Send the style sheet of a colour; an address with another digest is gone."""
    return _css(brand.brand_css, color, digest)


@require_safe
@public
def preview_css(request: HttpRequest, color: str, digest: str) -> HttpResponse:
    """Send the style sheet of a colour that is tried out; an address with another digest is gone."""
    return _css(brand.preview_css, color, digest)


@require_safe
@public
def brand_icon(request: HttpRequest, color: str, initial: str) -> HttpResponse:
    """Send the icon of a brand."""
    if len(initial) != 1:
        raise Http404
    try:
        content = brand.brand_icon(color, initial)
    except ValueError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/svg+xml", headers={"Cache-Control": FOR_EVER})


@require_safe
@public
def brand_logo(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Send a provider's logo; its name says what it holds, so that it never changes."""
    try:
        provider_id = provider_id_by_slug(slug)
    except ProviderNotFoundError as error:
        raise Http404 from error
    # Nobody has this number: the scope shows what a provider shares with all its tenants, and no more.
    with tenant_scope(provider_id, _NO_TENANT):
        content = logo_content(provider_id, name)
    if content is None:
        raise Http404
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/png", headers=headers)


def _css(make: Callable[[str], str], color: str, digest: str) -> HttpResponse:
    try:
        content = make(color)
    except ValueError as error:
        raise Http404 from error
    if digest != brand.digest(content):
        raise Http404
    return HttpResponse(
        content, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOR_EVER}
    )
