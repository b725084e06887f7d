"""Start everything, keep it running, end it: the whole platform on one machine for somebody who wants to look at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2

from billing_platform.demo import simulators
from billing_platform.demo.children import Child, Program, stop_all
from billing_platform.demo.programs import generator, manage, processes
from billing_platform.demo.screen import key_lines, login_lines, say, step
from billing_platform.embedded import Lease, var_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

READY_SECONDS = 60.0
WATCH_SECONDS = 0.5
DEFAULT_PORT = 8000


class DemoFailed(Exception):
    """The demo cannot run; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Demo:
    """One run of the demo on a port and the two after it; `environ` is what its processes share, `stop` ends it."""

    port: int
    environ: dict[str, str]
    stop: threading.Event

    def run(self, lease: Lease | None) -> None:
        """Prepare, start, tell and watch until told to stop; end what was started in any case.

        Args:
            lease: the embedded server, or None where `DATABASE_URL` names another one.

        Raises:
            DemoFailed: a port is taken, a step failed or a process does not stay up.
        """
        children: list[Child] = []
        seeded: Any = {}
        is_told = False
        try:
            self._check_ports()
            # Bells of the last run: the sweeps find all work by its state.
            shutil.rmtree(var_dir() / "broker", ignore_errors=True)
            with step("Database structure"):
                self._migrate()
            with step("Payment gateways, simulated"):
                control = self._start_gateways(children)
            children += self._start(self._programs("web", "ops"))
            with step("Example data (once)"):
                seeded = json.loads(
                    self._manage("seed_demo", "--json", "--live-keys", role="worker", **control)
                    or "{}"
                )
            with step("Web, operators' pages, worker, beat"):
                children += self._start(self._programs("worker", "beat"))
                self._wait_ready(children)
            with step("Live usage"):
                children += self._start([generator(seeded.get("live_keys", {}))])
            is_told = self._tell(seeded)
            self._watch(children, lease)
        finally:
            if not is_told:
                # No later start knows them.
                _say_table("API keys, shown once", key_lines(seeded))
            say("\nStopping …")
            stop_all(children)

    def _check_ports(self) -> None:
        for number in range(self.port, self.port + 3):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", number))
                except OSError as error:
                    raise DemoFailed(
                        f"Port {number} is in use. Choose another: make demo PORT=8100"
                    ) from error

    def _start_gateways(self, children: list[Child]) -> dict[str, str]:
        """Start the simulators, tell all later processes of them, and return what only the data's making needs."""
        started = self._start([simulators.program(self.port + 2)])
        children += started
        if not started:
            return {}
        try:
            running = simulators.wait_ready(started[0])
        except simulators.SimulatorsFailed as error:
            if self.stop.is_set():
                return {}
            raise DemoFailed(str(error)) from error
        self.environ.update(running.environ())
        return {"GATEWAY_SIMULATORS_CONTROL": running.control_url}

    def _migrate(self) -> None:
        """Bring the database up to date; where it is, asking takes half the time."""
        quiet = ("--verbosity", "0", "--skip-checks")
        if _has_tables() and self._run("migrate", "--check", *quiet, role="owner").returncode == 0:
            return
        self._manage("migrate", *quiet, role="owner")

    def _manage(self, *arguments: str, role: str, **environ: str) -> str:
        """Run a management command and return what it printed; nothing when it failed as the demo was told to stop."""
        if self.stop.is_set():
            return ""
        done = self._run(*arguments, role=role, **environ)
        if done.returncode != 0 and not self.stop.is_set():
            raise DemoFailed(f"`manage.py {' '.join(arguments)}` failed; its words stand above.")
        return done.stdout if done.returncode == 0 else ""

    def _run(self, *arguments: str, role: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            manage(*arguments),
            env={**os.environ, **self.environ, "DATABASE_ROLE": role, **environ},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )

    def _programs(self, *names: str) -> Sequence[Program]:
        return [program for program in processes(self.port) if program.name in names]

    def _start(self, programs: Sequence[Program]) -> Sequence[Child]:
        """Start processes, each with a new log; none when the demo is told to stop meanwhile."""
        logs = var_dir() / "log"
        logs.mkdir(exist_ok=True)
        children = []
        for program in programs:
            if not self.stop.is_set():
                log = logs / f"{program.name}.log"
                log.unlink(missing_ok=True)
                children.append(Child(program, log, self.environ))
        return children

    def _wait_ready(self, children: Sequence[Child]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = [
            f"http://127.0.0.1:{number}/health/ready" for number in (self.port, self.port + 1)
        ]
        while waiting and not self.stop.is_set():
            for child in children:
                if not child.is_running():
                    raise DemoFailed(
                        f"The process `{child.program.name}` ended:\n{child.last_words()}"
                    )
            if time.monotonic() > deadline:
                raise DemoFailed(f"The pages did not come up in time:\n{children[0].last_words()}")
            waiting = [url for url in waiting if not _answers(url)]
            self.stop.wait(0.1)

    def _watch(self, children: Sequence[Child], lease: Lease | None) -> None:
        """Start again what dies, the database included, until told to stop."""
        while not self.stop.wait(WATCH_SECONDS):
            if lease is not None and not lease.is_running():
                say("The database was ended; starting it again.")
                lease.renew()
            for child in children:
                if child.is_running():
                    continue
                say(f"The process `{child.program.name}` ended; starting it again.")
                if not child.restart():
                    raise DemoFailed(
                        f"The process `{child.program.name}` does not stay up:\n{child.last_words()}"
                    )

    def _tell(self, seeded: Any) -> bool:
        """Say where everything is; return whether it was said."""
        if self.stop.is_set():
            return False
        site = f"http://localhost:{self.port}"
        say(f"\nThe demo is open:  {site}/")
        say(f"  What to look at   {site}/demo/")
        say(f"  Mails it sent     {site}/demo/mail/")
        say(f"  API               {site}/api/v1/docs")
        found = simulators.find()
        if found is not None:
            say(f"  Gateways' control {found.control_url}")
        say(f"  Operators         http://localhost:{self.port + 1}/ops/")
        _say_table("Logins", login_lines(seeded))
        _say_table("API keys, shown once", key_lines(seeded))
        say(
            f"\nLogs are in {var_dir() / 'log'}. Ctrl-C ends the demo and keeps its data; `make demo-reset` drops it."
        )
        return True


def stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM or a closed terminal sets."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, tell)
    return stop


def _say_table(title: str, lines: Sequence[str]) -> None:
    if lines:
        say("\n".join([f"\n{title}:", *lines]))


def _has_tables() -> bool:
    """Return whether the database was migrated before, to this version or to another one."""
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as raw, raw.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        return bool((cursor.fetchone() or (False,))[0])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback, by our own hand
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
