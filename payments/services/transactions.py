"""Short transactions of services that call gateways; they refuse to run inside somebody else's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def own_transaction(provider_id: int) -> Iterator[None]:
    """Open a provider's scope in a transaction that is committed at the end of the block, whatever comes after.

    What was written before a gateway is called must stand when the process dies in the call.

    Args:
        provider_id: whose scope.

    Raises:
        RuntimeError: a transaction is open already, so the commit would be put off.
    """
    with provider_scope(provider_id, durable=True):
        yield
