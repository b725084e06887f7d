"""`python -m billing_platform.demo`: what `make demo` runs."""

from __future__ import annotations

import os
import signal
import sys

from billing_platform.demo.programs import common_environ
from billing_platform.demo.screen import say, step
from billing_platform.demo.supervisor import DEFAULT_PORT, Demo, DemoFailed, stop_on_signals
from billing_platform.embedded import EmbeddedError, Lease, acquire
from billing_platform.env_file import load_env_file
from billing_platform.kernel.loopback import spare_loopback


def main() -> int:
    """Run the demo until it is told to stop; return the exit status."""
    load_env_file()
    spare_loopback(os.environ)
    port = int(os.environ.get("PORT") or DEFAULT_PORT)
    say("Starting the demo:")
    try:
        lease = _database()
    except EmbeddedError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    try:
        Demo(port, common_environ(os.environ, port), stop_on_signals()).run(lease)
    except (DemoFailed, EmbeddedError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    finally:
        if lease is not None:
            lease.close(wait_for_users=False)
    return 0


def _database() -> Lease | None:
    """Start the embedded server, or join one that runs; None where `DATABASE_URL` names another one."""
    if os.environ.get("DATABASE_URL"):
        return None
    with step("Database server"):
        lease = acquire()
    os.environ["DATABASE_URL"] = lease.url
    return lease


if __name__ == "__main__":
    sys.exit(main())
