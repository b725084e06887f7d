"""The operators' pages: money is read-only, the rest goes through services, the login asks for a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.factors import FactorAdapter
from tenants.models import ApiKey, Host, Provider, ProviderEvent, ProviderMember, User
from tenants.selectors.hosts import provider_id_by_host
from tenants.selectors.providers import provider_id_by_slug
from tenants.services.api_keys import create_api_key
from tenants.services.users import ensure_user
from tests.cast import NOW, PASSWORD
from tests.isolation.world import build_world
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

pytestmark = pytest.mark.django_db
WRITABLE = {Provider, Host, ProviderMember, User}
PARTS = {"accounts", "kernel", "tenants", "usage"}
SECRET = "JBSWY3DPEHPK3PXP"
MIDDLEWARE = [
    name
    for name in settings.MIDDLEWARE
    if not name.startswith("billing_platform.portal") and "ScopeMiddleware" not in name
]


@pytest.fixture(autouse=True)
def ops_process() -> Iterator[None]:
    """Be the operators' process: its routes, its middleware and its database role."""
    cache.clear()
    with override_settings(ROOT_URLCONF="billing_platform.urls_ops", MIDDLEWARE=MIDDLEWARE):
        yield


@pytest.fixture
def filled(cast: Cast) -> None:
    """Have rows in all tables, which takes longer than most of these tests."""
    with as_role("worker"):
        build_world(cast)


