"""Postings by their keys, for parts that know under which keys they posted. Called by their selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all, fetch_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_BY_KEY: Final = """
SELECT p.id, p.kind, p.recorded_at, p.currency,
       coalesce(sum(e.amount_minor) FILTER (WHERE a.kind = %(wallet)s), 0)::bigint
  FROM accounts_posting p
  LEFT JOIN accounts_proof f ON f.provider_id = p.provider_id AND f.posting_id = p.id
  LEFT JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id
                            AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  LEFT JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE p.provider_id = %(provider)s AND p.idempotency_key = ANY(%(keys)s)
 GROUP BY p.id ORDER BY p.id
"""
_MOVED: Final = """
SELECT coalesce(sum(e.amount_minor), 0)::bigint
  FROM accounts_posting p
  JOIN accounts_proof f ON f.provider_id = p.provider_id AND f.posting_id = p.id
  JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE p.provider_id = %(provider)s AND p.idempotency_key = ANY(%(keys)s) AND a.kind = %(kind)s
"""


@dataclass(frozen=True, slots=True)
class KeyedPosting:
    """A posting that was asked for by its key.

    Attributes:
        kind: of PostingKind.
        wallet: what it did to wallets, zero when it touched none.
    """

    id: int
    kind: str
    at: datetime
    wallet: Money


def moved_by_keys(provider_id: int, keys: Sequence[str], kind: AccountKind) -> int:
    """Return what the postings with these keys did to accounts of a kind, minor units, by one query.

    Args:
        provider_id: whose; its scope is open.
        keys: of postings in one currency; unknown ones are left out.
        kind: of the accounts.
    """
    found = fetch_one(_MOVED, {"provider": provider_id, "keys": list(keys), "kind": kind.value})
    return int(found[0]) if found else 0


def postings_by_keys(provider_id: int, keys: Sequence[str]) -> list[KeyedPosting]:
    """Return the postings with these keys, oldest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        keys: as they were posted under; unknown ones are left out.
    """
    values = {"provider": provider_id, "keys": list(keys), "wallet": AccountKind.WALLET.value}
    return [
        KeyedPosting(number, kind, at, Money(minor, currency))
        for number, kind, at, currency, minor in fetch_all(_BY_KEY, values)
    ]
