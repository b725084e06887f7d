"""Whether a tenant has ever paid in. Called by promotions."""

from __future__ import annotations

from typing import Final

from accounts.enums import PostingKind
from billing_platform.kernel.rows import fetch_one

PAID_IN: Final = (PostingKind.TOP_UP, PostingKind.PAYMENT)

_ANY: Final = """
SELECT EXISTS (SELECT 1 FROM accounts_posting WHERE provider_id = %s AND tenant_id = %s AND kind = ANY(%s))
"""


def has_topped_up(provider_id: int, tenant_id: int) -> bool:
    """Return whether money of a tenant ever came in, also when it was given back later.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose money.
    """
    row = fetch_one(_ANY, [provider_id, tenant_id, [str(kind) for kind in PAID_IN]])
    return bool(row and row[0])
