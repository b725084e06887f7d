"""What the database's catalogue says about tables, keys, policies and functions; read as the owner."""

from __future__ import annotations

from dataclasses import dataclass

from billing_platform.kernel.rows import fetch_all
from tests.isolation.reviewed import GLOBAL_TABLES, PROVIDER_COLUMNS

_TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, pg_get_userbyid(c.relowner)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""
_COLUMNS = """
SELECT c.relname, a.attname, a.attnotnull
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
_INDEXES = """
SELECT t.relname, i.relname, x.indisprimary, x.indisunique,
       array(SELECT pg_get_indexdef(x.indexrelid, k, true) FROM generate_series(1, x.indnkeyatts) AS k ORDER BY k)
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE n.nspname = 'public' AND NOT t.relispartition ORDER BY 1, 2
"""
_FOREIGN_KEYS = """
SELECT t.relname, k.conname, p.relname,
       array(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS c (num, pos)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.num ORDER BY c.pos)::text[],
       array(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY AS c (num, pos)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = c.num ORDER BY c.pos)::text[]
  FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE n.nspname = 'public' AND k.contype = 'f' AND NOT t.relispartition ORDER BY 1, 2
"""
_POLICIES = """
SELECT tablename, policyname, roles::text[], cmd, coalesce(qual, ''), coalesce(with_check, '')
  FROM pg_policies WHERE schemaname = 'public'
"""
_GRANTS = """
SELECT c.relname, coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC'), a.privilege_type
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')
"""
_FUNCTIONS = """
SELECT p.proname, coalesce(array_to_string(p.proconfig, ','), ''), pg_get_userbyid(p.proowner),
       has_function_privilege('public', p.oid, 'EXECUTE')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef
"""


@dataclass(frozen=True)
class Index:
    """An index and its leading columns."""

    table: str
    name: str
    is_primary: bool
    is_unique: bool
    columns: list[str]

    def is_led_by(self, column: str) -> bool:
        """Return whether the provider's column comes first, as itself or as the range that an exclusion needs."""
        return self.columns[0] in {column, f"int8range({column}, {column}, '[]'::text)"}


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key, column by column."""

    table: str
    name: str
    parent: str
    columns: list[str]
    parent_columns: list[str]


def tables() -> dict[str, tuple[bool, bool, bool, str]]:
    """Return every table: is under row-level security, by force, is a partition, owner."""
    return {row[0]: row[1:] for row in fetch_all(_TABLES)}


def own_tables() -> list[str]:
    """Return the tables that belong to providers, without partitions."""
    return [name for name, row in tables().items() if name not in GLOBAL_TABLES and not row[2]]


def columns() -> dict[str, dict[str, bool]]:
    """Return each table's columns and whether they are NOT NULL."""
    found: dict[str, dict[str, bool]] = {}
    for table, column, is_set in fetch_all(_COLUMNS):
        found.setdefault(table, {})[column] = is_set
    return found


def indexes() -> list[Index]:
    """Return the indexes of all tables."""
    return [Index(*row) for row in fetch_all(_INDEXES)]


def foreign_keys() -> list[ForeignKey]:
    """Return the foreign keys of all tables."""
    return [ForeignKey(*row) for row in fetch_all(_FOREIGN_KEYS)]


def policies() -> list[tuple[str, str, list[str], str, str, str]]:
    """Return every policy: table, name, roles, command, USING, WITH CHECK."""
    return fetch_all(_POLICIES)


def grants() -> list[tuple[str, str, str]]:
    """Return every grant: table, role, privilege."""
    return fetch_all(_GRANTS)


def definer_functions() -> list[tuple[str, str, str, bool]]:
    """Return functions that run as their owner: name, settings, owner, open to everybody."""
    return fetch_all(_FUNCTIONS)


def provider_column(table: str) -> str:
    """Return the column that holds the provider's id."""
    return PROVIDER_COLUMNS.get(table, "provider_id")
