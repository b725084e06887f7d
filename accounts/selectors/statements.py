"""Read an account's statement: entries with their running balance, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PAGE_ROWS: Final = 50

_LINES: Final = """
SELECT e.id AS entry_id, e.posting_id, p.kind, p.currency, p.effective_at, p.recorded_at, e.amount_minor,
       e.balance_after_minor, e.period_id, d.starts AS period_starts, d.ends AS period_ends, p.hours_from, p.hours_to,
       p.source_type, p.source_id, p.reverses_id, coalesce(r.text, '') AS reason
  FROM accounts_entry e
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
  LEFT JOIN accounts_period d ON d.provider_id = e.provider_id AND d.id = e.period_id
  LEFT JOIN accounts_reason r ON r.provider_id = p.provider_id AND r.id = p.reason_id
 WHERE e.provider_id = %(provider)s AND e.account_id = %(account)s
"""


@dataclass(frozen=True)
class StatementLine:
    """One entry of an account.

    Attributes:
        kind: a PostingKind.
        amount_minor: + in the account's favour.
        balance_after_minor: the account's balance after it; None on the provider's accounts.
        hours_from, hours_to: the usage hours of a charge.
        reason: a person's words, or empty.
    """

    entry_id: int
    posting_id: int
    kind: str
    currency: str
    effective_at: datetime
    recorded_at: datetime
    amount_minor: int
    balance_after_minor: int | None
    period_id: int | None
    period_starts: datetime | None
    period_ends: datetime | None
    hours_from: datetime | None
    hours_to: datetime | None
    source_type: str
    source_id: str
    reverses_id: int | None
    reason: str


@dataclass(frozen=True)
class StatementPage:
    """Some lines, newest first, and the entry before which the next page begins (None on the last)."""

    lines: tuple[StatementLine, ...]
    next_before: int | None


def statement(
    provider_id: int,
    account_id: int,
    *,
    before: int | None = None,
    kinds: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = PAGE_ROWS,
) -> StatementPage:
    """Return a page of an account's statement.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        account_id: a wallet or another account.
        before: the entry id at which the page before ended; None for the newest.
        kinds: PostingKinds to show; empty for all. Balances stay those of the whole account.
        since: the first effective moment shown.
        until: the moment behind the last one shown.
        limit: lines per page, 1 or more.

    Returns:
        The page; stepping by entry id, so that new entries never shift or repeat a line.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "account": account_id,
        "before": before,
        "kinds": [str(kind) for kind in kinds],
        "since": since,
        "until": until,
        "limit": limit + 1,
    }
    conditions = [
        condition
        for condition, is_asked in (
            ("e.id < %(before)s", before is not None),
            ("p.kind = ANY(%(kinds)s)", bool(kinds)),
            ("p.effective_at >= %(since)s", since is not None),
            ("p.effective_at < %(until)s", until is not None),
        )
        if is_asked
    ]
    sql = " AND ".join([_LINES, *conditions]) + " ORDER BY e.id DESC LIMIT %(limit)s"
    lines = tuple(StatementLine(**row) for row in fetch_dicts(sql, params))
    has_more = len(lines) > limit
    return StatementPage(lines[:limit], lines[limit - 1].entry_id if has_more else None)
