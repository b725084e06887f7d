"""Which roles a user holds, found before any scope is known."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.rows import fetch_all
from tenants.enums import ProviderRole
from tenants.types import Membership

# Who may look at a customer's pages through that customer's eyes.
HIJACKING_ROLES: Final = frozenset({ProviderRole.OWNER, ProviderRole.SUPPORT})


def memberships_of(user_id: int) -> tuple[Membership, ...]:
    """Return a user's memberships in providers and in tenants that are not closed; needs no scope.

    Args:
        user_id: the user's row.
    """
    rows = fetch_all(
        "SELECT provider_id, provider_name, tenant_id, tenant_name, role FROM lookup_memberships(%s)",
        [user_id],
    )
    return tuple(Membership(*row) for row in rows)


def memberships_through(hijacker_id: int, user_id: int) -> tuple[Membership, ...]:
    """Return those memberships of a user that a hijacker may use: as a customer of the hijacker's own provider.

    Args:
        hijacker_id: who looks through the user's eyes; the roles are read anew each time.
        user_id: whose eyes.
    """
    own = {
        row.provider_id
        for row in memberships_of(hijacker_id)
        if row.tenant_id is None and row.role in HIJACKING_ROLES
    }
    return tuple(
        row
        for row in memberships_of(user_id)
        if row.tenant_id is not None and row.provider_id in own
    )
