"""The API knows a provider by its key: every route, with own, foreign, revoked and missing keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.api_keys import create_api_key, revoke_api_key
from tests.cast import NOW
from tests.isolation.routes import API_ROUTES
from tests.isolation.world import World, build_world, canaries, fingerprint

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.django_db
ENTITLEMENT = "/api/v1/tenants/{}/entitlement"


@pytest.fixture
def world(cast: Cast) -> World:
    return build_world(cast)


def client_of(key: str = "") -> Client:
    return Client(headers={"authorization": f"Bearer {key}"} if key else {})


def event(tenant: str, number: int = 1) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "walk",
        "type": "call",
        "time": now().isoformat(),
        "tenant": tenant,
        "data": {"quantity": "1"},
    }


def send(client: Client, body: dict[str, Any]) -> Any:
    return client.post(
        "/api/v1/events", json.dumps(body), content_type="application/cloudevents+json"
    )


class TestKeys:
    def test_every_route_is_known(self) -> None:
        assert {"send_events", "get_entitlement"} <= API_ROUTES
        assert reverse("api-docs") == "/api/v1/docs"

    def test_without_a_good_key_there_is_nothing(self, world: World) -> None:
        with provider_scope(world.cast.nimbus):
            dead = create_api_key(provider_id=world.cast.nimbus, name="dead", now=NOW)
            revoke_api_key(provider_id=world.cast.nimbus, key_id=dead.id, now=NOW)
        for key in ("", "bk_wrong", dead.raw, "x" * 500):
            client = client_of(key)
            assert client.get(ENTITLEMENT.format("acme")).status_code == 401
            assert send(client, event("acme")).status_code == 401

    def test_a_login_is_no_key(self, world: World) -> None:
        client = Client(HTTP_HOST="nimbus.localhost")
        client.force_login(
            world.cast.user("paula"), backend="django.contrib.auth.backends.ModelBackend"
        )

        assert client.get(ENTITLEMENT.format("acme")).status_code == 401

    def test_a_key_without_the_scope_is_refused(self, world: World) -> None:
        with provider_scope(world.cast.nimbus):
            key = create_api_key(
                provider_id=world.cast.nimbus, name="send", scopes=["usage:write"], now=NOW
            )

        assert client_of(key.raw).get(ENTITLEMENT.format("acme")).status_code == 403


class TestProviders:
    def test_a_key_answers_for_its_own_tenants_only(self, world: World) -> None:
        for slug, own, foreign in (
            ("nimbus", ("acme", "globex"), ("aria",)),
            ("sonora", ("aria",), ("acme", "globex")),
        ):
            client = client_of(world.keys[slug])
            for tenant in own:
                assert client.get(ENTITLEMENT.format(tenant)).status_code == 200
            for tenant in foreign:
                answer = client.get(ENTITLEMENT.format(tenant))
                assert answer.status_code == 404
                assert not any(word in answer.content.decode() for word in canaries(tenant))

    def test_an_event_for_a_foreign_tenant_touches_nobody(self, world: World) -> None:
        before = fingerprint(world.cast.sonora)

        answer = send(client_of(world.keys["nimbus"]), event("aria"))

        assert answer.json()["results"][0]["verdict"] == "parked"
        assert fingerprint(world.cast.sonora) == before

    def test_two_providers_may_use_the_same_event_id(self, world: World) -> None:
        for slug, tenant in (("nimbus", "acme"), ("sonora", "aria")):
            answer = send(client_of(world.keys[slug]), event(tenant))
            assert answer.json()["results"][0]["verdict"] != "conflict"
