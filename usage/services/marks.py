"""Say whose totals a transaction changed, so that the hourly job reads just those. Called by all that writes totals.

A mark is only ever inserted, never updated: nothing waits for it, and no change is lost, for a run reads every mark
whose transaction it has not yet seen to the end (see `usage.services.chunks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute

if TYPE_CHECKING:
    from collections.abc import Iterable

BUCKET_BITS: Final = 10
_MARK: Final = f"""
    INSERT INTO usage_mark (provider_id, bucket, tenant_ids)
    SELECT %s, t.id >> {BUCKET_BITS}, array_agg(DISTINCT t.id) FROM unnest(%s::bigint[]) AS t (id) GROUP BY 2
"""
_FORGET: Final = """
    DELETE FROM usage_mark m
     WHERE m.provider_id = %(provider)s
       AND m.xid < (SELECT min(c.seen_xid) FROM usage_charge_chunk c WHERE c.provider_id = %(provider)s)
"""


def mark_tenants(*, provider_id: int, tenant_ids: Iterable[int]) -> None:
    """Note that this transaction changed totals of tenants.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: any number of them.

    Idempotency: a mark too many costs a look, nothing else.
    """
    ids = sorted(set(tenant_ids))
    if ids:
        execute(_MARK, [provider_id, ids])


def forget_marks(*, provider_id: int) -> int:
    """Delete the marks that every chunk has read.

    Args:
        provider_id: whose; its scope is open.

    Returns:
        How many marks went.

    Idempotency: by state.
    """
    return execute(_FORGET, {"provider": provider_id})
