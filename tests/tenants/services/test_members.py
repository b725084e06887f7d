"""Members and invitations: one head remains, a token works once and for its own address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.errors import (
    AlreadyMemberError,
    InvalidRoleError,
    InvitationForOtherError,
    InvitationGoneError,
    LastOwnerError,
    MemberNotFoundError,
)
from tenants.models import Invitation, User
from tenants.selectors.members import list_invitations, list_members
from tenants.selectors.memberships import memberships_of
from tenants.services.invitations import (
    NewInvitation,
    accept_as_new_user,
    accept_invitation,
    invite_member,
    open_invitation,
    withdraw_invitation,
)
from tenants.services.members import add_member, change_role, remove_member
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def invite(cast: Cast, email: str, role: str = "support", tenant_id: int = 0) -> NewInvitation:
    with provider_scope(cast.nimbus):
        return invite_member(
            provider_id=cast.nimbus,
            tenant_id=tenant_id,
            email=email,
            role=role,
            invited_by=cast.users["paula"],
            now=NOW,
        )


class TestRoles:
    def test_the_last_head_stays(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            for tenant_id, name, role in (
                (0, "paula", "support"),
                (cast.acme, "alice", "user"),
            ):
                place = {"provider_id": cast.nimbus, "tenant_id": tenant_id}
                with pytest.raises(LastOwnerError):
                    change_role(**place, user_id=cast.users[name], role=role)
                with pytest.raises(LastOwnerError):
                    remove_member(**place, user_id=cast.users[name])

    def test_a_second_head_may_follow(self, cast: Cast) -> None:
        with tenant_scope(cast.nimbus, cast.acme):
            place = {"provider_id": cast.nimbus, "tenant_id": cast.acme}
            change_role(**place, user_id=cast.users["bob"], role="admin")
            remove_member(**place, user_id=cast.users["alice"])
            assert [row.email for row in list_members(cast.nimbus, cast.acme)] == [
                "bob@example.com"
            ]

    def test_strangers_and_unknown_roles_are_refused(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            place = {"provider_id": cast.nimbus, "tenant_id": cast.acme}
            with pytest.raises(MemberNotFoundError):
                remove_member(**place, user_id=cast.users["charlie"])
            with pytest.raises(InvalidRoleError):
                change_role(**place, user_id=cast.users["bob"], role="owner")
            with pytest.raises(AlreadyMemberError):
                add_member(**place, user_id=cast.users["bob"], role="user", now=NOW)


class TestInvitations:
    def test_a_new_person_comes_in(self, cast: Cast) -> None:
        invitation = invite(cast, "New@Example.com")

        shown = open_invitation(invitation.token, now=NOW)
        user_id = accept_as_new_user(
            token=invitation.token, name="New", password="a long new phrase", now=NOW
        )

        assert (shown.email, shown.place, shown.has_login) == ("new@example.com", "Nimbus", False)
        assert [row.role for row in memberships_of(user_id)] == ["support"]
        with pytest.raises(InvitationGoneError):
            open_invitation(invitation.token, now=NOW)

    def test_a_person_with_a_login_accepts(self, cast: Cast) -> None:
        invitation = invite(cast, "mallory@example.com", role="admin", tenant_id=cast.acme)

        with pytest.raises(InvitationForOtherError):
            accept_invitation(token=invitation.token, user_id=cast.users["charlie"], now=NOW)
        with pytest.raises(InvitationForOtherError):
            accept_as_new_user(token=invitation.token, name="x", password="y", now=NOW)
        accept_invitation(token=invitation.token, user_id=cast.users["mallory"], now=NOW)
        with pytest.raises(InvitationGoneError):
            accept_invitation(token=invitation.token, user_id=cast.users["mallory"], now=NOW)

        (membership,) = memberships_of(cast.users["mallory"])
        assert (membership.tenant_id, membership.role) == (cast.acme, "admin")

    def test_a_weak_password_changes_nothing(self, cast: Cast) -> None:
        invitation = invite(cast, "new@example.com")

        with pytest.raises(ValidationError):
            accept_as_new_user(token=invitation.token, name="New", password="12345", now=NOW)
        assert not User.objects.filter(email="new@example.com").exists()
        assert not open_invitation(invitation.token, now=NOW).has_login

    def test_it_ends_by_time_by_hand_and_by_a_newer_one(self, cast: Cast) -> None:
        first = invite(cast, "new@example.com")
        second = invite(cast, "new@example.com")
        for token, at in ((first.token, NOW), (second.token, NOW + timedelta(days=7)), ("x", NOW)):
            with pytest.raises(InvitationGoneError):
                open_invitation(token, now=at)
        with provider_scope(cast.nimbus):
            assert [r.email for r in list_invitations(cast.nimbus, 0, now=NOW)] == [
                "new@example.com"
            ]
            withdraw_invitation(
                provider_id=cast.nimbus, tenant_id=0, email="new@example.com", now=NOW
            )
            with pytest.raises(MemberNotFoundError):
                withdraw_invitation(
                    provider_id=cast.nimbus, tenant_id=0, email="new@example.com", now=NOW
                )
        with pytest.raises(InvitationGoneError):
            open_invitation(second.token, now=NOW)

    def test_members_and_impossible_roles_are_refused(self, cast: Cast) -> None:
        with pytest.raises(AlreadyMemberError):
            invite(cast, "sue@example.com")
        with pytest.raises(AlreadyMemberError):
            invite(cast, "BOB@example.com", role="user", tenant_id=cast.acme)
        with pytest.raises(InvalidRoleError):
            invite(cast, "new@example.com", role="admin")
        with pytest.raises(ValidationError):
            invite(cast, "no address")

    def test_the_token_is_stored_nowhere(self, cast: Cast) -> None:
        invitation = invite(cast, "new@example.com")

        with provider_scope(cast.nimbus):
            assert invitation.token not in str(Invitation.objects.values().get())
            with pytest.raises(IntegrityError, match="role"), transaction.atomic():
                Invitation.objects.update(role="admin")
