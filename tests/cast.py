"""The fixed cast of the tests: who owns what, so that every isolation test reads as a sentence.

Alice is admin of tenant Acme, Bob is its ordinary user, Charlie is admin of Globex; both tenants buy from
provider Nimbus, whose owner is Paula, with Bill (billing), Sue (support) and Rita (read-only). Provider Sonora
has its own owner, Oskar, and its own tenant Aria with the admin Dora. Mallory has no membership at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Self

from django.db import connection
from django.test import Client

from billing_platform.kernel.scope import provider_scope
from tenants.models import ProviderMember, TenantMember, User
from tenants.services.hosts import admit_host
from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant
from tenants.services.users import ensure_user
from tests.roles import as_role

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
PROVIDER_ROLES = {"paula": "owner", "bill": "billing", "sue": "support", "rita": "read_only"}
PEOPLE = (*PROVIDER_ROLES, "oskar", "alice", "bob", "charlie", "dora", "mallory")
# What making the cast writes, each table behind those that it points to, and the column that finds the cast's rows.
# Rows that triggers add are not among them: they add them to a copy too.
TABLES: Final = {
    "tenants_user": "id",
    "account_emailaddress": "user_id",
    "tenants_provider": "id",
    "tenants_host": "provider_id",
    "tenants_tenant": "provider_id",
    "tenants_tenant_member": "provider_id",
    "tenants_provider_member": "provider_id",
}
POINTERS: Final = {
    "user_id": "tenants_user",
    "provider_id": "tenants_provider",
    "tenant_id": "tenants_tenant",
}


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


@dataclass(frozen=True)
class CastRows:
    """The rows of a cast that the services made, by table, to be written again under new ids.

    Making a cast takes a hundred statements and more than most tests do with it; a copy takes a dozen.
    """

    cast: Cast
    rows: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(cls, cast: Cast) -> Self:
        """Read the rows of a cast that is there."""
        providers, people = [cast.nimbus, cast.sonora], list(cast.users.values())
        rows = {}
        with as_role("owner"), connection.cursor() as cursor:
            for table, column in TABLES.items():
                of_people = table == "tenants_user" or column == "user_id"
                cursor.execute(
                    f"SELECT row_to_json(it)::text FROM {table} it WHERE {column} = ANY(%s) ORDER BY id",
                    [people if of_people else providers],
                )
                rows[table] = [json.loads(text) for (text,) in cursor.fetchall()]
        return cls(cast, rows)

    def copy(self) -> Cast:
        """Write the rows once more in the open transaction; every row has an id that none had before."""
        with as_role("owner"), connection.cursor() as cursor:
            ids = self._draw_ids(cursor)
            for table, rows in self.rows.items():
                fresh = [
                    row
                    | {name: ids[of][row[name]] for name, of in POINTERS.items() if name in row}
                    | {"id": ids[table][row["id"]]}
                    for row in rows
                ]
                cursor.execute(
                    f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s)",
                    [json.dumps(fresh)],
                )
        providers, tenants, users = (
            ids[f"tenants_{name}"] for name in ("provider", "tenant", "user")
        )
        return Cast(
            providers[self.cast.nimbus],
            providers[self.cast.sonora],
            tenants[self.cast.acme],
            tenants[self.cast.globex],
            tenants[self.cast.aria],
            {name: users[user_id] for name, user_id in self.cast.users.items()},
        )

    def _draw_ids(self, cursor: CursorWrapper) -> dict[str, dict[int, int]]:
        drawn = ", ".join(
            f"ARRAY(SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"
            f" FROM generate_series(1, {len(rows)}))"
            for table, rows in self.rows.items()
        )
        cursor.execute(f"SELECT {drawn}")
        found = cursor.fetchone()
        assert found is not None
        return {
            table: dict(zip((row["id"] for row in rows), new, strict=True))
            for (table, rows), new in zip(self.rows.items(), found, strict=True)
        }


def client_of(cast: Cast, name: str) -> Client:
    """Return a browser in which somebody is logged in, on the host of the person's provider."""
    host = "sonora" if name in {"oskar", "dora"} else "nimbus"
    client = Client(headers={"host": f"{host}.localhost"})
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


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
