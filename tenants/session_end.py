"""When a login ends by itself: kept in the session, moved on while somebody is at work, and told to pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from billing_platform.kernel.clock import now

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

_ENDS: Final = "ends_at"
_BEGAN: Final = "logged_in_at"


def begin_session(request: HttpRequest | None, **_signal: Any) -> None:
    """Note when a login began and when it ends; called for each login.

    Args:
        request: of the login. One through another's eyes, or back from there, says nothing of who somebody is.
    """
    if request is None:
        return
    extend_session(request)
    route = getattr(request, "resolver_match", None)
    if route is None or route.namespace != "hijack":
        request.session[_BEGAN] = int(now().timestamp())


def logged_in_at(request: HttpRequest) -> int:
    """Return the second of the epoch in which somebody logged in; 0 where that is not known.

    Args:
        request: with the session.
    """
    began: int = request.session.get(_BEGAN, 0)
    return began


def extend_session(request: HttpRequest) -> int:
    """Let a session end a whole stretch from now, and return in how many seconds that is.

    Args:
        request: with the session; its answer writes it.
    """
    seconds: int = settings.SESSION_COOKIE_AGE
    request.session[_ENDS] = int(now().timestamp()) + seconds
    return seconds


def seconds_left(request: HttpRequest) -> int | None:
    """Return in how many seconds a session ends, or None where nobody is logged in.

    Args:
        request: with the session.
    """
    session = getattr(request, "session", None)
    ends_at = session.get(_ENDS) if session is not None else None
    return None if ends_at is None else max(0, ends_at - int(now().timestamp()))


class SessionEndMiddleware:
    """Move the end of a session on when less than half of its stretch is left, so that most requests write nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the session once; let the request pass."""
        left = seconds_left(request)
        if left is not None and left < settings.SESSION_COOKIE_AGE / 2:
            extend_session(request)
        return self.get_response(request)
