"""Recompute the whole ledger and name what is wrong. Called by `verify_ledger`, nightly and by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.services.audit_sql import CHECKS, PROOFS, RENUMBERED
from billing_platform.kernel.rows import fetch_dicts, fetch_one

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True)
class Finding:
    """A row that is wrong.

    Attributes:
        table: the table without its prefix.
        row_id: the row's number; of a missing row, the number it had.
        what: one sentence.
    """

    provider_id: int
    table: str
    row_id: int
    what: str

    def __str__(self) -> str:
        return f"provider {self.provider_id}, {self.table} {self.row_id}: {self.what}"


@dataclass(frozen=True)
class AuditResult:
    """What an audit of a provider's books found: the first wrong row of each check, and how much was read."""

    findings: tuple[Finding, ...]
    postings: int
    entries: int


def verify(*, provider_id: int) -> AuditResult:
    """Recompute a provider's books: postings, entries, balances, rules, grants, roll-ups, seals.

    Args:
        provider_id: whose; its scope is open.

    Returns:
        The first wrong row of each check, the ledger's own rows first; none when all is right. Each check is one
        statement, so postings made meanwhile raise no false alarm.
    """
    findings = [_entry_finding(provider_id)]
    for check in CHECKS:
        row = fetch_dicts(check.sql, {"provider": provider_id})
        findings += [Finding(provider_id, check.table, found["id"], found["what"]) for found in row]
    counted = fetch_one(
        "SELECT (SELECT count(*) FROM accounts_posting WHERE provider_id = %s),"
        " (SELECT count(*) FROM accounts_entry WHERE provider_id = %s)",
        [provider_id, provider_id],
    )
    postings, entries = counted or (0, 0)
    return AuditResult(tuple(found for found in findings if found), postings, entries)


def _entry_finding(provider_id: int) -> Finding | None:
    rows = fetch_dicts(PROOFS, {"provider": provider_id})
    if not rows:
        return None
    (row,) = rows
    posting_id = row["posting_id"]
    entry_id = _changed_entry(provider_id, row)
    if entry_id is not None:
        return Finding(
            provider_id,
            "entry",
            entry_id,
            f"it was changed, added to or taken from posting {posting_id}",
        )
    if row["is_unproved"]:
        return Finding(provider_id, "posting", posting_id, "its entries were never proved")
    return Finding(
        provider_id, "posting", posting_id, "its proof or several of its entries were changed"
    )


def _changed_entry(provider_id: int, row: dict[str, Any]) -> int | None:
    """Return the one entry that explains the difference of the two sums, or None."""
    checksum: Decimal = row["checksum"]
    weighted: Decimal = row["weighted"]
    if checksum:
        entry_id, rest = divmod(int(weighted), int(checksum))
        return entry_id if rest == 0 and entry_id > 0 else None
    if not weighted:
        return None
    params = {"provider": provider_id, "posting": row["posting_id"], "weighted": weighted}
    found = fetch_dicts(RENUMBERED, params)
    return found[0]["id"] if len(found) == 1 else None
