"""What an attempt is paid with: copied from the gateway's object, or from a saved method before it is charged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from payments.gateways.methods import MethodKind, PaidWith
from payments.models import Method

if TYPE_CHECKING:
    from payments.models import Attempt

COLUMNS: Final = ("paid_kind", "paid_brand", "paid_last4", "paid_name")


def note_paid_with(row: Attempt, used: PaidWith | None) -> None:
    """Write down what an attempt is paid with; what is known is not forgotten.

    Args:
        row: the attempt, not saved here.
        used: as the gateway says, or None when it does not.
    """
    if used is None:
        return
    row.paid_kind, row.paid_brand = str(used.kind), used.brand[:32]
    row.paid_last4, row.paid_name = used.last4[:4], used.name[:254]


def paid_with_method(provider_id: int, connection_id: int, method_id: str) -> PaidWith | None:
    """Return what a charge of a saved method is paid with; None when it is not known here.

    Args:
        provider_id: whose; its scope is open.
        connection_id: of the method.
        method_id: the gateway's id.
    """
    row = Method.objects.filter(
        provider_id=provider_id, connection_id=connection_id, method_id=method_id
    ).first()
    if row is None:
        return None
    name = row.bank_name or row.payer
    return PaidWith(MethodKind(row.kind), row.brand, row.last4, name)
