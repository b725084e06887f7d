"""Another process that rings for Celery's workers, as beat and the web do: it starts once for all of a test's bells."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from billing_platform.embedded.places import PROJECT_DIR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# As many bells as each line that comes in says.
_RING = """
import json, sys
from billing_platform.celery import app
for line in sys.stdin:
    for _ in range(int(line)):
        app.send_task(sys.argv[1], kwargs=json.loads(sys.argv[2]))
    print(flush=True)
"""


@contextmanager
def ringer(environ: dict[str, str], task: str, **arguments: Any) -> Iterator[Callable[[int], None]]:
    """Yield what rings so many times for a task, and has rung when the call is over."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RING, task, json.dumps(arguments)],
        cwd=PROJECT_DIR,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ring(times: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{times}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "\n"

    try:
        yield ring
    finally:
        process.communicate(timeout=30)
