"""`python -m billing_platform.embedded`: run the server, run a command beside it, print its URL, or drop its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from billing_platform.embedded.command import database
from billing_platform.embedded.errors import EmbeddedError
from billing_platform.embedded.places import owner_url
from billing_platform.embedded.reset import reset

USAGE = "usage: python -m billing_platform.embedded run | exec COMMAND [ARGUMENT ...] | url | reset"


def main(arguments: list[str]) -> int:
    """Carry out one command line; return the exit status."""
    try:
        return _dispatch(arguments)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _dispatch(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            return _run()
        case ["exec", *command] if command:
            with database():
                return subprocess.run(command, check=False, env=os.environ).returncode
        case ["url"]:
            sys.stdout.write(f"{owner_url()}\n")
            return 0
        case ["reset"]:
            sys.stderr.write(f"{reset()}\n")
            return 0
    sys.stderr.write(f"{USAGE}\n")
    return 2


def _run() -> int:
    with database() as lease:
        sys.stdout.write(f"{os.environ['DATABASE_URL']}\n")
        sys.stdout.flush()
        while lease is None or lease.is_running():
            signal.sigtimedwait([], 1)
    sys.stderr.write("The server has ended.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
