"""Who reads a mail about money, and in which language: a tenant's side, and the provider's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tenants.enums import ProviderRole, TenantRole
from tenants.selectors.members import list_members
from tenants.selectors.profiles import tenant_profile

if TYPE_CHECKING:
    from tenants.types import TenantView


def payers_readers(provider_id: int, tenant: TenantView) -> dict[str, tuple[str, str]]:
    """Return those who administer a tenant, and its billing addresses, each once: a key, the address and the language.

    Args:
        provider_id: whose tenant; its scope is open.
        tenant: whose people; its language is for those who chose none.
    """
    members = list_members(provider_id, tenant.id)
    readers = {
        str(row.user_id): (row.email, row.language or tenant.language)
        for row in members
        if row.role == TenantRole.ADMIN
    }
    told = {email.lower() for email, _ in readers.values()}
    for email in tenant_profile(provider_id, tenant.id).billing_emails:
        if email not in told:
            # An address may be longer than a key has room for.
            key = hashlib.sha256(email.encode()).hexdigest()
            readers[key] = (email, tenant.language)
    return readers


def money_readers(provider_id: int, language: str) -> dict[str, tuple[str, str]]:
    """Return the provider's people who decide on money: a key, the address and the language.

    Args:
        provider_id: whose; its scope is open.
        language: for those who chose none.
    """
    return {
        str(row.user_id): (row.email, row.language or language)
        for row in list_members(provider_id, 0)
        if row.role in (ProviderRole.OWNER, ProviderRole.BILLING)
    }
