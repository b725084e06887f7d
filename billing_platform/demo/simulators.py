"""The gateways' simulators beside the demo, or beside one command: started, found again, and told of to others."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from billing_platform.demo.children import Child, Program, stop_all
from billing_platform.embedded import var_dir
from billing_platform.embedded.locks import FileLock
from billing_platform.kernel.loopback import spare_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# They ask gateways, so beside the demo's data they need its simulators.
COMMANDS: Final = frozenset({"poll_payments", "replay_webhook", "reconcile"})
# What some endpoints have besides an address, and the field in which a simulator says it.
ABOUT: Final = {"trust_root": "pem", "script_url": "url"}
READY_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.05
ANSWER_SECONDS: Final = 10


class SimulatorsFailed(Exception):
    """They did not come up; the message holds the end of their log."""


@dataclass(frozen=True, slots=True)
class Simulators:
    """A running server of simulators.

    Attributes:
        url: where it answers; each gateway lies beneath its code.
        control_url: where it is steered; a secret of this run is part of it.
        pid: its process.
    """

    url: str
    control_url: str
    pid: int

    def environ(self) -> dict[str, str]:
        """Return the settings of processes that call gateways: that they are simulated, and where each answers."""
        endpoints = {}
        for code in self.ask("credentials"):
            endpoints[code] = {"url": f"{self.url}/{code}", "desk": f"{self.control_url}/desk"}
            for name, field in ABOUT.items():
                try:
                    endpoints[code][name] = self.ask(f"{code}/{name}", {})[field]
                except urllib.error.HTTPError:
                    continue  # it signs without certificates, or has no script for browsers
        return {"GATEWAY_SIMULATORS": "true", "GATEWAY_ENDPOINTS": json.dumps(endpoints)}

    def ask(self, path: str, details: dict[str, Any] | None = None) -> Any:
        """Ask a control endpoint.

        Args:
            path: behind the control address.
            details: of what is to be done; without them something is looked at.

        Raises:
            OSError: nobody answers, or the endpoint refuses.
        """
        body = None if details is None else json.dumps(details).encode()
        url = f"{self.control_url}/{path}"
        with urllib.request.urlopen(url, body, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - loopback
            return json.load(answer)


def state_folder() -> Path:
    """Return where the simulators keep what survives a restart."""
    return var_dir() / "simulators"


def program(port: int) -> Program:
    """Return the program that serves them.

    Args:
        port: on loopback.
    """
    command = [sys.executable, "-m", "gateway_simulators", "--port", str(port)]
    return Program("simulators", [*command, "--state", str(state_folder())], {})


def find() -> Simulators | None:
    """Return the server that runs on the state of this installation, or None."""
    found = _last()
    if found is None:
        return None
    try:
        found.ask("clock")
    except OSError:
        return None
    return found


def wait_ready(child: Child) -> Simulators:
    """Wait until a server that was started answers.

    Args:
        child: the started program.

    Raises:
        SimulatorsFailed: it ended or takes too long.
    """
    deadline = time.monotonic() + READY_SECONDS
    while child.is_running() and time.monotonic() < deadline:
        found = find()
        if found is not None and found.pid == child.pid:
            return found
        time.sleep(POLL_SECONDS)
    raise SimulatorsFailed(f"The gateways' simulators did not come up:\n{child.last_words()}")


@contextmanager
def beside(command: str) -> Iterator[None]:
    """Let a command that asks gateways reach the demo's simulators: those that run, else its own for its lifetime.

    Where the environment speaks of simulators, or the demo never ran, nothing is done.

    Args:
        command: name of the management command; the others need none.

    Raises:
        SimulatorsFailed: they do not come up.
    """
    last = _last()
    is_dev = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".dev")
    is_told = "GATEWAY_SIMULATORS" in os.environ
    if command not in COMMANDS or last is None or is_told or not is_dev:
        yield
        return
    spare_loopback(os.environ)
    # One server at a time works on the state: a second command waits for the first.
    with FileLock(state_folder() / "lock"):
        running = find()
        children = [] if running else [_start(urlsplit(last.url).port or 0)]
        try:
            os.environ.update((running or wait_ready(children[0])).environ())
            yield
        finally:
            stop_all(children)


def _start(port: int) -> Child:
    # The port of before: open payments hold addresses of their pages.
    logs = var_dir() / "log"
    logs.mkdir(exist_ok=True)
    return Child(program(port), logs / "simulators.log", {})


def _last() -> Simulators | None:
    try:
        row = json.loads((state_folder() / "server.json").read_text(encoding="utf-8"))
        return Simulators(url=row["url"], control_url=row["control_url"], pid=row["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
