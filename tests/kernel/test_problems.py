"""Every refusal of the API has one form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.http import Http404
from django.test import RequestFactory
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from billing_platform.kernel.errors import CurrencyMismatchError, DomainError
from billing_platform.kernel.problems import domain_problem, install_problems, problem

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Amount(Schema):
    amount_minor: int


class Nobody(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> None:
        return None


def build_api() -> NinjaAPI:
    api = NinjaAPI(urls_namespace="problems")
    install_problems(api)

    @api.get("/{kind}")
    def refuse(request: HttpRequest, kind: str) -> None:
        raise {
            "domain": CurrencyMismatchError(message="USD and EUR cannot be combined."),
            "wait": DomainError("busy", "Try again.", retry_after_s=3),
            "missing": Http404("invoice 17 of tenant 4"),
            "teapot": HttpError(418, "short and stout"),
        }[kind]

    @api.post("/amounts/new")
    def take(request: HttpRequest, amount: Amount) -> None: ...

    @api.get("/secret/door", auth=Nobody())
    def open_door(request: HttpRequest) -> None: ...

    return api


API = build_api()


def call(method: str, path: str, **more: Any) -> HttpResponse:
    match = next(found for found in (p.resolve(path) for p in API.urls[0]) if found)
    request = RequestFactory().generic(method, "/" + path, **more)
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response


def body_of(response: HttpResponse) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == response.status_code
    return body


class TestProblems:
    def test_a_domain_error_says_its_code_and_words(self) -> None:
        response = call("GET", "domain")

        assert body_of(response) == {
            "type": "urn:problem:currency_mismatch",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "currency_mismatch",
            "detail": "USD and EUR cannot be combined.",
        }

    def test_a_retry_is_timed(self) -> None:
        assert call("GET", "wait").headers["Retry-After"] == "3"
        assert "Retry-After" not in domain_problem(CurrencyMismatchError()).headers

    def test_what_is_missing_is_not_described(self) -> None:
        assert body_of(call("GET", "missing"))["detail"] == "This does not exist."

    def test_a_malformed_body_is_explained_but_not_repeated(self) -> None:
        response = call(
            "POST",
            "amounts/new",
            data='{"amount_minor": "sk_live_1"}',
            content_type="application/json",
        )

        body = body_of(response)
        assert response.status_code == 422
        assert body["errors"][0]["at"][-1] == "amount_minor"
        assert "sk_live_1" not in response.content.decode()

    def test_a_stranger_is_asked_for_a_key(self) -> None:
        response = call("GET", "secret/door")

        assert body_of(response)["code"] == "not_authenticated"
        assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_any_other_status_has_the_same_form(self) -> None:
        assert body_of(call("GET", "teapot"))["code"] == "im_a_teapot"

    def test_further_members_are_added(self) -> None:
        response = problem(
            status=409, code="job_is_running", detail="Wait.", more={"job": "charge"}
        )

        assert body_of(response)["job"] == "charge"

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 429, 503])
    def test_the_title_belongs_to_the_status(self, status: int) -> None:
        assert body_of(problem(status=status, code="c", detail="d"))["title"]
