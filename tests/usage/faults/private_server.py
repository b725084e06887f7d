"""A database server of a test's own, which it may take down: a copy of the tests' schema on an embedded server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db import connection

from billing_platform.embedded import Lease, acquire
from billing_platform.embedded.binaries import find_binaries
from billing_platform.embedded.cluster import SUPERUSER
from billing_platform.embedded.places import forget
from tests.loopback import free_port
from tests.server import FAST
from tests.superuser import superuser_url

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "copied"


@dataclass
class PrivateServer:
    """The server, reached by Django's connection.

    Attributes:
        url: the superuser's.
    """

    lease: Lease
    environ: dict[str, str]
    url: str

    def crash(self) -> None:
        """Have it abort every session without a word and end, as one whose machine goes down."""
        assert self.lease.process is not None
        os.kill(self.lease.process.pid, signal.SIGQUIT)
        self.lease.process.wait(timeout=60)

    def come_back(self) -> None:
        """Start it again: it recovers what was committed."""
        self.lease.renew(self.environ, FAST)


@contextmanager
def private_server(template: str) -> Iterator[PrivateServer]:
    """Run a server with a copy of the migrated template, and let Django's connection reach it."""
    folder = Path(tempfile.mkdtemp(prefix="private-"))
    folder.chmod(0o755)
    port = free_port()
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder / "var")}
    environ["EMBEDDED_POSTGRES_PORT"] = str(port)
    if "EMBEDDED_POSTGRES_BIN" in os.environ:
        environ["EMBEDDED_POSTGRES_BIN"] = os.environ["EMBEDDED_POSTGRES_BIN"]
    lease = acquire(environ, FAST)
    try:
        socket = lease.places.socket
        url = f"postgres://{SUPERUSER}@/{NAME}?host={socket}&port={port}"
        copy_schema(template, url)
        with reaching(str(socket), port):
            yield PrivateServer(lease, environ, url)
    finally:
        lease.close(wait_for_users=False)
        forget(lease.places)
        shutil.rmtree(folder)


def copy_schema(template: str, url: str) -> None:
    """Copy tables, rules, rights and the few rows of a migrated database, which is quicker than to migrate."""
    programs = find_binaries(os.environ).bin
    psql: list[str | Path] = [programs / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    # Into the launcher's own database no tester may log in.
    create = [
        *psql,
        url.replace(f"/{NAME}?", "/postgres?"),
        "-c",
        f"CREATE DATABASE {NAME} OWNER billing_owner",
    ]
    subprocess.run(create, check=True)
    dump = subprocess.run(
        [programs / "pg_dump", superuser_url(template)], check=True, capture_output=True
    )
    subprocess.run([*psql, url], input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def reaching(host: str, port: int) -> Iterator[None]:
    """Point Django's connection to the private server for a while."""
    known = connection.settings_dict
    before = {name: known[name] for name in ("HOST", "PORT", "NAME")}
    connection.close()
    known.update(HOST=host, PORT=str(port), NAME=NAME)
    try:
        yield
    finally:
        connection.close()
        known.update(before)
