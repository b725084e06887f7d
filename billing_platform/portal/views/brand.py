"""The files of a brand. They hold no tenant's data and need no scope: their address says what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from billing_platform.portal import brand
from tenants.access import public

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

FOR_EVER = "public, max-age=31536000, immutable"


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
