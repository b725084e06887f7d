"""Drop what runs have left behind: database, broker, mails and documents; behind `make demo-reset`."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from billing_platform.embedded.errors import EmbeddedError
from billing_platform.embedded.locks import FileLock
from billing_platform.embedded.pidfile import running_pid
from billing_platform.embedded.places import forget, locate, var_dir
from billing_platform.embedded.server import Lease, acquire

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDERS = ("broker", "mail", "media", "simulators", "uploads")
# Beat's file has the endings of whichever database library Python was built with.
FILES = ("postgres.log", "celerybeat-schedule*", "seeded.json", "live-usage.json", "gateway-keys")


class StillRunning(EmbeddedError):
    """Something still uses what is to be dropped."""


def reset(environ: Mapping[str, str] = os.environ) -> str:
    """Remove the data of the demo, wherever it lies.

    Args:
        environ: `VAR_DIR` names the folder.

    Returns:
        A sentence that says what was removed.

    Raises:
        StillRunning: the demo or a command still runs; nothing is removed.

    Idempotency: a second call finds nothing and says the same.
    """
    var = var_dir(environ)
    places = locate(var)
    _stop_orphan(environ)
    with FileLock(var / "postgres.lock"):
        if running_pid(places) is not None:
            raise StillRunning(
                "The demo or another command is running. Stop it first (Ctrl-C in its window)."
            )
        forget(places)
        for name in FOLDERS:
            shutil.rmtree(var / name, ignore_errors=True)
        for pattern in FILES:
            for file in var.glob(pattern):
                file.unlink(missing_ok=True)
    return f"The demo's data in {places.root} is gone; `make demo` starts with new data."


def _stop_orphan(environ: Mapping[str, str]) -> None:
    """Stop a server whose starter was killed; one that is owned is left alone."""
    lease = Lease(locate(var_dir(environ)), "")
    if (
        running_pid(lease.places) is not None
        and FileLock(lease.places.var / "postgres.owner").try_take()
    ):
        acquire(environ).close()
