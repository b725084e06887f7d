"""One command and its database, from the outside: environment, signals, exit status, reset."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from billing_platform.embedded import acquire
from billing_platform.embedded.__main__ import main
from billing_platform.embedded.command import database
from billing_platform.embedded.pidfile import running_pid
from billing_platform.embedded.places import PROJECT_DIR, locate, owner_url, var_dir
from billing_platform.embedded.reset import StillRunning, reset
from tests.embedded.conftest import holder, is_owner, query, wait_until_gone

if TYPE_CHECKING:
    from tests.embedded.conftest import Environ

PRINT_URL = "import os; print(os.environ['DATABASE_URL'])"


@pytest.fixture
def process_environ(environ: Environ, monkeypatch: pytest.MonkeyPatch) -> Environ:
    monkeypatch.setenv("VAR_DIR", environ["VAR_DIR"])
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return environ


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "billing_platform.embedded", *arguments]


def server_of(environ: Environ) -> int | None:
    return running_pid(locate(var_dir(environ)))


class TestDatabase:
    def test_a_named_server_is_taken(
        self, process_environ: Environ, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/billing")

        with database() as lease:
            assert lease is None
        assert server_of(process_environ) is None

    def test_it_hands_the_url_to_the_block(
        self, process_environ: Environ, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with database(["fsync=off"]) as lease:
            assert lease is not None
            assert query(lease.url, "SELECT 1") == 1
        assert server_of(process_environ) is None


def listen_to_signals() -> None:
    """Undo what `nohup` and a shell's `&` hand down to the tests and so to their children."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class TestExec:
    def test_a_command_gets_the_url_and_its_status_is_ours(self, process_environ: Environ) -> None:
        code = f"{PRINT_URL}; raise SystemExit(7)"

        answer = subprocess.run(
            command("exec", sys.executable, "-c", code),
            cwd=PROJECT_DIR,
            capture_output=True,
            text=True,
            check=False,
        )

        assert (answer.stdout.strip(), answer.returncode) == (owner_url(), 7)
        assert server_of(process_environ) is None

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
    def test_a_signal_ends_the_server_too(self, process_environ: Environ, number: int) -> None:
        process = subprocess.Popen(
            command("run"),
            cwd=PROJECT_DIR,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=listen_to_signals,  # noqa: PLW1509 - signal calls only, no threads
        )
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline().strip() == owner_url()
        pid = server_of(process_environ)
        assert pid is not None

        process.send_signal(number)

        assert process.wait(timeout=30) == 128 + number
        wait_until_gone(pid)

    def test_run_ends_when_the_server_is_killed(self, process_environ: Environ) -> None:
        process = subprocess.Popen(
            command("run"), cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        pid = server_of(process_environ)
        assert pid is not None

        subprocess.run(["kill", "-9", str(pid)], check=True)

        _, message = process.communicate(timeout=30)
        assert (process.returncode, b"ended" in message) == (1, True)


class TestMain:
    def test_it_prints_the_url_alone(
        self, process_environ: Environ, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["url"]) == 0

        assert capsys.readouterr().out.strip() == owner_url()
        assert server_of(process_environ) is None

    def test_an_unknown_word_shows_the_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["fly"]) == 2

        assert "usage:" in capsys.readouterr().err

    def test_an_error_is_a_sentence(
        self,
        process_environ: Environ,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("EMBEDDED_POSTGRES_BIN", "/nowhere")

        assert main(["exec", "true"]) == 1
        assert "holds no PostgreSQL" in capsys.readouterr().err


class TestReset:
    def test_it_drops_the_data_and_keeps_other_files(self, environ: Environ) -> None:
        with acquire(environ, ["fsync=off"]) as lease:
            places = lease.places
        folders = ("mail", "uploads/documents")
        for name in folders:
            (places.var / name).mkdir(parents=True)
        (places.var / "mine.txt").write_text("kept")
        left = ("celerybeat-schedule", "celerybeat-schedule.db", "live-usage.json", "seeded.json")
        for name in left:
            (places.var / name).touch()

        assert "is gone" in reset(environ)

        assert [name for name in left if (places.var / name).exists()] == []
        assert not places.data.exists()
        assert [name for name in folders if (places.var / name).exists()] == []
        assert (places.var / "mine.txt").exists()
        assert "is gone" in reset(environ)

    def test_it_removes_the_private_folder(self, new_environ: Environ, open_folder: Path) -> None:
        (open_folder / "home").mkdir(mode=0o700)
        environ = new_environ | {"VAR_DIR": str(open_folder / "home" / ("v" * 80))}
        with acquire(environ, ["fsync=off"]) as lease:
            places = lease.places
        private = {places.root, places.socket.parent} - {places.var}
        assert private

        reset(environ)

        assert not any(folder.exists() for folder in private)
        assert not places.data.exists()
        assert not (places.var / "location").exists()

    def test_it_refuses_while_something_runs(self, environ: Environ) -> None:
        with holder(environ) as other:
            assert is_owner(other)
            with pytest.raises(StillRunning, match="Stop it first"):
                reset(environ)
        assert Path(environ["VAR_DIR"], "postgres").is_dir()
