"""The language of the pages: kept with the login, and in a cookie for pages before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.access import public
from tenants.services.users import choose_language

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE_AGE_S: Final = 5 * 365 * 24 * 3600


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember a language and go back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        back, {request.get_host()}, require_https=request.is_secure()
    ):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        remember(request, response, language)
    return response


def remember(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Keep a language that the person chose; who looks through somebody's eyes changes nothing of that person."""
    user: Any = request.user
    if user.is_authenticated and not getattr(user, "is_hijacked", False):
        choose_language(user_id=user.pk, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=COOKIE_AGE_S,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
