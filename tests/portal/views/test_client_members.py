"""Who logs in for a client, looked after by staff: invited once, sent for again, changed and gone at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.models import OutboxMessage
from billing_platform.kernel.scope import provider_scope
from tenants.models import Invitation
from tenants.selectors.members import list_members
from tests.roles import as_role

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

NEW = {"email": "New@example.com", "role": "admin"}


def post(
    client: Client, world: World, verb: str, tenant: str = "acme", **data: str
) -> HttpResponse:
    url = f"/provider/clients/{getattr(world, tenant)}/members/{verb}"
    return client.post(url, data)  # type: ignore[return-value]  # the test client's own kind


def mails(world: World) -> int:
    with as_role("worker"), provider_scope(world.cast.nimbus):
        return OutboxMessage.objects.filter(dedupe_key__contains="invitation/").count()


def invitations(world: World) -> list[tuple[int, str, bool]]:
    with provider_scope(world.cast.nimbus):
        rows = Invitation.objects.filter(tenant_id=world.cast.acme).order_by("pk")
        return [(row.pk, row.email, row.closed_at is None) for row in rows]


def roles(world: World) -> dict[str, str]:
    with provider_scope(world.cast.nimbus):
        found = list_members(world.cast.nimbus, world.cast.acme)
    return {member.email.partition("@")[0]: member.role for member in found}


class TestMembers:
    def test_are_read_by_all_and_looked_after_by_some(
        self, world: World, as_person: AsPerson
    ) -> None:
        for person, may in (("sue", True), ("bill", True), ("rita", False)):
            page = as_person(person).get(f"/provider/clients/{world.acme}/members/")
            assert "bob@example.com" in page.content.decode()
            assert ("Invite somebody" in page.content.decode()) is may

    def test_a_form_sent_twice_invites_once(self, world: World, as_person: AsPerson) -> None:
        client = as_person("bill")

        first, second = (post(client, world, "invite", **NEW) for _ in range(2))

        assert (first.status_code, second.status_code) == (302, 422)
        assert "is invited already" in second.content.decode()
        assert [row[1:] for row in invitations(world)] == [("new@example.com", True)]
        assert mails(world) == 1

    def test_an_invitation_is_sent_again_once_also_when_it_is_over(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("sue")
        post(client, world, "invite", **NEW)
        ((number, _, _),) = invitations(world)
        with provider_scope(world.cast.nimbus):
            Invitation.objects.update(expires_at=Invitation.objects.get().created_at + timedelta(1))
            Invitation.objects.update(created_at=Invitation.objects.get().created_at - timedelta(9))
            Invitation.objects.update(expires_at=Invitation.objects.get().expires_at - timedelta(9))
        page = client.get(f"/provider/clients/{world.acme}/members/").content.decode()
        assert "Invitation not accepted, over since" in page

        answers = [post(client, world, "resend", invitation=str(number)) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [302, 404]
        assert [is_open for _, _, is_open in invitations(world)] == [False, True]
        assert mails(world) == 2

    def test_a_strange_invitation_is_not_sent_again(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        post(client, world, "invite", **NEW)
        ((number, _, _),) = invitations(world)

        answer = post(client, world, "resend", tenant="globex", invitation=str(number))

        assert answer.status_code == 404
        assert mails(world) == 1

    def test_who_is_removed_sees_nothing_from_the_next_request_on(
        self, world: World, as_person: AsPerson
    ) -> None:
        bob = as_person("bob")
        assert bob.get("/members").status_code == 403
        member = str(world.cast.users["bob"])

        post(as_person("sue"), world, "role", member=member, role="admin")
        assert bob.get("/billing/").status_code == 200
        post(as_person("sue"), world, "remove", member=member)

        assert bob.get("/billing/").status_code == 404
        assert roles(world) == {"alice": "admin"}

    def test_the_last_admin_stays(self, world: World, as_person: AsPerson) -> None:
        member = str(world.cast.users["alice"])

        for verb, more in (("remove", {}), ("role", {"role": "user"})):
            answer = post(as_person("paula"), world, verb, member=member, **more)
            assert answer.status_code == 302

        assert roles(world)["alice"] == "admin"

    def test_a_withdrawn_invitation_is_gone(self, world: World, as_person: AsPerson) -> None:
        client = as_person("paula")
        post(client, world, "invite", **NEW)
        post(client, world, "withdraw", email="new@example.com")

        assert [is_open for _, _, is_open in invitations(world)] == [False]

    @pytest.mark.parametrize("verb", ["invite", "resend", "withdraw", "role", "remove"])
    @pytest.mark.parametrize(
        ("person", "status"), [("rita", 403), ("alice", 403), ("oskar", 404), ("mallory", 404)]
    )
    def test_others_change_nothing(
        self, world: World, as_person: AsPerson, person: str, status: int, verb: str
    ) -> None:
        member = str(world.cast.users["bob"])

        answer = post(as_person(person), world, verb, **NEW, member=member, invitation="1")

        assert answer.status_code == status
        assert roles(world) == {"alice": "admin", "bob": "user"}
        assert invitations(world) == []
