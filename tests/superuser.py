"""The server's superuser, who alone can damage what no role of ours may touch; for the tests of the ledger's audit."""

from __future__ import annotations

import os
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import environ
import psycopg2
from django.db import connection, transaction

from tests.database import owner_url
from tests.roles import set_role

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGIN = ("USER", "PASSWORD", "HOST", "PORT")


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


@contextmanager
def superuser_login() -> Iterator[None]:
    """Let Django's connection log in as superuser for a while; it still starts as `app`, but may become one."""
    known = connection.settings_dict
    login = environ.Env.db_url_config(superuser_url(known["NAME"]))
    # A Unix socket's folder comes as a parameter, as in the settings.
    socket = {name.upper(): value for name, value in login.get("OPTIONS", {}).items()}
    before = {name: known[name] for name in _LOGIN}
    connection.close()
    known.update({name: socket.get(name, login.get(name, "")) for name in _LOGIN})
    try:
        yield
    finally:
        connection.close()
        known.update(before)


@contextmanager
def as_superuser(*, replica: bool = False) -> Iterator[None]:
    """Be superuser for a block inside a transaction of such a login, and `app` again; what fails leaves no trace.

    Args:
        replica: triggers and keys are off.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        if replica:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        if replica:
            cursor.execute("SET LOCAL session_replication_role = origin")
        set_role("app")
