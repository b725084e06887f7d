"""Row-level security and composite keys as migration operations, for every migration that makes a tenant table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Rows = Literal["tenant", "provider", "shared", "global"]
LOGIN_ROLES = ("billing_owner", "billing_app", "billing_worker", "billing_ops")

_PROVIDER = "{column} = (SELECT scope_provider_id())"
# The comparison stands inside the sub-select: the planner then takes it for true or false at even odds. Outside of it,
# it would expect one row in two hundred to pass and choose plans for a handful of rows.
_WIDE = "(SELECT scope_kind() = 'provider')"
_VISIBLE: dict[str, str] = {
    # A tenant sees its own rows; tenant_id 0 marks the provider's own rows, which only the provider sees.
    "tenant": f"{_PROVIDER} AND ({{tenant}} = (SELECT scope_tenant_id()) OR {_WIDE})",
    "provider": f"{_PROVIDER} AND {_WIDE}",
    "shared": _PROVIDER,
}


def check_roles() -> migrations.RunPython:
    """Return the operation that refuses to migrate a server without the login roles, and prints how to make them.

    Raises:
        RuntimeError: when the migration runs and a role is missing; the message holds the CREATE ROLE lines.
    """
    return migrations.RunPython(_check_roles, migrations.RunPython.noop)


def run_sql_file(migration_file: str, name: str) -> migrations.RunSQL:
    """Return the operation that runs `sql/<name>.sql` beside a migration; `sql/<name>.reverse.sql` undoes it."""
    folder = Path(migration_file).parent / "sql"
    return migrations.RunSQL(
        (folder / f"{name}.sql").read_text(encoding="utf-8"),
        (folder / f"{name}.reverse.sql").read_text(encoding="utf-8"),
    )


def protect(
    table: str,
    *,
    rows: Rows,
    app: str = "SELECT, INSERT, UPDATE",
    worker: str = "SELECT, INSERT, UPDATE",
    ops: str = "SELECT",
    provider_column: str = "provider_id",
    tenant_column: str = "tenant_id",
    reads: str | None = None,
    tenant_writes: bool = True,
) -> list[migrations.RunSQL]:
    """Return the operations that put a table under forced row-level security and grant it to the login roles.

    Args:
        table: the table's name.
        rows: `tenant` (has provider_id and tenant_id), `provider` (seen by the provider's people only),
            `shared` (the provider's, readable by its tenants too), `global` (no tenant data: grants, no policy).
        app: privileges of the web's role; an empty string grants none.
        worker: privileges of the jobs' role.
        ops: privileges of the operators' role.
        provider_column: the column that holds the provider's id (`id` on the provider's own table).
        tenant_column: the column that holds the tenant's id (`id` on the tenants' own table).
        reads: SQL that widens what a scope may read beyond what it may write, for instance rows shared by many tenants.
        tenant_writes: False when rows are written in their provider's scope only, as the ledger's are.
    """
    grants = [
        f"GRANT {privileges} ON {table} TO billing_{role};"
        for role, privileges in (("app", app), ("worker", worker), ("ops", ops))
        if privileges
    ]
    revoke = f"REVOKE ALL ON {table} FROM billing_app, billing_worker, billing_ops;"
    operations = [migrations.RunSQL("\n".join(grants) or migrations.RunSQL.noop, revoke)]
    if rows != "global":
        writes = rows if tenant_writes and rows != "shared" else "provider"
        operations.append(_policies(table, rows, writes, (provider_column, tenant_column), reads))
    return operations


def _policies(
    table: str, rows: Rows, writes: Rows, columns: tuple[str, str], reads: str | None
) -> migrations.RunSQL:
    provider_column, tenant_column = columns
    visible = _VISIBLE[rows].format(column=provider_column, tenant=tenant_column)
    readable = f"{visible} OR ({reads})" if reads else visible
    writable = _VISIBLE[writes].format(column=provider_column, tenant=tenant_column)
    system = "(SELECT scope_kind() = 'system')"
    policies = [
        f"CREATE POLICY owner_all ON {table} TO billing_owner USING (true) WITH CHECK (true)",
        f"CREATE POLICY ops_all ON {table} TO billing_ops USING (true) WITH CHECK (true)",
        *_role_policies(table, "app", readable, writable),
        *_role_policies(table, "worker", f"{system} OR ({readable})", f"{system} OR ({writable})"),
    ]
    names = ["owner_all", "ops_all"]
    names += [
        f"{role}_{verb}"
        for role in ("app", "worker")
        for verb in ("read", "insert", "update", "delete")
    ]
    forward = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        *policies,
    ]
    backward = [
        *(f"DROP POLICY {name} ON {table}" for name in names),
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]
    return migrations.RunSQL(";\n".join(forward), ";\n".join(backward))


def _role_policies(table: str, role: str, readable: str, writable: str) -> list[str]:
    """Return the policies of a role that may read more than it may write."""
    to = f"TO billing_{role}"
    return [
        f"CREATE POLICY {role}_read ON {table} FOR SELECT {to} USING ({readable})",
        f"CREATE POLICY {role}_insert ON {table} FOR INSERT {to} WITH CHECK ({writable})",
        f"CREATE POLICY {role}_update ON {table} FOR UPDATE {to} USING ({writable}) WITH CHECK ({writable})",
        f"CREATE POLICY {role}_delete ON {table} FOR DELETE {to} USING ({writable})",
    ]


def composite_key(table: str, *columns: str) -> migrations.RunSQL:
    """Return the operation that makes `(provider_id, columns…)` a key which composite foreign keys can point to."""
    name = f"{table}_{'_'.join(columns)}_scoped_key"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (provider_id, {', '.join(columns)})",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def composite_fk(
    table: str, column: str, parent: str, parent_column: str = "id"
) -> migrations.RunSQL:
    """Return the operation that ties a row to a parent of the same provider.

    A plain key would not do: PostgreSQL checks keys without row-level security.
    """
    name = f"{table}_{column}_scoped_fk"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (provider_id, {column})"
        f" REFERENCES {parent} (provider_id, {parent_column}) DEFERRABLE INITIALLY IMMEDIATE",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def provider_fk(table: str) -> migrations.RunSQL:
    """Return the operation that ties a row to its provider."""
    name = f"{table}_provider_fk"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (provider_id) REFERENCES tenants_provider (id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def append_only(table: str) -> migrations.RunSQL:
    """Return the operation that refuses UPDATE, DELETE and TRUNCATE on a table, for every role."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


def _check_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(LOGIN_ROLES)])
        present = {name for (name,) in cursor.fetchall()}
    missing = [role for role in LOGIN_ROLES if role not in present]
    if missing:
        lines = "\n".join(f"CREATE ROLE {role} LOGIN PASSWORD '…';" for role in missing)
        raise RuntimeError(
            f"The database server lacks login roles. Create them as superuser, then migrate again:\n{lines}"
        )
