"""The lock between taking events in and rebuilding totals: batches share it, whoever rewrites totals holds it alone."""

from __future__ import annotations

from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute

_KEY = "hashtextextended('usage.ingest:' || %s::bigint, 0)"


def share_ingest_lock(provider_id: int) -> None:
    """Let other batches run beside this one, but no rebuild, until the end of the transaction.

    Taken before any row lock.

    Args:
        provider_id: whose totals the batch adds to.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    execute(f"SELECT pg_advisory_xact_lock_shared({_KEY})", [provider_id])


def hold_ingest_lock(provider_id: int) -> None:
    """Wait for running batches to end and keep new ones out until the end of the transaction.

    Taken before any row lock, by whoever changes segments in the past, rebuilds totals or archives periods.

    Args:
        provider_id: whose totals are rewritten.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    execute(f"SELECT pg_advisory_xact_lock({_KEY})", [provider_id])
