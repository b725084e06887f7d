"""A worker beside the browser tests: one process with Django for all that it is sent for, as a worker of Celery stays.

`python -m tests.browser.worker` reads scripts, a line each, and answers each by a line: what it said, what went wrong.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import traceback
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Self

import django
from django.conf import settings
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping


class Worker:
    """A process that runs scripts until it is ended, none beside another."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Start it.

        Args:
            environ: names its database and role.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.worker"],
            env=dict(environ),
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def work(self, script: str) -> str:
        """Run a script and return what it printed.

        Raises:
            RuntimeError: it failed; its traceback is the message.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(script) + "\n")
        self._process.stdin.flush()
        said, fault = json.loads(self._process.stdout.readline())
        if fault:
            raise RuntimeError(fault)
        return str(said)


def main() -> None:
    """Answer scripts until there are no more; between two of them no connection stays open."""
    django.setup()
    for line in sys.stdin:
        said, fault = io.StringIO(), ""
        try:
            with redirect_stdout(said):
                exec(json.loads(line), {})  # noqa: S102 (the tests' own)
        except Exception:  # Whatever it is, `work` raises it in the test that sent the script.
            fault = traceback.format_exc()
        connection.close()
        print(json.dumps([said.getvalue(), fault]), flush=True)


if __name__ == "__main__":
    main()
