"""Owners and support look through their own customers' eyes, seen and recorded; nobody gains a right by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.hijacking import may_hijack
from tenants.models import Hijack, ProviderMember, TenantMember, TenantMemberEvent
from tests.cast import NOW, Cast, client_of
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def look_through(client: Client, cast: Cast, name: str) -> int:
    return client.post("/hijack/acquire/", {"user_pk": cast.users[name]}).status_code


class TestMayHijack:
    @pytest.mark.parametrize(
        ("hijacker", "hijacked", "answer"),
        [
            ("paula", "alice", True),
            ("sue", "bob", True),
            ("bill", "alice", False),
            ("rita", "alice", False),
            ("paula", "sue", False),
            ("sue", "paula", False),
            ("paula", "dora", False),
            ("oskar", "alice", False),
            ("oskar", "dora", True),
            ("alice", "bob", False),
            ("paula", "mallory", False),
        ],
    )
    def test_it_allows_own_customers_only(
        self, cast: Cast, hijacker: str, hijacked: str, answer: bool
    ) -> None:
        assert may_hijack(hijacker=cast.user(hijacker), hijacked=cast.user(hijacked)) is answer

    def test_operators_are_out_of_reach(self, cast: Cast) -> None:
        alice = cast.user("alice")
        alice.is_staff = True

        assert not may_hijack(hijacker=cast.user("paula"), hijacked=alice)

    def test_a_customer_who_works_for_another_provider_is_too(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.sonora):
            ProviderMember.objects.create(
                provider_id=cast.sonora,
                user_id=cast.users["alice"],
                role="support",
                created_at=NOW,
            )

        assert not may_hijack(hijacker=cast.user("paula"), hijacked=cast.user("alice"))


class TestLookingThrough:
    def test_it_shows_the_customers_pages_with_a_banner(self, cast: Cast) -> None:
        client = client_of(cast, "sue")

        assert look_through(client, cast, "alice") == 302
        body = client.get("/billing/").content.decode()
        assert "logged in as" in body
        assert client.get("/provider/clients/").status_code == 403

    def test_it_is_recorded_from_start_to_end(self, cast: Cast) -> None:
        client = client_of(cast, "sue")
        look_through(client, cast, "alice")
        with provider_scope(cast.nimbus):
            (row,) = Hijack.objects.all()
            assert (row.hijacker_id, row.hijacked_id) == (cast.users["sue"], cast.users["alice"])
            assert row.ended_at is None

        client.post("/hijack/release/")

        with provider_scope(cast.nimbus):
            assert Hijack.objects.get().ended_at is not None
        assert client.get("/provider/clients/").status_code == 200

    def test_what_is_done_meanwhile_names_both(self, cast: Cast) -> None:
        client = client_of(cast, "sue")
        look_through(client, cast, "alice")
        member = {"member": cast.users["bob"], "role": "admin"}
        assert client.post("/members/role", member).status_code == 302

        with provider_scope(cast.nimbus):
            (event,) = TenantMemberEvent.objects.all()
        assert event.pgh_context["user"] == cast.users["alice"]
        assert event.pgh_context["hijacker"] == cast.users["sue"]

    @pytest.mark.parametrize(
        "url",
        [
            "/accounts/email/",
            "/accounts/password/change/",
            "/accounts/2fa/",
            "/accounts/2fa/totp/activate/",
            "/accounts/sessions/",
        ],
    )
    def test_what_is_personal_stays_closed(self, cast: Cast, url: str) -> None:
        client = client_of(cast, "sue")
        look_through(client, cast, "alice")

        assert client.get(url).status_code == 403

    def test_another_providers_pages_of_the_customer_stay_closed(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.sonora):
            TenantMember.objects.create(
                provider_id=cast.sonora,
                tenant_id=cast.aria,
                user_id=cast.users["alice"],
                role="admin",
                created_at=NOW,
            )
        client = client_of(cast, "sue")
        look_through(client, cast, "alice")

        assert client.get("/billing/", HTTP_HOST="sonora.localhost").status_code == 404
        assert client.get("/billing/").status_code == 200

    def test_a_role_taken_away_ends_it_at_once(self, cast: Cast) -> None:
        client = client_of(cast, "sue")
        look_through(client, cast, "alice")
        with provider_scope(cast.nimbus):
            ProviderMember.objects.filter(user_id=cast.users["sue"]).delete()

        assert client.get("/billing/").status_code == 404

    @pytest.mark.parametrize("name", ["dora", "paula", "mallory"])
    def test_others_are_refused_and_nothing_is_written(self, cast: Cast, name: str) -> None:
        client = client_of(cast, "sue")

        assert look_through(client, cast, name) in {302, 403}
        assert "hijack_history" not in client.session
        for provider_id in (cast.nimbus, cast.sonora):
            with provider_scope(provider_id):
                assert not Hijack.objects.exists()
