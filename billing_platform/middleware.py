"""Answers without a view: to probes, which have no session, host name or HTTPS of ours, and to what is no text."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from django.core.exceptions import BadRequest
from django.http import Http404, JsonResponse

from billing_platform.health import PROBES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest, HttpResponse, QueryDict

_NUL: Final = "\x00"


class HealthMiddleware:
    """Answer `/health/live`, `/health/ready` and `/health/jobs` in any process, before host and scheme are checked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe; let every other request pass."""
        probe = PROBES.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return JsonResponse(
                {"status": "method not allowed"}, status=405, headers={"Allow": "GET, HEAD"}
            )
        checks = probe()
        healthy = not any(checks.values())
        answer = {
            "status": "ok" if healthy else "failing",
            "checks": {name: problem or "ok" for name, problem in checks.items()},
        }
        return JsonResponse(
            answer, status=200 if healthy else 503, headers={"Cache-Control": "no-store"}
        )


class NulMiddleware:
    """Answer what no text of the database can hold as what it is: an address or a field that nobody could have meant.

    Forms say so themselves, beside their field; this is for all that no form reads. The API answers in its own words.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let every request pass whose address is text.

        Raises:
            Http404: a NUL stands in the path.
        """
        if _NUL in request.path_info and not request.path_info.startswith("/api/"):
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Tell a fault of the sender's from one of ours.

        Raises:
            BadRequest: a NUL in a field came as far as the database.
        """
        if not isinstance(exception, ValueError):
            return
        if any(_NUL in word for word in chain(_words(request.GET), _words(request.POST))):
            request.has_failed = True  # type: ignore[attr-defined]  # the scope undoes what the view did
            raise BadRequest from exception


def _words(fields: QueryDict) -> Iterator[str]:
    for name, values in fields.lists():
        yield name
        yield from (str(value) for value in values)
