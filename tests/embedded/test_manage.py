"""`manage.py`: the role of each command, and a database for a command that runs alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import manage
from billing_platform.embedded.pidfile import running_pid
from billing_platform.embedded.places import PROJECT_DIR, locate
from tests.database import owner_url

if TYPE_CHECKING:
    from tests.embedded.conftest import Environ

WHO = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user'); print(k.fetchone()[0])"


def run(environ: Environ, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT_DIR,
        env=environ | {"ENV_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )


class TestDatabaseRole:
    @pytest.mark.parametrize(
        ("command", "role"),
        [
            ("migrate", "owner"),
            ("makemigrations", "owner"),
            ("runserver", "app"),
            ("createsuperuser", "ops"),
            ("charge_hours", "worker"),
            ("shell", "worker"),
        ],
    )
    def test_each_command_has_its_role(self, command: str, role: str) -> None:
        assert manage.database_role(command) == role


class TestMain:
    def test_a_command_alone_has_a_server_for_its_lifetime(self, environ: Environ) -> None:
        done = run(environ, "shell", "--no-imports", "-c", WHO)

        assert (done.stdout.strip(), done.stderr) == ("billing_worker", "")
        assert running_pid(locate(Path(environ["VAR_DIR"]))) is None

    def test_the_role_can_be_chosen(self, environ: Environ) -> None:
        done = run(environ | {"DATABASE_ROLE": "ops"}, "shell", "--no-imports", "-c", WHO)

        assert done.stdout.strip() == "billing_ops"

    def test_a_named_server_beats_it(self, environ: Environ) -> None:
        done = run(
            environ | {"DATABASE_URL": owner_url("postgres")}, "shell", "--no-imports", "-c", WHO
        )

        assert done.stdout.strip() == "billing_worker"
        assert not (Path(environ["VAR_DIR"]) / "postgres.log").exists()

    def test_a_failed_command_stops_the_server_too(self, environ: Environ) -> None:
        done = run(environ, "shell", "--no-imports", "-c", "raise SystemExit(5)")

        assert done.returncode == 5
        assert running_pid(locate(Path(environ["VAR_DIR"]))) is None

    def test_help_needs_no_server(self, new_environ: Environ) -> None:
        assert run(new_environ, "version").returncode == 0
        assert not (Path(new_environ["VAR_DIR"]) / "postgres").exists()

    def test_no_server_is_a_sentence(self, new_environ: Environ) -> None:
        done = run(new_environ | {"EMBEDDED_POSTGRES_BIN": "/nowhere"}, "showmigrations")

        assert done.returncode == 1
        assert done.stderr.startswith("EMBEDDED_POSTGRES_BIN names /nowhere")
