"""Who works in a provider or a tenant, and who is invited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenants.models import Invitation, ProviderMember, TenantMember, User

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class MemberView:
    """A member in a list."""

    user_id: int
    email: str
    name: str
    role: str
    since: datetime
    language: str = ""


@dataclass(frozen=True)
class InvitationView:
    """An open invitation in a list."""

    email: str
    role: str
    expires_at: datetime
    id: int = 0


def list_members(provider_id: int, tenant_id: int) -> list[MemberView]:
    """Return the members of a tenant, or of the provider itself (tenant 0), oldest first.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0.
    """
    rows = (
        TenantMember.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
        if tenant_id
        else ProviderMember.objects.filter(provider_id=provider_id)
    )
    fields = ("user_id", "user__email", "user__name", "role", "created_at", "user__language")
    return [MemberView(*row) for row in rows.order_by("created_at", "pk").values_list(*fields)]


def list_invitations(
    provider_id: int, tenant_id: int, *, now: datetime | None
) -> list[InvitationView]:
    """Return the invitations that may still be accepted.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: the tenant, or 0 for the provider itself.
        now: the moment; None for those, too, whose time is over.
    """
    rows = Invitation.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, closed_at__isnull=True
    )
    if now is not None:
        rows = rows.filter(expires_at__gt=now)
    fields = ("email", "role", "expires_at", "pk")
    return [InvitationView(*row) for row in rows.order_by("pk").values_list(*fields)]


def language_of(email: str) -> str:
    """Return the language that a person chose, or an empty text where that is not known; needs no scope.

    Args:
        email: the person's address, any case.
    """
    chosen = User.objects.filter(email=email.strip().lower()).values_list("language", flat=True)
    return chosen.first() or ""


def active_user(user_id: int) -> User | None:
    """Return a person who may log in, or None; needs no scope.

    Args:
        user_id: the user's row.
    """
    return User.objects.filter(pk=user_id, is_active=True).first()
