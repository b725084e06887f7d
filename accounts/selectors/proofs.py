"""Read the last proof of a provider's ledger, as both portals show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.rows import fetch_one

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True)
class ProofView:
    """The newest seal: the ledger up to the end of `day` is proved.

    Attributes:
        seal_hash: SHA-256 in hexadecimal; publish it to make later changes provable to others.
    """

    number: int
    day: date
    sealed_at: datetime
    postings: int
    entries: int
    seal_hash: str


def last_proof(provider_id: int) -> ProofView | None:
    """Return the newest seal, or None before the first day is closed.

    Args:
        provider_id: whose; its scope is open (a tenant's does not show it).
    """
    row = fetch_one(
        "SELECT number, day, sealed_at, postings, entries, encode(seal_hash, 'hex') FROM accounts_seal"
        " WHERE provider_id = %s ORDER BY number DESC LIMIT 1",
        [provider_id],
    )
    return ProofView(*row) if row else None
