"""In which language a request is answered: the person's own, the one chosen here, the tenant's or the browser's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

# Machines read these; their words and figures are the same for everybody.
_MACHINES: Final = ("/api/", "/static/", "/brand/")


class OneLanguageMiddleware:
    """Begin every request in English, and leave nothing of its language to the next one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.get_response(request)


class PersonLanguageMiddleware:
    """Speak the language of the reader from here on, in error pages around this place too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request in the reader's language."""
        if request.path_info.startswith(_MACHINES):
            return self.get_response(request)
        language = language_of(request)
        translation.activate(language)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in; nothing is asked of the database for it."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    user: Any = getattr(request, "user", None)
    # Who looks through somebody's eyes reads on in the own language.
    is_own = user is not None and user.is_authenticated and not getattr(user, "is_hijacked", False)
    tenant: Any = getattr(request, "tenant", None)
    wanted = (user.language if is_own else "", cookie, tenant.language if tenant else "")
    offered = dict(settings.LANGUAGES)
    return next(
        (code for code in wanted if code in offered),
        translation.get_language_from_request(request),
    )
