"""The tests' databases: migrated once as owner, copied per test process and per test that commits."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing, contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connections, transaction
from psycopg2.errors import InsufficientPrivilege, ObjectInUse
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_OWNER_URL = "postgres://billing_owner:owner@127.0.0.1:5432/billing"


@contextmanager
def undone() -> Iterator[None]:
    """Run a block in a transaction that is undone; durable blocks take it for none, as in Django's own tests."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as TestCase marks its own
    with block:
        yield
        transaction.set_rollback(True)


def owner_url(name: str) -> str:
    """Return the owner's URL of a database on the tests' server."""
    parts = urlsplit(os.environ.get("DATABASE_URL", DEFAULT_OWNER_URL))
    return urlunsplit(parts._replace(path=f"/{name}"))


def server_execute(*statements: str, database: str = "postgres") -> None:
    """Run statements as the owner outside of any transaction."""
    with closing(psycopg2.connect(owner_url(database))) as raw:
        raw.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with raw.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def drop_database(name: str) -> None:
    """Drop a database; sessions of a test that are still ending are waited for, as the owner may not end them."""
    deadline = monotonic() + 15
    while True:
        try:
            server_execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except (InsufficientPrivilege, ObjectInUse):
            if monotonic() > deadline:
                raise
            sleep(0.05)
        else:
            return


def build_template(name: str) -> None:
    """Create a database as owner and migrate it by the command that an installation uses."""
    drop_database(name)
    server_execute(f'CREATE DATABASE "{name}"')
    migrate(name)


def migrate(name: str, *arguments: str) -> None:
    """Run the command that an installation runs, as owner; Django's checks, a sixth of its time, run elsewhere."""
    connections["default"].close()
    environment = {**os.environ, "DATABASE_URL": owner_url(name), "DATABASE_ROLE": "owner"}
    environment["DJANGO_SETTINGS_MODULE"] = "billing_platform.settings.dev"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks", *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
    )


def copy_template(template: str, name: str) -> None:
    """Replace a database by a fresh copy of the migrated template."""
    connections["default"].close()
    drop_database(name)
    server_execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


@contextmanager
def reached(template: str, name: str) -> Iterator[None]:
    """Reach a fresh copy of a database by Django's connection for a while; it is dropped then."""
    copy_template(template, name)
    try:
        with switched(name):
            yield
    finally:
        drop_database(name)


@contextmanager
def switched(name: str) -> Iterator[None]:
    """Reach another database by Django's connection for a while."""
    connections["default"].close()
    known = connections["default"].settings_dict
    before, known["NAME"] = known["NAME"], name
    try:
        yield
    finally:
        connections.close_all()
        known["NAME"] = before
