"""What postings brought tenants' wallets. Called by the proof of documents and the figures of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.types import PostingSelection

_BROUGHT: Final = """
SELECT e.posting_id, e.tenant_id, sum(e.amount_minor)::bigint
  FROM accounts_proof f
  JOIN accounts_entry e ON e.provider_id = f.provider_id AND e.posting_id = f.posting_id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_wallet w ON w.provider_id = e.provider_id AND w.id = e.account_id
 WHERE f.provider_id = %(provider)s AND f.posting_id = ANY(%(postings)s)
 GROUP BY 1, 2
"""
_SUMS: Final = """
SELECT w.currency, sum(e.amount_minor)::bigint
  FROM ({selection}) s
  JOIN accounts_proof f ON f.provider_id = %(postings_provider)s AND f.posting_id = s.posting_id
  JOIN accounts_entry e ON e.provider_id = f.provider_id AND e.posting_id = f.posting_id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_wallet w ON w.provider_id = e.provider_id AND w.id = e.account_id
 GROUP BY 1
"""


def brought_by(provider_id: int, posting_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return what postings brought the wallets of tenants, minor units, by posting and tenant; negative took.

    Args:
        provider_id: whose; its scope is open.
        posting_ids: which; one that touches no wallet is not in the answer.
    """
    rows = fetch_all(_BROUGHT, {"provider": provider_id, "postings": list(posting_ids)})
    return {(posting_id, tenant_id): amount for posting_id, tenant_id, amount in rows}


def wallet_sums(provider_id: int, selection: PostingSelection) -> dict[str, int]:
    """Return what postings brought wallets, minor units, by currency; negative took. However many, by one query.

    Args:
        provider_id: whose; its scope is open.
        selection: which.
    """
    params = {**selection.params, "postings_provider": provider_id}
    return dict(fetch_all(_SUMS.format(selection=selection.sql), params))
