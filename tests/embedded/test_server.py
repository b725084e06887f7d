"""A real server: how it is made, joined, stopped, and what it survives."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg2
import pytest

from billing_platform.embedded import acquire
from billing_platform.embedded.errors import DataUnusable, StartFailed
from billing_platform.embedded.pidfile import is_alive, running_pid
from billing_platform.embedded.places import PROJECT_DIR, locate, var_dir
from billing_platform.embedded.server import Lease, Terminated
from tests.embedded.conftest import (
    Environ,
    execute,
    holder,
    is_owner,
    query,
    wait_for,
    wait_until_gone,
)

if TYPE_CHECKING:
    from pathlib import Path

FAST = ("fsync=off",)


def superuser_url(lease: Lease) -> str:
    return f"postgres://postgres@/postgres?host={lease.places.socket}"


def kill(lease: Lease) -> int:
    """Kill the server as the system would, and leave it unreaped."""
    pid = running_pid(lease.places)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    return pid


def running_pid_of(environ: Environ) -> int | None:
    return running_pid(locate(var_dir(environ)))


class TestStart:
    def test_it_makes_a_database_with_checksums_in_utf8_and_locale_c(
        self, new_environ: Environ
    ) -> None:
        with acquire(new_environ, FAST) as lease:
            url = lease.url
            assert query(url, "SHOW data_checksums") == "on"
            assert query(url, "SHOW server_encoding") == "UTF8"
            assert (
                query(
                    url, "SELECT datcollate || datctype FROM pg_database WHERE datname = 'billing'"
                )
                == "CC"
            )
            assert query(url, "SHOW TimeZone") == "UTC"
            assert query(url, "SELECT current_user") == "billing_owner"

    def test_it_is_our_direct_child_without_root(self, new_environ: Environ) -> None:
        with acquire(new_environ, FAST) as lease:
            assert lease.process is not None
            assert lease.process.pid == running_pid(lease.places)
            owner = lease.places.data.stat()
            expected = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid()
            assert owner.st_uid == expected
            assert oct(owner.st_mode)[-3:] == "700"
            assert oct(lease.places.socket.stat().st_mode)[-3:] == "700"

    def test_it_listens_on_no_port(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            assert query(lease.url, "SHOW listen_addresses") == ""

    def test_a_port_asked_for_is_loopback_with_passwords(self, environ: Environ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            number = free.getsockname()[1]
        with acquire(environ | {"EMBEDDED_POSTGRES_PORT": str(number)}, FAST) as lease:
            assert query(lease.url, "SHOW listen_addresses") == "127.0.0.1"
            assert (
                query(
                    f"postgres://billing_app:app@127.0.0.1:{number}/billing", "SELECT current_user"
                )
                == "billing_app"
            )
            with pytest.raises(psycopg2.OperationalError, match="password"):
                query(f"postgres://billing_app:wrong@127.0.0.1:{number}/billing", "SELECT 1")

    def test_it_makes_the_roles(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            sql = (
                "SELECT string_agg(rolname || ':' || rolcanlogin || rolcreatedb || rolinherit ||"
                " (rolsuper OR rolbypassrls), ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE 'billing%'"
            )
            assert query(lease.url, sql) == (
                "billing_app:truefalsetruefalse billing_ops:truefalsetruefalse billing_owner:truetruetruefalse "
                "billing_tester:truetruefalsefalse billing_worker:truefalsetruefalse"
            )
            execute(lease.url, "CREATE TABLE t (id bigint)")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                execute(
                    lease.url.replace("billing_owner:owner", "billing_app:app"),
                    "CREATE TABLE u (id bigint)",
                )

    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_bulk_work_may_be_staged(self, environ: Environ, role: str) -> None:
        with acquire(environ, FAST) as lease:
            url = lease.url.replace("billing_owner:owner", f"billing_{role}:{role}")
            execute(url, "CREATE TEMPORARY TABLE stage (id bigint); INSERT INTO stage VALUES (1)")

    def test_passwords_come_from_the_environment(self, environ: Environ) -> None:
        with acquire(environ | {"DATABASE_PASSWORD_APP": "it's secret"}, FAST) as lease:
            changed = query(
                superuser_url(lease),
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'billing_app'",
            )
        with acquire(environ, FAST) as lease:
            default = query(
                superuser_url(lease),
                "SELECT rolpassword FROM pg_authid WHERE rolname = 'billing_app'",
            )
        assert changed.startswith("SCRAM-SHA-256$")
        assert changed != default

    def test_a_closed_home_is_no_hindrance(self, environ: Environ, open_folder: Path) -> None:
        home = open_folder / "home"
        home.mkdir(mode=0o700)
        environ["VAR_DIR"] = str(home / "var")

        with acquire(environ, FAST) as lease:
            execute(lease.url, "CREATE TABLE kept (id bigint)")
        with acquire(environ, FAST) as lease:
            assert query(lease.url, "SELECT count(*) FROM kept") == 0

    def test_an_interrupted_initdb_is_made_anew(
        self, new_environ: Environ, open_folder: Path
    ) -> None:
        half = open_folder / "var" / "postgres.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")

        with acquire(new_environ, FAST) as lease:
            assert query(lease.url, "SELECT 1") == 1

    def test_data_of_another_version_is_refused(
        self, new_environ: Environ, open_folder: Path
    ) -> None:
        data = open_folder / "var" / "postgres"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("14\n")

        with pytest.raises(DataUnusable, match="made by PostgreSQL 14"):
            acquire(new_environ, FAST)

    def test_a_folder_of_something_else_is_refused(
        self, new_environ: Environ, open_folder: Path
    ) -> None:
        (open_folder / "var" / "postgres").mkdir(parents=True)

        with pytest.raises(DataUnusable, match="no PostgreSQL data"):
            acquire(new_environ, FAST)

    def test_a_start_that_fails_says_why_and_leaves_nothing(
        self, environ: Environ, open_folder: Path
    ) -> None:
        with pytest.raises(StartFailed, match="no_such_setting"):
            acquire(environ, ("no_such_setting=1",))
        with acquire(environ, FAST) as lease:
            assert lease.is_owner


class TestShare:
    def test_a_second_process_joins(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease, holder(environ) as other:
            assert not is_owner(other)
            assert lease.is_owner

    def test_the_starter_waits_for_the_others(
        self, environ: Environ, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with holder(environ) as first:
            assert is_owner(first)
            with holder(environ) as second:
                assert not is_owner(second)
                assert first.stdin is not None
                first.stdin.close()
                with pytest.raises(subprocess.TimeoutExpired):
                    first.wait(timeout=1)
            assert first.wait(timeout=30) == 0
        assert "Another command still uses the database" in capfd.readouterr().err

    @pytest.mark.parametrize("end", [KeyboardInterrupt(), Terminated(143)])
    def test_an_interrupted_starter_does_not_wait(
        self, environ: Environ, end: BaseException
    ) -> None:
        def interrupt() -> None:
            with acquire(environ, FAST) as lease, holder(environ) as other:
                assert not is_owner(other)
                lease.__exit__(type(end), end, None)
                assert running_pid(lease.places) is None

        interrupt()

    def test_of_many_starters_at_once_one_starts(self, new_environ: Environ) -> None:
        with ExitStack() as stack:
            processes = [stack.enter_context(holder(new_environ)) for _ in range(6)]
            assert sorted(is_owner(each) for each in processes) == [False] * 5 + [True]
            for process in processes:
                assert process.stdin is not None
                process.stdin.close()
            assert [process.wait(timeout=60) for process in processes] == [0] * 6
        assert running_pid_of(new_environ) is None

    def test_a_forked_child_does_not_stop_it(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            child = os.fork()
            if child == 0:
                lease.close()
                os._exit(0)
            os.waitpid(child, 0)
            assert query(lease.url, "SELECT 1") == 1


class TestStop:
    def test_it_ends_the_server_and_keeps_the_data(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            execute(lease.url, "CREATE TABLE kept (id bigint)")
            pid = running_pid(lease.places)
            assert pid is not None
        assert not is_alive(pid)
        assert not (lease.places.data / "postmaster.pid").exists()
        assert "database system is shut down" in lease.places.log.read_text()
        with acquire(environ, FAST) as lease:
            assert query(lease.url, "SELECT count(*) FROM kept") == 0

    def test_it_ends_open_connections(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            connection = psycopg2.connect(lease.url)
        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    def test_twice_is_once(self, environ: Environ) -> None:
        lease = acquire(environ, FAST)
        lease.close()
        lease.close()

    def test_the_terminals_interrupt_does_not_reach_it(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            assert lease.process is not None
            assert os.getpgid(lease.process.pid) != os.getpgid(0)

    def test_a_killed_starter_takes_it_along_or_leaves_it_to_the_next(
        self, environ: Environ
    ) -> None:
        with holder(environ) as first:
            assert is_owner(first)
            pid = running_pid_of(environ)
            assert pid is not None
            first.kill()
            first.wait()
            if sys.platform == "linux":
                wait_until_gone(pid)
            with acquire(environ, FAST) as lease:
                assert lease.is_owner
                assert query(lease.url, "SELECT 1") == 1
        assert running_pid_of(environ) is None


class TestLeftovers:
    def test_a_killed_server_is_started_again_over_its_zombie(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            execute(lease.url, "CREATE TABLE kept (id bigint)")
            pid = kill(lease)
            os.kill(pid, 0)  # nobody has waited for it: a zombie that still answers
            assert not is_alive(pid)
            with holder(environ) as other:
                assert is_owner(other)
                assert query(lease.url, "SELECT count(*) FROM kept") == 0
                assert not lease.is_running()
        assert running_pid_of(environ) is None

    def test_a_lease_gets_its_killed_server_again(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            kill(lease)
            assert not lease.is_running()
            lease.renew(environ, FAST)
            assert lease.is_owner
            assert query(lease.url, "SELECT 1") == 1
        assert running_pid_of(environ) is None

    def test_the_starter_of_a_killed_server_does_not_stop_the_next_one(
        self, environ: Environ
    ) -> None:
        first = acquire(environ, FAST)
        kill(first)
        with acquire(environ, FAST) as second:
            first.close()
            assert second.is_running()
            assert query(second.url, "SELECT 1") == 1

    def test_a_pid_file_with_a_strangers_number_is_no_server(self, environ: Environ) -> None:
        with acquire(environ, FAST) as lease:
            kill(lease)
        stranger = subprocess.Popen(["sleep", "60"])
        path = lease.places.data / "postmaster.pid"
        lines = path.read_text().splitlines()
        path.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        try:
            with acquire(environ, FAST) as again:
                assert again.is_owner
            assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    def test_a_link_in_place_of_the_pid_file_is_not_followed(
        self, environ: Environ, open_folder: Path
    ) -> None:
        with acquire(environ, FAST) as lease:
            pass
        target = open_folder / "target"
        target.write_text("1\n/somewhere\n")
        (lease.places.data / "postmaster.pid").symlink_to(target)

        with pytest.raises(OSError, match="symbolic"):
            acquire(environ, FAST)

        assert target.read_text() == "1\n/somewhere\n"

    def test_a_server_without_an_owner_is_adopted(self, environ: Environ) -> None:
        code = (
            "import os, signal; from billing_platform.embedded import acquire, launch\n"
            "launch._die_with_parent = lambda: None\n"
            "acquire(settings=['fsync=off']); os.kill(os.getpid(), signal.SIGKILL)"
        )
        subprocess.run([sys.executable, "-c", code], env=environ, cwd=PROJECT_DIR, check=False)
        pid = running_pid_of(environ)
        assert pid is not None

        with acquire(environ, FAST) as lease:
            assert lease.is_owner
            assert lease.process is None
            assert running_pid(lease.places) == pid
        wait_for(lambda: not is_alive(pid))
