"""What Compose starts, started here: the migration, each process with its health check, and Django's own check."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded.places import PROJECT_DIR
from tests.embedded.conftest import query, wait_for
from tests.loopback import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.deployment.conftest import Installation

pytestmark = pytest.mark.processes
RIGHTS = "SELECT rolsuper OR rolbypassrls"
# What a process says once it is worth asking how it is.
SIGNS = {"web": "Listening at", "ops": "Listening at", "worker": " ready.", "beat": "Starting"}
OF_CURRENT_USER = "FROM pg_roles WHERE rolname = current_user"


@pytest.fixture(scope="module")
def migrated(installation: Installation) -> Installation:
    """The installation after its first service has run."""
    command = installation.command("migrate")
    subprocess.run(
        command,
        cwd=PROJECT_DIR,
        env=installation.environ("migrate"),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return installation


def log_of(installation: Installation, service: str) -> Path:
    return installation.folder / f"{service}.log"


@contextmanager
def started(
    installation: Installation, service: str, environ: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    with log_of(installation, service).open("wb") as log:
        process = subprocess.Popen(
            installation.command(service), cwd=PROJECT_DIR, env=environ, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(timeout=30) is not None


def wait_healthy(
    installation: Installation,
    service: str,
    environ: dict[str, str],
    process: subprocess.Popen[bytes],
) -> None:
    """Run the service's health check as Compose would, until it says yes.

    It is first asked when the process says that it is up: Compose asks four times a minute, and each time costs as much
    as the start of the process itself.
    """
    log = log_of(installation, service)
    wait_for(lambda: process.poll() is not None or SIGNS[service] in log.read_text(), 60)
    kind, *words = installation.services[service]["healthcheck"]["test"]
    command = ["/bin/sh", "-c", words[0].replace("$$", "$")] if kind == "CMD-SHELL" else words
    command = [word.replace("find /tmp", f"find {environ['VAR_DIR']}") for word in command]
    deadline = time.monotonic() + 60
    while (
        subprocess.run(
            command, cwd=PROJECT_DIR, env=environ, capture_output=True, check=False
        ).returncode
        != 0
    ):
        assert process.poll() is None, f"the process ended: {log.read_text()}"
        assert time.monotonic() < deadline, f"it never said yes: {log.read_text()}"
        time.sleep(0.2)


class TestInitFile:
    def test_the_roles_may_log_in_and_no_more(self, installation: Installation) -> None:
        for role in ("app", "worker", "ops"):
            url = installation.database_url.replace(
                "billing_owner:secretOWNER", f"billing_{role}:secret{role.upper()}"
            )
            assert query(url, "SELECT current_user") == f"billing_{role}"
            assert not query(
                url,
                "SELECT rolsuper OR rolbypassrls OR rolcreatedb FROM pg_roles WHERE rolname = current_user",
            )

    def test_the_owner_is_no_superuser(self, installation: Installation) -> None:
        assert not query(installation.database_url, f"{RIGHTS} {OF_CURRENT_USER}")


class TestProcesses:
    @pytest.mark.parametrize(
        ("service", "path"), [("web", "/health/ready"), ("ops", "/health/ready")]
    )
    def test_pages_are_served(self, migrated: Installation, service: str, path: str) -> None:
        port = free_port()
        environ = migrated.environ(service, BIND=f"127.0.0.1:{port}", WEB_CONCURRENCY="1")

        with started(migrated, service, environ) as process:
            wait_healthy(migrated, service, environ, process)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                assert json.load(answer)["checks"] == {"database": "ok", "cache": "ok"}

    def test_the_worker_answers(self, migrated: Installation) -> None:
        environ = migrated.environ("worker")

        with started(migrated, "worker", environ) as process:
            wait_healthy(migrated, "worker", environ, process)

    def test_beat_beats(self, migrated: Installation) -> None:
        environ = migrated.environ("beat")

        with started(migrated, "beat", environ) as process:
            wait_healthy(migrated, "beat", environ, process)

    def test_a_server_that_does_not_answer_is_ill(self, installation: Installation) -> None:
        environ = installation.environ("web", BIND=f"127.0.0.1:{free_port()}")

        command = installation.services["web"]["healthcheck"]["test"][1:]

        done = subprocess.run(
            command, cwd=PROJECT_DIR, env=environ, capture_output=True, check=False
        )
        assert done.returncode == 1


class TestProductionSettings:
    @pytest.mark.parametrize("service", ["web", "ops", "worker"])
    def test_djangos_check_is_clean(self, migrated: Installation, service: str) -> None:
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

        done = subprocess.run(
            command,
            cwd=PROJECT_DIR,
            env=migrated.environ(service),
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr.strip()) == (0, "")

    @pytest.mark.parametrize(
        "name",
        [
            "SECRET_KEY",
            "ALLOWED_HOSTS",
            "EMAIL_URL",
            "REDIS_URL",
            "DATABASE_URL",
            "DATABASE_PASSWORD_APP",
        ],
    )
    def test_what_is_missing_is_named(self, installation: Installation, name: str) -> None:
        environ = installation.environ("web")
        del environ[name]
        code = "import billing_platform.settings.prod"

        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=PROJECT_DIR,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 1
        assert name in done.stderr.splitlines()[-1]
