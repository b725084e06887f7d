"""Fixtures that every test may use: the databases, the role, the fixed cast."""

from __future__ import annotations

import fcntl
import gc
import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import override_settings
from hypothesis import settings as hypothesis_settings

from billing_platform.garbage import collect_seldom
from tenants.clients import dns
from tests.cast import Cast, CastRows, build_cast
from tests.database import build_template, copy_template, drop_database, reached, undone
from tests.dns_server import serve_dns
from tests.schedule import Schedule, put_long_files_first
from tests.server import start_server
from tests.together import send_together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper
    from xdist.remote import Producer

    from billing_platform.embedded import Lease
    from tests.dns_server import DnsServer

SERVER: pytest.StashKey[Lease | None] = pytest.StashKey()
# No test is timed: whatever else the machine does, or a collection of garbage, would make one fail.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded server for the session when no other is named; xdist's workers inherit its URL."""
    # What is imported and collected stays: to look through it after each 700 new objects takes a fifth of that time.
    collect_seldom()
    config.stash[SERVER] = start_server()


def pytest_collection_finish() -> None:
    """Leave all that was imported and collected out of later collections of garbage, as gunicorn's workers do."""
    gc.freeze()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its argument where the value is bytes: a packed file differs with the second it was made in."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Schedule | None:
    """Let `--dist loadfile` keep the order that the long files come first in."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Schedule(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are processors: while one waits for a server or a browser, another works."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer a run of what another server could answer otherwise."""
    parser.addoption(
        "--only-database", action="store_true", help="run only tests that ask a database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what no database is asked by, if only that is wanted; order the tests of several processes."""
    if config.getoption("only_database"):
        kept = [item for item in items if asks_database(item)]
        config.hook.pytest_deselected(items=[item for item in items if not asks_database(item)])
        items[:] = kept
    if os.environ.get("PYTEST_XDIST_WORKER"):
        put_long_files_first(items)


def asks_database(item: pytest.Item) -> bool:
    """Say whether a test may reach the tests' databases: pytest-django lets no other."""
    names: list[str] = getattr(item, "fixturenames", [])
    return "django_db_setup" in names or item.get_closest_marker("django_db") is not None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this session started."""
    lease = config.stash.get(SERVER, None)
    if lease is not None:
        lease.close(wait_for_users=False)


def start_as_app(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Make every new connection of the tests run as the web's role, and spare it trips."""
    send_together(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE billing_app")


def base_name() -> str:
    """Return the name of this run's databases."""
    return str(settings.DATABASES["default"]["TEST"]["NAME"])


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the migrated template; under xdist the first process builds it and the others wait."""
    name = f"{base_name()}_template"
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        build_template(name)
        return name
    shared = tmp_path_factory.getbasetemp().parent
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "template.ready").exists():
            build_template(name)
            (shared / "template.ready").touch()
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    template_database: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Give this process its own copy of the template, reached as `app`."""
    name = f"{base_name()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection_created.connect(start_as_app, dispatch_uid="tests.start_as_app")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        copy_template(template_database, name)
        settings.DATABASES["default"]["NAME"] = name
        connections["default"].settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        drop_database(name)


@pytest.fixture
def committed_db(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """Give a test a database of its own that commits for real, for processes and races; returns its name."""
    name = f"{connections['default'].settings_dict['NAME']}_committed"
    with django_db_blocker.unblock(), reached(template_database, name):  # type: ignore[attr-defined]
        yield name


@pytest.fixture
def current_user(db: None) -> str:
    """Return the role that the test runs as."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


@pytest.fixture(scope="session")
def cast_rows(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> CastRows:
    """Return the rows of a cast that the services made once; nothing of it stays in the database."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        return CastRows.of(build_cast())


@pytest.fixture
def cast(db: None, cast_rows: CastRows) -> Cast:
    """Return the fixed cast of people, tenants and providers."""
    return cast_rows.copy()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnsServer]:
    """Return a DNS server that the platform asks, impatiently."""
    monkeypatch.setattr(dns, "_ALL_S", 0.4)
    monkeypatch.setattr(dns, "_ONE_S", 0.2)
    for server in serve_dns():
        monkeypatch.setattr(settings, "DNS_SERVERS", [server.address])
        yield server


@pytest.fixture
def uploads_folder(tmp_path: Path) -> Iterator[Path]:
    """Keep uploaded files in a folder of this test, and return it."""
    folder = tmp_path / "uploads"
    kept = settings.STORAGES["uploads"]
    options = {**kept["OPTIONS"], "location": str(folder)}
    with override_settings(STORAGES={**settings.STORAGES, "uploads": {**kept, "OPTIONS": options}}):
        yield folder
