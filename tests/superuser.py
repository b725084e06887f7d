"""The server's superuser, who alone can damage what no role of ours may touch; for the tests of the ledger's audit."""

from __future__ import annotations

import os
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from tests.database import owner_url


def superuser_url(name: str) -> str:
    """Return the superuser's URL of a database: DATABASE_URL_SUPERUSER, else `postgres` on the tests' server."""
    explicit = os.environ.get("DATABASE_URL_SUPERUSER")
    parts = urlsplit(explicit or owner_url(name))
    host = parts.netloc.rpartition("@")[2]
    netloc = parts.netloc if explicit else f"postgres@{host}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{name}"))


def damage(name: str, sql: str, params: Any = None) -> int:
    """Run a statement as superuser with all triggers and keys off, and commit; returns how many rows it touched."""
    with closing(psycopg2.connect(superuser_url(name))) as raw, raw, raw.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def plain(name: str, sql: str, params: Any = None) -> int:
    """Run a statement as superuser with triggers and keys on, and commit."""
    with closing(psycopg2.connect(superuser_url(name))) as raw, raw, raw.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
