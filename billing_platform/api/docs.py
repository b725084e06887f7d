"""The API's documentation as a page without scripts, drawn from its own OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.api.v1 import api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class OperationDoc:
    """One call of the API as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    bodies: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show what can be called; the OpenAPI document itself lies beside."""
    schema: Mapping[str, Any] = api.get_openapi_schema()
    operations = [
        _operation(method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/docs.html", {"info": schema["info"], "operations": operations})


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> OperationDoc:
    return OperationDoc(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        bodies=tuple(operation.get("requestBody", {}).get("content", {})),
        answers=tuple(
            (str(status), answer.get("description", ""))
            for status, answer in operation["responses"].items()
        ),
    )
