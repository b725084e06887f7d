"""The lines of a posting, for parts that post their opposite. Called by payments."""

from __future__ import annotations

from typing import Final

from accounts.errors import PostingNotFound
from accounts.types import Line
from billing_platform.kernel.rows import fetch_all

_LINES: Final = """
SELECT a.kind, e.amount_minor, e.tenant_id
  FROM accounts_proof f
  JOIN accounts_entry e ON e.provider_id = f.provider_id AND e.posting_id = f.posting_id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE f.provider_id = %s AND f.posting_id = %s ORDER BY e.id
"""


def lines_of(provider_id: int, posting_id: int) -> tuple[Line, ...]:
    """Return what a posting moved, in the order of its entries; the periods of charges are left out.

    Args:
        provider_id: whose; its scope is open.
        posting_id: which.

    Raises:
        PostingNotFound: the provider has no such posting.
    """
    rows = fetch_all(_LINES, [provider_id, posting_id])
    if not rows:
        raise PostingNotFound
    return tuple(
        Line(kind=kind, amount_minor=amount, tenant_id=tenant) for kind, amount, tenant in rows
    )
