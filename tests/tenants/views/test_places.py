"""A login leads to the person's own place, and a suspended tenant's people see why."""

from __future__ import annotations

import pytest
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from tenants.models import ProviderMember, TenantMember
from tenants.selectors.tenants import tenant_by_id
from tenants.services.provider_suspension import suspend_provider
from tenants.services.suspension import apply_wallet_flips, suspend_by_hand
from tenants.types import WalletFlip
from tests.cast import NOW, PASSWORD, Cast
from tests.factories.payments import make_connection
from tests.roles import as_role

NIMBUS = {"HTTP_HOST": "nimbus.localhost"}
SONORA = {"HTTP_HOST": "sonora.localhost"}


def client_of(cast: Cast, name: str) -> Client:
    client = Client(**NIMBUS)  # type: ignore[arg-type]  # headers
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def public_id_of(cast: Cast) -> str:
    with provider_scope(cast.nimbus):
        return tenant_by_id(cast.nimbus, cast.acme).public_id


class TestAfterLogin:
    def test_it_leads_to_the_start(self, cast: Cast) -> None:
        assert client_of(cast, "alice").get("/after-login").headers["Location"] == "/"

    def test_people_of_a_suspended_tenant_see_why(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(
                provider_id=cast.nimbus, tenant_id=cast.acme, note="Card <b>stolen</b>", now=NOW
            )
        for name in ("alice", "bob"):
            client = client_of(cast, name)
            assert client.get("/after-login").headers["Location"] == "/suspended"
            body = client.get("/suspended").content.decode()
            assert "Suspended by Nimbus" in body
            assert "&lt;b&gt;stolen" in body

    def test_people_of_a_suspended_provider_see_why_each_in_their_words(self, cast: Cast) -> None:
        with as_role("worker"):
            suspend_provider(provider_id=cast.nimbus, reason="Fees <b>unpaid</b>", now=NOW)

        bodies = {
            name: client_of(cast, name).get(path).content.decode()
            for name, path in (
                ("alice", "/suspended"),
                ("bob", "/suspended"),
                ("charlie", "/billing/"),
                ("paula", "/provider/"),
                ("rita", f"/provider/clients/{public_id_of(cast)}/"),
            )
        }

        for name in ("alice", "bob", "charlie"):
            assert "The service of Nimbus is suspended" in bodies[name]
            assert "invoices can be paid" in bodies[name]
            assert "unpaid" not in bodies[name]
        for name in ("paula", "rita"):
            assert "The platform has suspended Nimbus since" in bodies[name]
            assert "Fees &lt;b&gt;unpaid" in bodies[name]
        assert "It ends when the platform lets Nimbus return." in bodies["rita"]
        body = (
            client_of(cast, "paula")
            .get(f"/provider/clients/{public_id_of(cast)}/")
            .content.decode()
        )
        assert ">Resume<" not in body
        assert (
            "The platform has suspended"
            not in client_of(cast, "mallory").get("/login/").content.decode()
        )

    def test_it_says_what_to_do_to_each_and_money_to_nobody(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            flip = WalletFlip(cast.acme, "USD", suspended=True)
            apply_wallet_flips(provider_id=cast.nimbus, flips=[flip], now=NOW)

        bodies = {
            name: client_of(cast, name).get("/suspended").content.decode()
            for name in ("alice", "bob")
        }

        for body in bodies.values():
            assert "The balance in USD is used up" in body
            assert "New resources cannot be made." in body
            assert 'class="money"' not in body
        assert 'href="/billing/"' in bodies["alice"]
        # Nimbus takes no money yet.
        assert "Ask Nimbus to add credit" in bodies["alice"]
        assert 'href="/billing/pay/"' not in bodies["alice"]
        assert 'href="/billing/"' not in bodies["bob"]
        assert "Who looks after billing" in bodies["bob"]
        assert "Alice" in bodies["bob"]

    def test_admins_are_led_to_the_top_up(self, cast: Cast) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            flip = WalletFlip(cast.acme, "USD", suspended=True)
            apply_wallet_flips(provider_id=cast.nimbus, flips=[flip], now=NOW)
            make_connection(cast.nimbus)

        alice, bob = (
            client_of(cast, name).get("/suspended").content.decode() for name in ("alice", "bob")
        )

        assert 'href="/billing/pay/"' in alice
        assert "Top up: the service is back within seconds" in alice
        assert "Ask Nimbus to add credit" not in alice
        assert "/billing/" not in bob

    def test_others_have_no_such_page(self, cast: Cast) -> None:
        assert client_of(cast, "charlie").get("/suspended").headers["Location"] == "/"
        assert client_of(cast, "paula").get("/suspended").status_code == 403
        assert client_of(cast, "mallory").get("/suspended").status_code == 404

    def test_a_stranger_logs_in_first(self, cast: Cast) -> None:
        location = Client(**NIMBUS).get("/after-login").headers["Location"]  # type: ignore[arg-type]  # headers
        assert location == "/accounts/login/?next=/after-login"

    def test_another_providers_host_shows_nothing(self, cast: Cast) -> None:
        assert client_of(cast, "alice").get("/after-login", **SONORA).status_code == 404  # type: ignore[arg-type]  # headers


class TestChooseMembership:
    @pytest.fixture
    def dual(self, cast: Cast) -> Client:
        """Alice works for Nimbus as well."""
        with as_role("worker"), provider_scope(cast.nimbus):
            ProviderMember.objects.create(
                provider_id=cast.nimbus,
                user_id=cast.users["alice"],
                role="support",
                created_at=NOW,
            )
        return client_of(cast, "alice")

    def test_several_memberships_ask(self, cast: Cast, dual: Client) -> None:
        assert dual.get("/after-login").headers["Location"] == "/choose"
        body = dual.get("/choose").content.decode()
        assert "Acme Canary-Acme" in body
        assert f"{cast.nimbus}:0" in body

    def test_a_choice_holds_and_renews_the_session(self, cast: Cast, dual: Client) -> None:
        before = dual.session.session_key
        answer = dual.post("/choose", {"membership": f"{cast.nimbus}:{cast.acme}"})

        assert answer.headers["Location"] == "/after-login"
        assert dual.session.session_key != before
        assert dual.get("/after-login").headers["Location"] == "/"

    @pytest.mark.parametrize("key", ["", "0:0", "x", "1:1:1"])
    def test_nobody_chooses_what_is_not_theirs(self, cast: Cast, dual: Client, key: str) -> None:
        assert dual.post("/choose", {"membership": key}).status_code == 404
        foreign = f"{cast.nimbus}:{cast.globex}"
        assert dual.post("/choose", {"membership": foreign}).status_code == 404

    def test_a_role_taken_away_holds_at_once(self, cast: Cast, dual: Client) -> None:
        dual.post("/choose", {"membership": f"{cast.nimbus}:{cast.acme}"})
        with provider_scope(cast.nimbus):
            TenantMember.objects.filter(user_id=cast.users["alice"]).delete()
            ProviderMember.objects.filter(user_id=cast.users["alice"]).delete()

        assert dual.get("/after-login").status_code == 404


class TestLogin:
    def test_a_person_logs_in_by_address(self, cast: Cast) -> None:
        client = Client(**NIMBUS)  # type: ignore[arg-type]  # headers
        form = {"login": "Alice@Example.com", "password": PASSWORD}

        answer = client.post("/accounts/login/", form)

        assert answer.status_code == 302
        assert answer.headers["Location"] == "/after-login"
