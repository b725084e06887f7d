"""Whether VIES knows the number under which a provider asks. Called by the page of taxes."""

from __future__ import annotations

from tax.clients.vies import NO_REQUESTER
from tax.models import NumberCheck


def is_unknown_to_register(provider_id: int, number: str) -> bool:
    """Return whether the register said, when it was asked last, that it does not know who asks.

    Args:
        provider_id: who asks; its scope is open.
        number: of its own registration.
    """
    rows = NumberCheck.objects.filter(provider_id=provider_id, requester=number)
    return rows.order_by("-pk").values_list("fault", flat=True).first() == NO_REQUESTER
