"""django-hordak in an environment and a schema of its own, kept at work by lines over a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from billing_platform.benchmarks.errors import BenchmarkError
from billing_platform.benchmarks.scratch import owner_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg2 import extensions

# Outside of the product's lock files: nothing of the product runs on them.
PACKAGES = ("django-hordak==2.0.0", "django==5.2.*", "psycopg2-binary")
PROGRAM = Path(__file__).parent / "hordak_transfers.py"


class RivalError(BenchmarkError):
    """The other ledger cannot be installed or gave no answer."""


class Hordak:
    """A running process of django-hordak."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers

    def open_accounts(self, count: int) -> None:
        """Make a bank and so many customers."""
        self._ask({"accounts": count})

    def transfer(self, places: Sequence[int]) -> float:
        """Credit these customers in turn, a transaction each, and return the seconds that it took."""
        return float(self._ask({"transfers": list(places)})["seconds"])

    def balances_minor(self) -> list[int]:
        """Return the customers' balances in minor units."""
        return [int(balance) for balance in self._ask({"balances": True})["balances"]]

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        self._requests.write(json.dumps(request) + "\n")
        self._requests.flush()
        line = self._answers.readline()
        if not line:
            raise RivalError("django-hordak ended without an answer; its message stands above.")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def hordak(database: str, owner: extensions.cursor) -> Iterator[Hordak]:
    """Run django-hordak over the schema `hordak` of a scratch database, and end it.

    Args:
        database: the scratch database.
        owner: a cursor of its owner.

    Raises:
        RivalError: it cannot be installed.
    """
    python = _environment()
    owner.execute("CREATE SCHEMA hordak")
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own words)
        [str(python), str(PROGRAM)],
        env={**_clean_environment(), "HORDAK_DSN": json.dumps(_dsn(database))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise RivalError("django-hordak has no pipes to talk through.")
        yield Hordak(process.stdin, process.stdout)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment() -> Path:
    """Return the interpreter of an environment that has the packages; it is made once."""
    folder = Path(settings.VAR_DIR) / "bench-hordak"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "-qq", *PACKAGES]
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode:  # noqa: S603
            raise RivalError(
                "django-hordak cannot be installed; a network is needed the first time."
            )
        ready.write_text("\n".join(PACKAGES), encoding="utf-8")
    return python


def _clean_environment() -> dict[str, str]:
    taken = ("DJANGO_SETTINGS_MODULE", "PYTHONPATH")
    return {name: value for name, value in os.environ.items() if name not in taken}


def _dsn(database: str) -> dict[str, str]:
    parts = urlsplit(owner_url(database))
    found = {
        "NAME": database,
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": str(parts.port or ""),
    }
    return {name: value or "" for name, value in found.items()}
