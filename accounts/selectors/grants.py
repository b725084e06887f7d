"""Grants as they stand: what was given, what is left, when it is gone. Called by promotions and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import PostingSelection

_GRANTS: Final = """
SELECT g.id, g.tenant_id, g.wallet_id, g.posting_id, g.granted, g.remaining, g.expires_at, g.granted_at,
       w.currency, p.kind, p.source_type, p.source_id
  FROM accounts_credit_grant g
  JOIN accounts_wallet w ON w.provider_id = g.provider_id AND w.id = g.wallet_id
  JOIN accounts_posting p ON p.provider_id = g.provider_id AND p.id = g.posting_id
 WHERE g.provider_id = %(provider)s AND
"""

_SUMS: Final = """
SELECT w.currency, sum(g.granted)::bigint AS granted, sum(g.remaining)::bigint AS remaining
  FROM ({selection}) s
  JOIN accounts_credit_grant g ON g.provider_id = %(postings_provider)s AND g.posting_id = s.posting_id
  JOIN accounts_wallet w ON w.provider_id = g.provider_id AND w.id = g.wallet_id
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class GrantView:
    """A grant.

    Attributes:
        posting_id: the posting that gave it.
        kind: the posting's, of PostingKind.
        source_type, source_id: what caused the posting.
        expires_at: the first moment at which it is gone, None for never.
    """

    id: int
    tenant_id: int
    wallet_id: int
    posting_id: int
    kind: str
    source_type: str
    source_id: str
    granted: Money
    left: Money
    granted_at: datetime
    expires_at: datetime | None


def grants_of_postings(provider_id: int, posting_ids: Sequence[int]) -> dict[int, GrantView]:
    """Return the grants that postings gave, by posting.

    Args:
        provider_id: whose; its scope is open.
        posting_ids: which; one that gave no grant is not in the answer.
    """
    rows = _rows("g.posting_id = ANY(%(postings)s)", provider_id, postings=list(posting_ids))
    return {row.posting_id: row for row in rows}


def grant_sums(provider_id: int, selection: PostingSelection) -> dict[str, tuple[int, int]]:
    """Return what postings granted and what is left of it, minor units, by currency; however many, by one query.

    Args:
        provider_id: whose; its scope is open.
        selection: which.
    """
    params = {**selection.params, "postings_provider": provider_id}
    rows = fetch_dicts(_SUMS.format(selection=selection.sql), params)
    return {row["currency"]: (row["granted"], row["remaining"]) for row in rows}


def live_grants(provider_id: int, tenant_id: int) -> list[GrantView]:
    """Return what a tenant has left of its grants, the earliest to expire first, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose wallets.
    """
    where = "g.tenant_id = %(tenant)s AND w.tenant_id = %(tenant)s AND g.remaining > 0"
    return _rows(where, provider_id, tenant=tenant_id)


def _rows(where: str, provider_id: int, **values: Any) -> list[GrantView]:
    sql = f"{_GRANTS} {where} ORDER BY g.expires_at, g.id"
    return [
        GrantView(
            id=row["id"],
            tenant_id=row["tenant_id"],
            wallet_id=row["wallet_id"],
            posting_id=row["posting_id"],
            kind=row["kind"],
            source_type=row["source_type"],
            source_id=row["source_id"],
            granted=Money(row["granted"], row["currency"]),
            left=Money(row["remaining"], row["currency"]),
            granted_at=row["granted_at"],
            expires_at=row["expires_at"],
        )
        for row in fetch_dicts(sql, {"provider": provider_id, **values})
    ]
