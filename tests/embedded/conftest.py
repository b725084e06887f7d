"""Folders, environments and helper processes for the tests of the embedded server; each test has its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest

from billing_platform.embedded import acquire
from billing_platform.embedded.pidfile import is_alive
from billing_platform.embedded.places import PROJECT_DIR, forget, locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOLDER = (
    "import sys; from billing_platform import embedded\n"
    "with embedded.acquire(settings=['fsync=off']) as lease:\n"
    "    print(lease.is_owner, flush=True); sys.stdin.read()\n"
)
Environ = dict[str, str]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_environ(open_folder: Path) -> Iterator[Environ]:
    """The environment of a server that has no data yet; what it leaves outside the folder is removed."""
    var = open_folder / "var"
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(var)}
    yield environ
    forget(locate(Path(environ["VAR_DIR"])))


@pytest.fixture(scope="session")
def ready_data() -> Iterator[Path]:
    """A stopped server's data folder to copy, since making one takes most of a test's time."""
    with tempfile.TemporaryDirectory(prefix="embedded-") as folder:
        Path(folder).chmod(0o755)
        with acquire(
            {"PATH": os.environ["PATH"], "VAR_DIR": f"{folder}/var"}, ["fsync=off"]
        ) as lease:
            data = lease.places.data
        yield data


@pytest.fixture
def environ(new_environ: Environ, ready_data: Path) -> Environ:
    """The environment of a server that was stopped before and starts at once."""
    var = locate(Path(new_environ["VAR_DIR"])).var
    subprocess.run(["cp", "-a", ready_data, var / "postgres"], check=True)
    return new_environ


@contextmanager
def holder(environ: Environ) -> Iterator[subprocess.Popen[str]]:
    """Another process that takes part in the server until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=environ | {"PYTHONPATH": str(PROJECT_DIR)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait(timeout=60)
        if process.stdout:
            process.stdout.close()


def is_owner(process: subprocess.Popen[str]) -> bool:
    """Wait until the other process has the server and say whether it started it."""
    assert process.stdout is not None
    return process.stdout.readline().strip() == "True"


def query(url: str, sql: str) -> Any:
    """Return the first value of the first row."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        connection.commit()
    return row[0] if row else None


def execute(url: str, sql: str) -> None:
    """Run a statement and commit it."""
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended."""
    wait_for(lambda: not is_alive(pid))
