"""Light, dark or as the device: kept with the login, and in a cookie for pages before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.access import public
from tenants.services.users import THEMES, choose_theme

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE: Final = "theme"
COOKIE_AGE_S: Final = 5 * 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """Return the theme of a page: the account's, else the cookie's, else the device's own.

    An account that never chose says "auto", like one that chose it: then this device's choice stands.
    """
    own = _own_login(request)
    choice = own.theme if own and own.theme != "auto" else request.COOKIES.get(COOKIE, "auto")
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
        own = _own_login(request)
        if own:
            choose_theme(user_id=own.pk, theme=choice)
        response.set_cookie(
            COOKIE,
            choice,
            max_age=COOKIE_AGE_S,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def _own_login(request: HttpRequest) -> Any:
    """Return who is logged in; None for nobody, and for whoever looks through somebody else's eyes."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(user, "is_hijacked", False):
        return None
    return user
