"""The routes of the API; what is not among them is answered as a problem too."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path

from billing_platform.api.docs import api_docs
from billing_platform.api.v1 import api
from billing_platform.kernel.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable


def not_found(_request: HttpRequest, **_: Any) -> HttpResponse:
    """Answer a route that the API does not have."""
    return problem(status=404, code="not_found", detail="The API has no such route.")


def _with_problem_405(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        refusal = problem(
            status=405, code="method_not_allowed", detail="This route does not take that method."
        )
        refusal.headers["Allow"] = response.headers["Allow"]
        return refusal

    answer.csrf_exempt = getattr(view, "csrf_exempt", False)  # type: ignore[attr-defined]  # read by Django
    return answer


_patterns, _app_name, _namespace = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern) and _pattern.callback is not None:
        _pattern.callback = _with_problem_405(_pattern.callback)

urlpatterns = [
    path("v1/docs", api_docs, name="api-docs"),
    path("v1/", (_patterns, _app_name, _namespace)),
    # No end and no dot: a path may hold line breaks.
    re_path(r"^", not_found, name="api-not-found"),
]
