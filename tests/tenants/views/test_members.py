"""The members' pages and the page behind an invitation's link."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.models import Invitation, User
from tenants.selectors.memberships import memberships_of
from tests.cast import PASSWORD, Cast, client_of
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def mailed_link() -> str:
    with as_role("worker"), system_scope():
        rows = fetch_all("SELECT payload FROM kernel_outbox WHERE topic = 'mail' ORDER BY id DESC")
    found = re.search(r"http://nimbus\.localhost(/invitations/\S+)", json.loads(rows[0][0])["text"])
    assert found is not None
    return found.group(1)


class TestInvite:
    def test_a_stranger_becomes_a_member(self, cast: Cast) -> None:
        form = {"email": "new@example.com", "role": "user"}
        client_of(cast, "alice").post("/members/invite", form)
        link = mailed_link()
        guest = Client(HTTP_HOST="nimbus.localhost")

        assert "Acme Canary-Acme" in guest.get(link).content.decode()
        weak = guest.post(link, {"name": "New", "password": "1"})
        made = guest.post(link, {"name": "New", "password": "a long new phrase"})
        inside = guest.post(
            "/accounts/login/", {"login": "new@example.com", "password": "a long new phrase"}
        )

        assert (weak.status_code, made.status_code) == (422, 302)
        assert inside.headers["Location"] == "/after-login"
        assert guest.get(link).status_code == 404
        user = User.objects.get(email="new@example.com")
        assert [(m.tenant_id, m.role) for m in memberships_of(user.pk)] == [(cast.acme, "user")]

    def test_a_person_with_a_login_logs_in_first(self, cast: Cast) -> None:
        form = {"email": "mallory@example.com", "role": "support"}
        client_of(cast, "paula").post("/provider/members/invite", form)
        link = mailed_link()
        guest = Client(HTTP_HOST="nimbus.localhost")

        assert "Log in to accept" in guest.get(link).content.decode()
        assert client_of(cast, "alice").post(link).status_code == 403
        guest.post("/accounts/login/", {"login": "mallory@example.com", "password": PASSWORD})
        assert guest.post(link).headers["Location"] == "/after-login"
        assert guest.get("/provider/clients/").status_code == 200

    def test_a_member_is_refused_and_nothing_is_mailed(self, cast: Cast) -> None:
        form = {"email": "sue@example.com", "role": "support"}
        answer = client_of(cast, "paula").post("/provider/members/invite", form)

        assert answer.status_code == 422
        assert "member already" in answer.content.decode()
        with provider_scope(cast.nimbus):
            assert not Invitation.objects.exists()


class TestChange:
    def test_roles_change_and_members_leave(self, cast: Cast) -> None:
        client = client_of(cast, "paula")
        member = {"member": cast.users["bill"]}

        client.post("/provider/members/role", {**member, "role": "owner"})
        assert [m.role for m in memberships_of(cast.users["bill"])] == ["owner"]
        client.post("/provider/members/remove", member)
        assert memberships_of(cast.users["bill"]) == ()

    def test_an_open_session_loses_its_role_with_the_next_request(self, cast: Cast) -> None:
        owner, bill = client_of(cast, "paula"), client_of(cast, "bill")
        members, settings = "/provider/members/", "/provider/settings/suspension.enabled/"
        member = {"member": cast.users["bill"]}

        owner.post(f"{members}role", {**member, "role": "owner"})
        assert bill.get(settings).status_code == 200
        owner.post(f"{members}role", {**member, "role": "read_only"})
        assert bill.get(settings).status_code == 403
        assert bill.get("/provider/settings/").status_code == 200
        owner.post(f"{members}remove", member)
        assert bill.get("/provider/settings/").status_code == 404

    def test_the_last_owner_is_told_why_not(self, cast: Cast) -> None:
        client = client_of(cast, "paula")
        answer = client.post(
            "/provider/members/remove", {"member": cast.users["paula"]}, follow=True
        )

        assert "At least one owner" in answer.content.decode()

    @pytest.mark.parametrize("member", ["", "x", "-1", "9" * 30])
    def test_nonsense_is_not_found(self, cast: Cast, member: str) -> None:
        answer = client_of(cast, "paula").post("/provider/members/remove", {"member": member})

        assert answer.status_code == 404

    def test_more_fields_than_asked_for_change_nothing(self, cast: Cast) -> None:
        data = {
            "email": "new@example.com",
            "role": "user",
            "tenant_id": cast.globex,
            "provider_id": cast.sonora,
            "is_staff": "1",
        }
        client_of(cast, "alice").post("/members/invite", data)

        with provider_scope(cast.nimbus):
            assert Invitation.objects.get().tenant_id == cast.acme
