"""What the ledger says of tax, in a stretch of time and by posting. Called by who holds documents against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all

if TYPE_CHECKING:
    from collections.abc import Sequence
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
_EFFECTS: Final = """
SELECT p.id, p.kind, coalesce(sum(e.amount_minor) FILTER (WHERE a.kind = %(kind)s), 0)::bigint,
       coalesce(sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0), 0)::bigint,
       coalesce(sum(e.amount_minor) FILTER (WHERE a.tenant_id > 0), 0)::bigint
  FROM accounts_posting p
  JOIN accounts_proof f ON f.provider_id = p.provider_id AND f.posting_id = p.id
  JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE p.provider_id = %(provider)s AND p.id = ANY(%(postings)s)
 GROUP BY p.id, p.kind
"""


@dataclass(frozen=True, slots=True)
class PostingEffect:
    """What a posting moved, minor units.

    Attributes:
        kind: of PostingKind.
        tax: by how much tax payable grew.
        moved: the sum of its entries on one side.
        given: by how much it left its client better off: more credit, or less owed.
    """

    kind: str
    tax: int
    moved: int
    given: int


def effects_of(provider_id: int, posting_ids: Sequence[int]) -> dict[int, PostingEffect]:
    """Return what postings moved, by posting, by one query; one that there is not is left out.

    Args:
        provider_id: whose; its scope is open.
        posting_ids: which.
    """
    values = {
        "provider": provider_id,
        "kind": AccountKind.TAX_PAYABLE,
        "postings": list(posting_ids),
    }
    return {
        number: PostingEffect(kind, tax, moved, given)
        for number, kind, tax, moved, given in fetch_all(_EFFECTS, values)
    }


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