@pytest.fixture
def operator(cast: Cast) -> Iterator[Client]:
    with as_role("worker"):
        user_id = ensure_user(
            email="root@example.com", name="Root", password=PASSWORD, is_operator=True
        )
    with as_role("ops"):
        client = Client()
        client.force_login(
            User.objects.get(pk=user_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        yield client


def url(model: type[Any], verb: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{verb}", args=args)


class TestPages:
    @pytest.mark.usefixtures("filled")
    def test_every_table_can_be_looked_at(self, operator: Client) -> None:
        for model in admin.site._registry:
            assert operator.get(url(model, "changelist")).status_code == 200, model
            pk = model._default_manager.values_list("pk", flat=True).first()
            if pk is not None:
                assert operator.get(url(model, "change", pk)).status_code == 200, model

    @pytest.mark.usefixtures("filled")
    def test_only_few_can_be_changed(self, operator: Client) -> None:
        for model in admin.site._registry:
            if model in WRITABLE or model._meta.app_label not in PARTS:
                continue
            assert operator.get(url(model, "add")).status_code == 403, model
            pk = model._default_manager.values_list("pk", flat=True).first()
            if pk is not None:
                assert operator.post(url(model, "change", pk), {}).status_code == 403, model
                assert operator.post(url(model, "delete", pk), {}).status_code == 403, model

    def test_secrets_are_not_shown(self) -> None:
        assert not {Authenticator, EmailConfirmation} & set(admin.site._registry)

    def test_staff_of_providers_and_strangers_stay_outside(self, cast: Cast) -> None:
        with as_role("ops"):
            client = Client()
            assert client.get("/ops/").status_code == 302
            client.force_login(
                cast.user("paula"), backend="django.contrib.auth.backends.ModelBackend"
            )
            assert client.get("/ops/").status_code == 302


class TestActions:
    def test_a_provider_with_host_and_owner_is_made(self, operator: Client, cast: Cast) -> None:
        form = {
            "slug": "third",
            "name": "Third",
            "currency": "JPY",
            "time_zone": "Asia/Tokyo",
            "brand_color": "#123456",
        }
        assert operator.post(url(Provider, "add"), form).status_code == 302
        provider_id = provider_id_by_slug("third")
        host = {"provider": provider_id, "name": "Third.Localhost"}
        assert operator.post(url(Host, "add"), host).status_code == 302
        owner = {"provider": provider_id, "user": cast.users["mallory"], "role": "owner"}
        assert operator.post(url(ProviderMember, "add"), owner).status_code == 302

        assert provider_id_by_host("third.localhost") == provider_id

    @pytest.mark.parametrize("name", ["nimbus.localhost", "no host"])
    def test_a_host_of_another_provider_is_refused_in_words(
        self, operator: Client, cast: Cast, name: str
    ) -> None:
        answer = operator.post(url(Host, "add"), {"provider": cast.sonora, "name": name})

        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
        assert provider_id_by_host("nimbus.localhost") == cast.nimbus

    @pytest.mark.parametrize(
        "changes",
        [{"currency": "XXZ"}, {"time_zone": "Mars"}, {"slug": "nimbus"}, {"brand_color": "red"}],
    )
    def test_nonsense_is_answered_with_words(
        self, operator: Client, changes: dict[str, str]
    ) -> None:
        form = {
            "slug": "x",
            "name": "X",
            "currency": "USD",
            "time_zone": "UTC",
            "brand_color": "#123456",
        }
        answer = operator.post(url(Provider, "add"), form | changes)

        assert answer.status_code == 200
        assert answer.context["errors"]

    def test_a_change_names_the_operator(self, operator: Client, cast: Cast) -> None:
        form = {"name": "Renamed", "brand_color": "#123456"}
        assert operator.post(url(Provider, "change", cast.nimbus), form).status_code == 302

        event = ProviderEvent.objects.get()
        assert event.name == "Renamed"
        assert event.pgh_context["user"] == User.objects.get(email="root@example.com").pk

    def test_the_last_owner_stays(self, operator: Client, cast: Cast) -> None:
        row = ProviderMember.objects.get(user_id=cast.users["oskar"])
        answer = operator.post(url(ProviderMember, "change", row.pk), {"role": "support"})

        assert answer.status_code == 200
        row.refresh_from_db()
        assert row.role == "owner"

    def test_an_operator_is_made_and_retired(self, operator: Client) -> None:
        form = {
            "email": "two@example.com",
            "name": "Two",
            "is_active": "on",
            "is_superuser": "on",
            "is_staff": "on",
        }
        operator.post(url(User, "add"), form)
        user = User.objects.get(email="two@example.com")
        assert (user.is_superuser, user.has_usable_password()) == (True, False)

        operator.post(url(User, "change", user.pk), {"name": "Two"})
        user.refresh_from_db()
        assert not user.is_active

    def test_a_key_is_revoked(self, operator: Client, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            key = create_api_key(provider_id=cast.nimbus, name="other", now=NOW)
        data = {"action": "revoke", "_selected_action": [key.id]}
        operator.post(url(ApiKey, "changelist"), data)

        assert ApiKey.objects.get(pk=key.id).revoked_at is not None


class TestLogin:
    def form(self, **changes: str) -> dict[str, str]:
        return {"username": "root@example.com", "password": PASSWORD, "next": "/ops/"} | changes

    def test_the_password_alone_does_without_a_second_factor(self, operator: Client) -> None:
        assert Client().post("/ops/login/", self.form()).status_code == 302

    def test_the_second_factor_is_asked_for(self, operator: Client) -> None:
        user = User.objects.get(email="root@example.com")
        with as_role("owner"):
            Authenticator.objects.create(
                user=user,
                type=Authenticator.Type.TOTP,
                data={"secret": FactorAdapter().encrypt(SECRET)},
            )

        # The clock stands still: a code holds for half a minute, which could end among the tries.
        with time_machine.travel(now(), tick=False):
            counter = next(iter(yield_hotp_counters_from_time()))
            code = format_hotp_value(hotp_value(SECRET, counter))
            for wrong in ({}, {"code": "000000"}, {"code": code, "password": "wrong"}):
                assert Client().post("/ops/login/", self.form(**wrong)).status_code == 200
            assert Client().post("/ops/login/", self.form(code=code)).status_code == 302
            assert Client().post("/ops/login/", self.form(code=code)).status_code == 200

    def test_guessing_is_stopped(self, operator: Client) -> None:
        client = Client()
        for _ in range(6):
            client.post("/ops/login/", self.form(password="wrong"))

        answer = client.post("/ops/login/", self.form())

        assert answer.status_code == 200
        assert "Too many" in answer.content.decode()
