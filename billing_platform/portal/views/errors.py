"""Error pages in the provider's look, drawn without a query: the request may have broken its transaction."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.template import loader

from billing_platform.kernel.database_faults import retry_after_s
from billing_platform.portal.brand import platform_brand

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after a fault of ours: no context, since the fault may lie in making it.

    A fault of the database that passes, for instance a lock that somebody else holds, is told as such.
    """
    wait = retry_after_s(sys.exception())
    if wait is not None:
        body = loader.get_template("503.html").render({"shell": {"brand": platform_brand()}})
        return HttpResponse(body, status=503, headers={"Retry-After": str(wait)})
    body = loader.get_template("500.html").render({"shell": {"brand": platform_brand()}})
    return HttpResponseServerError(body)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read; its host name may be none of ours, so no context is made."""
    body = loader.get_template("400.html").render({"shell": {"brand": platform_brand()}})
    return HttpResponseBadRequest(body)


class MethodNotAllowedPage:
    """Give an empty 405 answer to a browser words; Django itself sends no body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or not request.accepts("text/html"):
            return response
        if not request.path.startswith("/api/") and not getattr(response, "content", b""):
            response.content = loader.get_template("405.html").render({}, request)  # type: ignore[attr-defined]  # not streaming
            response.headers["Content-Type"] = "text/html; charset=utf-8"
        return response
