"""Whether a page that has to do with money at a gateway has to say that no real money moves."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.scope import provider_scope
from payments.selectors.connections import offered_connections

# How names of pages begin on which somebody pays, or looks at what was paid.
_PLACES: Final = (
    *("billing-pay", "billing-method", "billing-recharge", "recharge-link"),
    *("provider-payment", "provider-gateway", "provider-refund", "provider-dispute"),
)


def ways_in_test_mode(provider_id: int, page: str) -> list[str]:
    """Return the names of the ways to pay that are in test mode; none on pages that have nothing to do with them.

    Args:
        provider_id: whose; no scope of another provider is open.
        page: the name of the page's route.
    """
    if not page.startswith(_PLACES):
        return []
    with provider_scope(provider_id):
        return [way.label for way in offered_connections(provider_id) if not way.is_live]
