"""The scope that a membership opens; used by the middleware and by views without a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope, tenant_scope

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from billing_platform.kernel.scope import Scope
    from tenants.types import Membership


def scope_of(membership: Membership) -> AbstractContextManager[Scope]:
    """Return the scope that a membership opens: the provider's for its people, else the tenant's."""
    if membership.tenant_id is None:
        return provider_scope(membership.provider_id)
    return tenant_scope(membership.provider_id, membership.tenant_id)
