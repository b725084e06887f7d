"""The scope in which the kernel writes and reads its own rows of one provider (outbox, counters, runs, keys)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.scope import current_scope, provider_scope

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rows of the platform itself carry this provider id; this tenant id marks rows that are the provider's own.
PLATFORM: Final = 0
NO_TENANT: Final = 0


class ForeignProviderError(RuntimeError):
    """Code in one provider's scope asked for another provider's rows: a mistake in the program."""


@contextmanager
def kernel_rows_of(provider_id: int) -> Iterator[None]:
    """Open the provider's scope for a few statements, also from inside the scope of one of its tenants.

    Args:
        provider_id: the provider, or `PLATFORM`.

    Raises:
        ForeignProviderError: the scope that is open belongs to another provider.
    """
    scope = current_scope()
    if scope is not None and scope.provider_id not in {None, provider_id}:
        raise ForeignProviderError(
            f"Provider {scope.provider_id}'s scope cannot reach provider {provider_id}."
        )
    with provider_scope(provider_id):
        yield
