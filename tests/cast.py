"""The fixed cast of the tests: who owns what, so that every isolation test reads as a sentence.

Alice is admin of tenant Acme, Bob is its ordinary user, Charlie is admin of Globex; both tenants buy from
provider Nimbus, whose owner is Paula, with Bill (billing), Sue (support) and Rita (read-only). Provider Sonora
has its own owner, Oskar, and its own tenant Aria with the admin Dora. Mallory has no membership at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from billing_platform.kernel.scope import provider_scope
from tenants.models import ProviderMember, TenantMember, User
from tenants.services.hosts import admit_host
from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant
from tenants.services.users import ensure_user
from tests.roles import as_role

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
PROVIDER_ROLES = {"paula": "owner", "bill": "billing", "sue": "support", "rita": "read_only"}
PEOPLE = (*PROVIDER_ROLES, "oskar", "alice", "bob", "charlie", "dora", "mallory")


@dataclass(frozen=True)
class Cast:
    """Ids of the cast: providers, tenants, users by first name."""

    nimbus: int
    sonora: int
    acme: int
    globex: int
    aria: int
    users: dict[str, int]

    def user(self, name: str) -> User:
        """Return a user by first name."""
        return User.objects.get(pk=self.users[name])


def build_cast() -> Cast:
    """Create the cast through the services, as the worker."""
    with as_role("worker"):
        nimbus = _provider("nimbus", "Nimbus", "USD")
        sonora = _provider("sonora", "Sonora", "EUR")
        users = {name: _user(name) for name in PEOPLE}
        acme = _tenant(nimbus, "acme", "Acme Canary-Acme", {"alice": "admin", "bob": "user"}, users)
        globex = _tenant(nimbus, "globex", "Globex Canary-Globex", {"charlie": "admin"}, users)
        aria = _tenant(sonora, "aria", "Aria Canary-Aria", {"dora": "admin"}, users)
        _staff(nimbus, PROVIDER_ROLES, users)
        _staff(sonora, {"oskar": "owner"}, users)
    return Cast(nimbus, sonora, acme, globex, aria, users)


def _provider(slug: str, name: str, currency: str) -> int:
    provider_id = create_provider(
        slug=slug, name=name, currency=currency, time_zone="UTC", suspension_enabled=True, now=NOW
    )
    with provider_scope(provider_id):
        admit_host(provider_id=provider_id, name=f"{slug}.localhost", now=NOW)
    return provider_id


def _user(name: str) -> int:
    return ensure_user(email=f"{name}@example.com", name=name.title(), password=PASSWORD)


def _tenant(
    provider_id: int, external_id: str, name: str, roles: dict[str, str], users: dict[str, int]
) -> int:
    with provider_scope(provider_id):
        tenant = create_tenant(provider_id=provider_id, external_id=external_id, name=name, now=NOW)
        for person, role in roles.items():
            TenantMember.objects.create(
                provider_id=provider_id,
                tenant_id=tenant.id,
                user_id=users[person],
                role=role,
                created_at=NOW,
            )
    return tenant.id


def _staff(provider_id: int, roles: dict[str, str], users: dict[str, int]) -> None:
    with provider_scope(provider_id):
        for person, role in roles.items():
            ProviderMember.objects.create(
                provider_id=provider_id, user_id=users[person], role=role, created_at=NOW
            )
