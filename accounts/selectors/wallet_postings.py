"""What single postings brought tenants' wallets. Called by the proof of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from collections.abc import Sequence

_BROUGHT: Final = """
SELECT e.posting_id, e.tenant_id, sum(e.amount_minor)::bigint
  FROM accounts_entry e JOIN accounts_wallet w ON w.provider_id = e.provider_id AND w.id = e.account_id
 WHERE e.provider_id = %(provider)s AND e.posting_id = ANY(%(postings)s)
 GROUP BY 1, 2
"""


def brought_by(provider_id: int, posting_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return what postings brought the wallets of tenants, minor units, by posting and tenant; negative took.

    Args:
        provider_id: whose; its scope is open.
        posting_ids: which; one that touches no wallet is not in the answer.
    """
    rows = fetch_all(_BROUGHT, {"provider": provider_id, "postings": list(posting_ids)})
    return {(posting_id, tenant_id): amount for posting_id, tenant_id, amount in rows}
