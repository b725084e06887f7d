"""What the ledger says of collected tax in a stretch of time. Called by who holds documents against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from datetime import datetime

_POSTED: Final = """
SELECT a.currency, sum(e.amount_minor)::bigint
  FROM accounts_account a
  JOIN accounts_entry e ON e.provider_id = a.provider_id AND e.account_id = a.id
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
 WHERE a.provider_id = %(provider)s AND a.tenant_id = 0 AND a.kind = %(kind)s
   AND p.effective_at >= %(since)s AND p.effective_at < %(until)s
 GROUP BY a.currency ORDER BY a.currency
"""


def tax_posted(provider_id: int, *, since: datetime, until: datetime) -> dict[str, Money]:
    """Return by how much tax payable has grown, per currency, by one query.

    Args:
        provider_id: whose; its scope is open.
        since: from when the postings count on.
        until: before when.
    """
    values = {
        "provider": provider_id,
        "kind": AccountKind.TAX_PAYABLE,
        "since": since,
        "until": until,
    }
    return {currency: Money(minor, currency) for currency, minor in fetch_all(_POSTED, values)}
