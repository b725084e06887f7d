"""What the demo says on the terminal: each step with its time, then where to go and how to log in."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOGIN_COLUMNS = ("role", "url", "email", "password")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(name: str) -> Iterator[None]:
    """Show that a step began and how long it took."""
    began = time.monotonic()
    sys.stdout.write(f"  {name:<34}")
    sys.stdout.flush()
    yield
    say(f"{time.monotonic() - began:5.1f} s")


def key_lines(seeded: Any) -> Sequence[str]:
    """Return the API keys that `seed_demo --json` told of, by provider; it knows them the first time only.

    Args:
        seeded: what the command printed, parsed.
    """
    keys = seeded.get("api_keys", {}) if isinstance(seeded, dict) else {}
    return [f"  {provider}  {key}" for provider, key in keys.items()]


def login_lines(seeded: Any) -> Sequence[str]:
    """Return a table of the logins that `seed_demo --json` told of, under its key `logins`; nothing without one.

    Args:
        seeded: what the command printed, parsed; each login has role, url, email and password.
    """
    logins = seeded.get("logins", []) if isinstance(seeded, dict) else []
    rows = [[str(login.get(column, "")) for column in LOGIN_COLUMNS] for login in logins]
    if not rows:
        return ()
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
