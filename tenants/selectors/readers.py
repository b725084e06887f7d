"""Who reads a mail about money, and in which language: a tenant's side, and the provider's."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from tenants.enums import ProviderRole, TenantRole
from tenants.selectors.members import list_members
from tenants.selectors.profiles import tenant_profile

if TYPE_CHECKING:
    from tenants.types import TenantView


class Reader(NamedTuple):
    """Who reads a mail.

    Attributes:
        language: in which it is written.
        user_id: None for an address that is nobody's login.
        tenant_id: in whose portal the person is told of it, too; 0 for the provider's own.
    """

    email: str
    language: str
    user_id: int | None = None
    tenant_id: int = 0


def payers_readers(provider_id: int, tenant: TenantView) -> dict[str, Reader]:
    """Return those who administer a tenant, and its billing addresses, each once, by a key.

    Args:
        provider_id: whose tenant; its scope is open.
        tenant: whose people; its language is for those who chose none.
    """
    members = list_members(provider_id, tenant.id)
    readers = {
        str(row.user_id): Reader(row.email, row.language or tenant.language, row.user_id, tenant.id)
        for row in members
        if row.role == TenantRole.ADMIN
    }
    told = {reader.email.lower() for reader in readers.values()}
    for email in tenant_profile(provider_id, tenant.id).billing_emails:
        if email not in told:
            # An address may be longer than a key has room for.
            key = hashlib.sha256(email.encode()).hexdigest()
            readers[key] = Reader(email, tenant.language)
    return readers


def staff_reader(provider_id: int, user_id: int, language: str) -> dict[str, Reader]:
    """Return one of the provider's people by a key; nobody when the person is no member any more.

    Args:
        provider_id: whose; its scope is open.
        user_id: the person.
        language: for one who chose none.
    """
    return {
        str(row.user_id): Reader(row.email, row.language or language, row.user_id)
        for row in list_members(provider_id, 0)
        if row.user_id == user_id
    }


def money_readers(provider_id: int, language: str) -> dict[str, Reader]:
    """Return the provider's people who decide on money, by a key.

    Args:
        provider_id: whose; its scope is open.
        language: for those who chose none.
    """
    return {
        str(row.user_id): Reader(row.email, row.language or language, row.user_id)
        for row in list_members(provider_id, 0)
        if row.role in (ProviderRole.OWNER, ProviderRole.BILLING)
    }
