"""A scratch database: made, migrated and dropped by the benchmark that measures in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg2.errors
from django.conf import settings
from django.db import connection
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from billing_platform.benchmarks.errors import OwnerUrlMissingError, RoleRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2 import extensions

SESSIONS_END_SECONDS = 10
# Every server has this database, also one where nothing is migrated yet.
MAINTENANCE = "postgres"


def owner_url(name: str) -> str:
    """Return the owner's URL of a database on the server that `DATABASE_URL` names.

    Raises:
        OwnerUrlMissingError: `DATABASE_URL` is not set.
    """
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise OwnerUrlMissingError(
            "DATABASE_URL is not set: a benchmark needs the owner's URL to make its scratch database."
        )
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def connect(name: str = MAINTENANCE) -> extensions.connection:
    """Return a connection of the owner that commits each statement by itself."""
    raw = psycopg2.connect(owner_url(name), options="-c timezone=UTC")
    raw.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return raw


def scratch_name() -> str:
    """Return the name of this process's scratch database: two benchmarks on one server do not meet."""
    return f"bench_{os.getpid()}"


@contextmanager
def scratch_database(*, template: str | None = None) -> Iterator[str]:
    """Make a migrated database, lead the alias `default` there as worker, and drop it in the end.

    Args:
        template: a migrated database to copy; without it the migrations run.

    Yields:
        The database's name.

    Raises:
        OwnerUrlMissingError: `DATABASE_URL` is not set.
        RoleRefusedError: the application's side would not run as the worker under row-level security.
    """
    name = scratch_name()
    with closing(connect()) as raw, raw.cursor() as cursor:
        _drop(cursor, name)
        cursor.execute(
            f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else "")
        )
        try:
            if template is None:
                _migrate(name)
            with _as_worker(name):
                yield name
        finally:
            _drop(cursor, name)


def settle(cursor: extensions.cursor) -> bool:
    """Write the server's dirty pages out, so that nothing that is timed pays for what went before.

    Args:
        cursor: the owner's.

    Returns:
        Whether the owner may; it needs the role `pg_checkpoint` for it.
    """
    try:
        cursor.execute("CHECKPOINT")
    except psycopg2.errors.InsufficientPrivilege:
        return False
    return True


def _drop(cursor: extensions.cursor, name: str) -> None:
    # The owner may not end a worker's session by force, and a closed one takes a moment to go.
    deadline = time.monotonic() + SESSIONS_END_SECONDS
    while True:
        try:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _migrate(name: str) -> None:
    environment = {**os.environ, "DATABASE_URL": owner_url(name), "DATABASE_ROLE": "owner"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
    )


@contextmanager
def _as_worker(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        _become("billing_worker")
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def web_role() -> Iterator[None]:
    """Let the alias `default` be the web's role inside a scratch database, and the worker again after it.

    Raises:
        RoleRefusedError: the login cannot be had.
    """
    login = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(session_user, 'billing_app', 'MEMBER')")
        (may_change,) = cursor.fetchone()
    if not may_change:  # a login of its own, as the web process has
        connection.close()
        connection.settings_dict.update(USER="billing_app", PASSWORD=_app_password())
    try:
        _become("billing_app")
        yield
    finally:
        connection.close()
        connection.settings_dict.update(login)
        _become("billing_worker")


def _app_password() -> str:
    url = os.environ.get("DATABASE_URL_APP")
    # The password of a developer's machine, where nothing else is said.
    return (urlsplit(url).password or "") if url else os.environ.get("DATABASE_PASSWORD_APP", "app")


def _become(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        cursor.execute(
            "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if row != (role, False):
        raise RoleRefusedError(f"The application's side runs as {row}, not as a bound {role}.")
