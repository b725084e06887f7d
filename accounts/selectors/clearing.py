"""What the ledger says that gateways hold: the entries of gateway clearing, with what each posting was made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from datetime import datetime

# A reversal counts for what it takes back.
_LINES: Final = """
SELECT p.id, p.kind, coalesce(r.source_type, p.source_type), coalesce(r.source_id, p.source_id), p.effective_at,
       a.currency, -sum(e.amount_minor)::bigint
  FROM accounts_account a
  JOIN accounts_entry e ON e.provider_id = a.provider_id AND e.account_id = a.id
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
  LEFT JOIN accounts_posting r ON r.provider_id = p.provider_id AND r.id = p.reverses_id
 WHERE a.provider_id = %(provider)s AND a.tenant_id = 0 AND a.kind = %(kind)s
   AND (%(since)s::timestamptz IS NULL OR p.effective_at >= %(since)s)
 GROUP BY p.id, p.kind, r.id, a.currency
 ORDER BY p.id
"""


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """What one posting moved at the gateways.

    Attributes:
        posting_id: the posting.
        kind: of PostingKind.
        source_type, source_id: what caused it; of a reversal, what caused the posting that it takes back.
        at: when it counts, UTC.
        amount: positive when the gateways hold more after it.
    """

    posting_id: int
    kind: str
    source_type: str
    source_id: str
    at: datetime
    amount: Money


def clearing_lines(provider_id: int, *, since: datetime | None = None) -> list[ClearingLine]:
    """Return what was posted on gateway clearing, oldest posting first, by one query.

    Args:
        provider_id: whose; its scope is open.
        since: from when it counts on; None for all.
    """
    values = {"provider": provider_id, "kind": AccountKind.GATEWAY_CLEARING, "since": since}
    return [
        ClearingLine(number, kind, source_type, source_id, at, Money(minor, currency))
        for number, kind, source_type, source_id, at, currency, minor in fetch_all(_LINES, values)
    ]
