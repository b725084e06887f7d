"""Which gateways are installed, as a page offers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.errors import UnknownGateway
from payments.gateways.registry import gateway_kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.gateways.kinds import CredentialField


@dataclass(frozen=True, slots=True)
class GatewayView:
    """A gateway that connections can be made of."""

    code: str
    label: str
    fields: Sequence[CredentialField]


def installed_gateways() -> list[GatewayView]:
    """Return every installed gateway, by its name."""
    found = [GatewayView(kind.code, kind.label, kind.fields) for kind in gateway_kinds().values()]
    return sorted(found, key=lambda view: view.label)


def installed_gateway(code: str) -> GatewayView:
    """Return one.

    Args:
        code: its stable word.

    Raises:
        UnknownGateway: none has it.
    """
    for view in installed_gateways():
        if view.code == code:
            return view
    raise UnknownGateway
