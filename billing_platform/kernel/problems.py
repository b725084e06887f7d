"""Errors as `application/problem+json`, one form for the whole API. Installed on the API object at the edge.

Source: RFC 9457.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from billing_platform.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest
    from ninja import NinjaAPI


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    more: Mapping[str, Any] | None = None,
    retry_after_s: int | None = None,
) -> HttpResponse:
    """Return an error answer.

    Args:
        status: the HTTP status.
        code: a stable word for machines.
        detail: one sentence for people, about this very case.
        more: further members, for instance `errors`.
        retry_after_s: seconds after which a retry makes sense.
    """
    body = {
        "type": f"urn:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **(more or {}),
    }
    response = HttpResponse(
        json.dumps(body), status=status, content_type="application/problem+json"
    )
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


def domain_problem(error: DomainError) -> HttpResponse:
    """Return the answer that a domain error asks for."""
    return problem(
        status=error.http_status,
        code=error.code,
        detail=error.message,
        retry_after_s=error.retry_after_s,
    )


def install_problems(api: NinjaAPI) -> None:
    """Make an API answer every refusal as a problem; what nobody foresaw stays Django's error 500.

    Args:
        api: the API object, before it serves.
    """
    api.exception_handler(DomainError)(_on_domain_error)
    api.exception_handler(ValidationError)(_on_validation_error)
    api.exception_handler(AuthenticationError)(_on_authentication_error)
    api.exception_handler(HttpError)(_on_http_error)
    api.exception_handler(Http404)(_on_not_found)


def _on_domain_error(_request: HttpRequest, error: DomainError) -> HttpResponse:
    return domain_problem(error)


def _on_validation_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # What came in is not repeated back: it may be a secret in the wrong place.
    errors = [
        {"at": [str(step) for step in item["loc"]], "reason": item["msg"]} for item in error.errors
    ]
    return problem(
        status=422,
        code="invalid_request",
        detail="The request does not have the agreed form.",
        more={"errors": errors},
    )


def _on_authentication_error(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    response = problem(status=401, code="not_authenticated", detail="A valid API key is needed.")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _on_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    code = HTTPStatus(error.status_code).name.lower()
    return problem(status=error.status_code, code=code, detail=str(error))


def _on_not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(status=404, code="not_found", detail="This does not exist.")
