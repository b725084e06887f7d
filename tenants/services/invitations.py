"""Invite people by mail, and let them in by the token in that mail."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.db import transaction

from billing_platform.kernel.locks import lock_rows
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from tenants.errors import (
    AlreadyInvitedError,
    AlreadyMemberError,
    InvitationForOtherError,
    InvitationGoneError,
    MemberNotFoundError,
)
from tenants.models import Invitation, Provider, ProviderMember, Tenant, TenantMember, User
from tenants.services.members import add_member, check_role
from tenants.services.users import ensure_user

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

VALID_FOR: Final = timedelta(days=7)


@dataclass(frozen=True)
class NewInvitation:
    """An invitation that was just made; its token is mailed and stored nowhere."""

    id: int
    email: str
    token: str


@dataclass(frozen=True)
class OpenInvitation:
    """What a person sees who opens an invitation."""

    id: int
    provider_id: int
    tenant_id: int
    email: str
    role: str
    place: str
    has_login: bool


@transaction.atomic
def invite_member(
    *,
    provider_id: int,
    tenant_id: int,
    email: str,
    role: str,
    invited_by: int,
    now: datetime,
    replaces: bool = True,
) -> NewInvitation:
    """Invite an address; an open invitation of the same address is replaced, or stands in the way.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        email: the address.
        role: of TenantRole or ProviderRole.
        invited_by: the user who invites.
        now: the moment.
        replaces: False leaves an invitation alone that may still be accepted, so that a form sent twice mails once.

    Raises:
        InvalidRoleError: the place has no such role.
        AlreadyMemberError: the address belongs to a member.
        AlreadyInvitedError: an invitation is open, and is not to be replaced.
        ValidationError: no e-mail address.

    Idempotency: none; every call makes a new token and ends the one before.
    """
    check_role(tenant_id=tenant_id, role=role)
    clean = email.strip().lower()
    validate_email(clean)
    _queue(provider_id, tenant_id)
    if _is_member(provider_id, tenant_id, clean):
        raise AlreadyMemberError
    standing = _open(provider_id, tenant_id).filter(email=clean)
    if not replaces and standing.filter(expires_at__gt=now).exists():
        raise AlreadyInvitedError
    standing.update(closed_at=now)
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        email=clean,
        role=role,
        digest=_digest(token),
        invited_by_id=invited_by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    return NewInvitation(row.pk, clean, token)


@transaction.atomic
def renew_invitation(
    *, provider_id: int, tenant_id: int, invitation_id: int, invited_by: int, now: datetime
) -> NewInvitation:
    """Replace an invitation that was not accepted by a new one, also when its time is over.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        invitation_id: the open invitation.
        invited_by: the user who invites again.
        now: the moment.

    Raises:
        MemberNotFoundError: no such invitation is open; it was accepted, withdrawn or renewed before.
        AlreadyMemberError: the address belongs to a member.

    Idempotency: by state; a second call for the same invitation is refused, so one form mails once.
    """
    _queue(provider_id, tenant_id)
    row = _open(provider_id, tenant_id).filter(pk=invitation_id).first()
    if row is None:
        raise MemberNotFoundError
    return invite_member(
        provider_id=provider_id,
        tenant_id=tenant_id,
        email=row.email,
        role=row.role,
        invited_by=invited_by,
        now=now,
    )


@transaction.atomic
def withdraw_invitation(*, provider_id: int, tenant_id: int, email: str, now: datetime) -> None:
    """End an open invitation.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        email: the address that was invited.
        now: the moment.

    Raises:
        MemberNotFoundError: no invitation of this address is open.
    """
    if not _open(provider_id, tenant_id).filter(email=email.lower()).update(closed_at=now):
        raise MemberNotFoundError


def open_invitation(token: str, *, now: datetime) -> OpenInvitation:
    """Return what a token invites to; needs no scope.

    Args:
        token: as it stands in the mail.
        now: the moment.

    Raises:
        InvitationGoneError: unknown, used, withdrawn or expired.
    """
    found = fetch_one(
        "SELECT provider_id, tenant_id, invitation_id FROM lookup_invitation(%s, %s)",
        [_digest(token), now],
    )
    if found is None:
        raise InvitationGoneError
    provider_id, tenant_id, invitation_id = found
    with provider_scope(provider_id):
        row = Invitation.objects.get(pk=invitation_id)
        place = (
            Tenant.objects.get(pk=tenant_id).name
            if tenant_id
            else Provider.objects.get(pk=provider_id).name
        )
        has_login = User.objects.filter(email=row.email).exists()
    return OpenInvitation(
        row.pk, provider_id, tenant_id, row.email, row.role, place, has_login=has_login
    )


def accept_invitation(*, token: str, user_id: int, now: datetime) -> OpenInvitation:
    """Let a person in who has a login of the invited address.

    Args:
        token: as it stands in the mail.
        user_id: who is logged in.
        now: the moment.

    Raises:
        InvitationGoneError: unknown, used, withdrawn or expired, also by somebody else at the same moment.
        InvitationForOtherError: the login has another address.
        AlreadyMemberError: the person came in another way.
    """
    invitation = open_invitation(token, now=now)
    with provider_scope(invitation.provider_id):
        user = User.objects.get(pk=user_id)
        if user.email != invitation.email:
            raise InvitationForOtherError
        _close(invitation, user, now)
    return invitation


def accept_as_new_user(*, token: str, name: str, password: str, now: datetime) -> int:
    """Make a login for the invited address, which the token has proved, and let the person in.

    Args:
        token: as it stands in the mail.
        name: what people call the person.
        password: the new password.
        now: the moment.

    Returns:
        The new user's id.

    Raises:
        InvitationGoneError: unknown, used, withdrawn or expired.
        InvitationForOtherError: the address has a login; its owner must log in.
        ValidationError: the password is too weak.
    """
    invitation = open_invitation(token, now=now)
    if invitation.has_login:
        raise InvitationForOtherError
    candidate = User(email=invitation.email, name=name[:200])
    validate_password(password, candidate)
    with provider_scope(invitation.provider_id):
        user_id = ensure_user(email=invitation.email, name=name[:200], password=password)
        _close(invitation, User.objects.get(pk=user_id), now)
    return user_id


def _close(invitation: OpenInvitation, user: User, now: datetime) -> None:
    rows = Invitation.objects.filter(pk=invitation.id, closed_at__isnull=True)
    # The update is the decision: who comes second finds no open row.
    if not rows.update(closed_at=now, accepted_by=user):
        raise InvitationGoneError
    add_member(
        provider_id=invitation.provider_id,
        tenant_id=invitation.tenant_id,
        user_id=user.pk,
        role=invitation.role,
        now=now,
    )


def _queue(provider_id: int, tenant_id: int) -> None:
    """Wait for others who invite to the same place; the place's own row is the queue."""
    if tenant_id:
        lock_rows(Tenant.objects.filter(provider_id=provider_id), [tenant_id])
    else:
        lock_rows(Provider.objects.all(), [provider_id])


def _open(provider_id: int, tenant_id: int) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, closed_at__isnull=True
    )


def _is_member(provider_id: int, tenant_id: int, email: str) -> bool:
    if tenant_id:
        return TenantMember.objects.filter(
            provider_id=provider_id, tenant_id=tenant_id, user__email=email
        ).exists()
    return ProviderMember.objects.filter(provider_id=provider_id, user__email=email).exists()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
