"""Light, dark or as the device; kept in a cookie so that every page is drawn right at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.access import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

THEMES: Final = ("light", "dark", "auto")
COOKIE: Final = "theme"
COOKIE_AGE_S: Final = 5 * 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Return the theme that a request asks for; the device's own when it asks for none."""
    choice = request.COOKIES.get(COOKIE, "auto")
    return choice if choice in THEMES else "auto"


@require_POST
@public
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember a theme and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    choice = request.POST.get("theme", "auto")
    if choice in THEMES:
        response.set_cookie(
            COOKIE,
            choice,
            max_age=COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response
