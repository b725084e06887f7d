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
       p.source_type, p.source_id, p.reverses_id, o.kind AS reverses_kind, coalesce(r.text, '') AS reason
  FROM accounts_entry e
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
  LEFT JOIN accounts_posting o ON o.provider_id = p.provider_id AND o.id = p.reverses_id
  LEFT JOIN accounts_period d ON d.provider_id = e.provider_id AND d.id = e.period_id
  LEFT JOIN accounts_reason r ON r.provider_id = p.provider_id AND r.id = p.reason_id
 WHERE e.provider_id = %(provider)s AND e.account_id = %(account)s
"""
_TOTALS: Final = """
SELECT count(*) AS count, coalesce(sum(e.amount_minor) FILTER (WHERE e.amount_minor > 0), 0)::bigint AS credit_minor,
       coalesce(sum(e.amount_minor) FILTER (WHERE e.amount_minor < 0), 0)::bigint AS debit_minor
  FROM accounts_entry e
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
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
        reverses_id, reverses_kind: the posting that it takes back, and its kind; None when it is no reversal.
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
    reverses_kind: str | None
    reason: str


@dataclass(frozen=True)
class StatementPage:
    """Some lines, and the entry behind which the next page begins (None on the last)."""

    lines: tuple[StatementLine, ...]
    next_before: int | None


@dataclass(frozen=True)
class StatementTotals:
    """What some lines come to, in minor units: `credit_minor` is 0 or more, `debit_minor` 0 or less."""

    count: int
    credit_minor: int
    debit_minor: int


@dataclass(frozen=True, kw_only=True)
class StatementQuery:
    """Which lines are asked for; balances stay those of the whole account.

    Attributes:
        kinds: PostingKinds; empty for all.
        since: the first effective moment.
        until: the moment behind the last one.
        sign: 1 for what raised the balance, -1 for what lowered it, 0 for both.
        oldest_first: the newest come first unless it says so.
    """

    kinds: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    sign: int = 0
    oldest_first: bool = False


def statement(
    provider_id: int,
    account_id: int,
    *,
    before: int | None = None,
    kinds: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    sign: int = 0,
    oldest_first: bool = False,
    limit: int = PAGE_ROWS,
) -> StatementPage:
    """Return a page of an account's statement.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        account_id: a wallet or another account.
        before: the entry id at which the page before ended; None for the first page.
        kinds: PostingKinds to show; empty for all. Balances stay those of the whole account.
        since: the first effective moment shown.
        until: the moment behind the last one shown.
        sign: 1 for what raised the balance, -1 for what lowered it, 0 for both.
        oldest_first: the newest come first unless it says so.
        limit: lines per page, 1 or more.

    Returns:
        The page; stepping by entry id, so that new entries never shift or repeat a line.
    """
    wanted = StatementQuery(
        kinds=kinds, since=since, until=until, sign=sign, oldest_first=oldest_first
    )
    where, params = _where(provider_id, account_id, wanted)
    params["limit"] = limit + 1
    behind, order = (">", "ASC") if wanted.oldest_first else ("<", "DESC")
    if before is not None:
        where += f" AND e.id {behind} %(before)s"
        params["before"] = before
    sql = f"{_LINES}{where} ORDER BY e.id {order} LIMIT %(limit)s"
    lines = tuple(StatementLine(**row) for row in fetch_dicts(sql, params))
    has_more = len(lines) > limit
    return StatementPage(lines[:limit], lines[limit - 1].entry_id if has_more else None)


def statement_totals(provider_id: int, account_id: int, wanted: StatementQuery) -> StatementTotals:
    """Return what all lines of a statement come to, whatever the page.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        account_id: a wallet or another account.
        wanted: which lines.
    """
    where, params = _where(provider_id, account_id, wanted)
    (row,) = fetch_dicts(_TOTALS + where, params)
    return StatementTotals(**row)


def _where(provider_id: int, account_id: int, wanted: StatementQuery) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {
        "provider": provider_id,
        "account": account_id,
        "kinds": [str(kind) for kind in wanted.kinds],
        "since": wanted.since,
        "until": wanted.until,
        "sign": wanted.sign,
    }
    conditions = [
        condition
        for condition, is_asked in (
            ("p.kind = ANY(%(kinds)s)", bool(wanted.kinds)),
            ("p.effective_at >= %(since)s", wanted.since is not None),
            ("p.effective_at < %(until)s", wanted.until is not None),
            ("sign(e.amount_minor) = %(sign)s", wanted.sign != 0),
        )
        if is_asked
    ]
    return "".join(f" AND {condition}" for condition in conditions), params
