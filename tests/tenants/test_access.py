"""The decorators and the middleware: who gets in, in which scope, and what a failure leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from billing_platform.kernel.scope import Scope, current_scope, provider_scope
from tenants.access import (
    any_member,
    open_scope,
    provider_member,
    streamed,
    tenant_member,
    without_transaction,
)
from tenants.models import Tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from tenants.access import ProviderRequest
    from tests.cast import Cast

pytestmark = pytest.mark.django_db
LATE = engines["django"].from_string("{% for t in tenants %}{{ t.name }} {% endfor %}")


def say(request: HttpRequest) -> HttpResponse:
    return HttpResponse(repr(current_scope()))


def late(request: HttpRequest) -> TemplateResponse:
    return TemplateResponse(request, LATE, {"tenants": Tenant.objects.order_by("pk")})


@provider_member("owner")
def fail(request: ProviderRequest) -> HttpResponse:
    Tenant.objects.update(name="Spoiled")
    raise ZeroDivisionError


@provider_member("owner")
def refuse(request: ProviderRequest) -> HttpResponse:
    Tenant.objects.update(name="Spoiled")
    raise Http404


@provider_member("owner")
def answer_500(request: ProviderRequest) -> HttpResponse:
    Tenant.objects.update(name="Spoiled")
    return HttpResponse(status=503)


def names() -> Iterator[str]:
    yield from Tenant.objects.order_by("pk").values_list("external_id", flat=True)


@provider_member("owner")
def stream(request: ProviderRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(streamed(request, names))


@provider_member("owner")
@without_transaction
def gateway(request: ProviderRequest) -> HttpResponse:
    before = current_scope()
    with open_scope(request):
        count = Tenant.objects.count()
    return HttpResponse(f"{before} {count} {request.provider.slug}")


urlpatterns = [
    path("say", any_member(say)),
    path("provider", provider_member("owner")(say)),
    path("tenant", tenant_member("admin")(say)),
    path("late", any_member(late)),
    path("fail", fail),
    path("refuse", refuse),
    path("answer-500", answer_500),
    path("stream", stream),
    path("gateway", gateway),
    path("", include("billing_platform.urls")),
]


@pytest.fixture(autouse=True)
def own_routes() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.tenants.test_access"):
        yield


def client_of(cast: Cast, name: str) -> Client:
    client = Client(HTTP_HOST="nimbus.localhost", raise_request_exception=False)
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestScope:
    def test_it_follows_the_membership(self, cast: Cast) -> None:
        staff = client_of(cast, "paula").get("/say").content.decode()
        admin = client_of(cast, "alice").get("/say").content.decode()

        assert staff == repr(Scope("provider", cast.nimbus))
        assert admin == repr(Scope("tenant", cast.nimbus, cast.acme))
        assert current_scope() is None

    def test_it_lasts_while_the_template_is_drawn(self, cast: Cast) -> None:
        body = client_of(cast, "alice").get("/late").content.decode()

        assert body.strip() == "Acme Canary-Acme"

    def test_a_streamed_body_opens_its_own(self, cast: Cast) -> None:
        answer = client_of(cast, "paula").get("/stream")

        assert b" ".join(answer.streaming_content) == b"acme globex"  # type: ignore[attr-defined]  # streaming
        assert current_scope() is None

    def test_a_view_that_calls_a_gateway_has_none_around_it(self, cast: Cast) -> None:
        assert client_of(cast, "paula").get("/gateway").content == b"None 2 nimbus"

    @pytest.mark.parametrize("url", ["/fail", "/refuse", "/answer-500"])
    def test_a_failure_leaves_nothing_behind(self, cast: Cast, url: str) -> None:
        assert client_of(cast, "paula").get(url).status_code in {404, 500, 503}

        with provider_scope(cast.nimbus):
            assert not Tenant.objects.filter(name="Spoiled").exists()


class TestDecorators:
    @pytest.mark.parametrize(
        ("person", "url", "status"),
        [
            ("paula", "/provider", 200),
            ("sue", "/provider", 403),
            ("alice", "/provider", 403),
            ("mallory", "/provider", 404),
            ("alice", "/tenant", 200),
            ("bob", "/tenant", 403),
            ("paula", "/tenant", 403),
            ("oskar", "/provider", 404),
            ("dora", "/tenant", 404),
        ],
    )
    def test_role_and_place_decide(self, cast: Cast, person: str, url: str, status: int) -> None:
        assert client_of(cast, person).get(url).status_code == status

    def test_they_hold_without_the_middleware(self) -> None:
        request: Any = RequestFactory().get("/say")
        request.user = AnonymousUser()
        answer = any_member(say)(request)
        assert answer.headers["Location"] == "/accounts/login/?next=/say"

        request.user = type("U", (), {"is_authenticated": True})()
        with pytest.raises(Http404):
            provider_member("owner")(say)(request)

    def test_a_role_must_be_named(self) -> None:
        with pytest.raises(TypeError):
            provider_member()

    def test_a_role_of_the_other_side_does_not_count(self, cast: Cast) -> None:
        request: Any = RequestFactory().get("/say")
        request.user = cast.user("alice")
        request.membership = type("M", (), {"tenant_id": cast.acme, "role": "owner"})()
        with pytest.raises(PermissionDenied):
            provider_member("owner")(say)(request)
