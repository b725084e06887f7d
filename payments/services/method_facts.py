"""What is kept of a gateway's method, cut to the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from payments.gateways.values import SavedMethod


def method_facts(found: SavedMethod) -> dict[str, Any]:
    """Return the columns that say what a method is.

    Args:
        found: as the gateway has it.
    """
    year, month = found.expires or (None, None)
    return {
        "kind": str(found.kind),
        "brand": found.brand[:32],
        "last4": found.last4[:4],
        "expires_year": year,
        "expires_month": month,
        "holder": found.holder[:200],
        "bank_name": found.bank_name[:200],
        "payer": found.payer[:254],
        "number": found.number[:128],
    }
