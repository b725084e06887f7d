"""Which gateways there are: the folders beside this file, and what other packages add by an entry point."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

import payments.gateways

if TYPE_CHECKING:
    from payments.gateways.kinds import GatewayKind

GROUP: Final = "billing_platform.gateways"


class DuplicateGatewayError(RuntimeError):
    """Two packages bring a gateway of one code; the installation has to choose."""


@cache
def gateway_kinds() -> dict[str, GatewayKind]:
    """Return every installed gateway by its code: our own by name, then those of other packages.

    Raises:
        DuplicateGatewayError: a code is taken twice.
        TypeError: an entry point is no `GatewayKind`.
    """
    found: dict[str, GatewayKind] = {}
    for kind in (*_own(), *_foreign()):
        if kind.code in found:
            raise DuplicateGatewayError(f"Two gateways call themselves {kind.code}.")
        found[kind.code] = kind
    return found


def _own() -> list[GatewayKind]:
    folders = sorted(
        f"{payments.gateways.__name__}.{module.name}.kind"
        for module in iter_modules(payments.gateways.__path__)
        if module.ispkg
    )
    return [import_module(name).KIND for name in folders if find_spec(name) is not None]


def _foreign() -> list[GatewayKind]:
    return [entry.load() for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name)]
