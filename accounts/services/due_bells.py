"""Tell upper parts that wallets were charged. Called by usage at the end of a run."""

from __future__ import annotations

from accounts.events import DuesPosted
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.scope import provider_scope


def ring_dues(*, provider_id: int) -> None:
    """Say that a run has charged wallets of a provider; who waits for a lower balance looks at once.

    Args:
        provider_id: whose; no transaction needs to be open.

    Idempotency: it is only heard; whoever does not hear it finds the same by its own schedule.
    """
    with provider_scope(provider_id):
        dispatcher.send(DuesPosted(provider_id=provider_id))
