"""Keep calls to this machine away from a proxy of the environment; for programs that talk to servers they start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

# Clients read one of the two, in small letters first.
NAMES: Final = ("no_proxy", "NO_PROXY")
HOSTS: Final = ("127.0.0.1", "localhost")


def spare_loopback(environ: MutableMapping[str, str]) -> None:
    """Let no proxy stand between this machine and itself; whatever else the environment spares stays spared.

    Args:
        environ: of a process, which its children inherit.

    Idempotency: a host is named once.
    """
    told = next((environ[name] for name in NAMES if environ.get(name)), "")
    known = [host.strip() for host in told.split(",") if host.strip()]
    spared = ",".join([*known, *(host for host in HOSTS if host not in known)])
    environ.update(dict.fromkeys(NAMES, spared))
