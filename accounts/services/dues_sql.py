"""The statement that charges many wallets at once: one posting per currency, in one round trip."""

from __future__ import annotations

from typing import Final

from accounts.services.wallet_sql import MARK, OUTCOME, STATE_COLUMNS, change_ctes, state_sets

_RANGE: Final = "w.provider_id = %(dues_provider)s AND w.tenant_id >= %(dues_from)s AND w.tenant_id < %(dues_to)s"

# Beyond that is no sum that a period can come to: it becomes NULL and differs from nothing, so that one tenant's absurd
# figure does not keep thousands of others from being charged.
_DUE: Final = """
    SELECT s.period_id, CASE WHEN s.due BETWEEN -1000000000000000 AND 1000000000000000 THEN s.due::bigint END AS due
      FROM ({selection}) s"""
# Only the difference is posted: what is due so far less what was posted so far. What differs stands in a CASE so that
# the join stays a full one, which is hashed or merged whatever the planner believes: with the statistics of a table
# that was just filled it would compare each wallet with each row of `q`, 15 s instead of 10 ms for a chunk.
_DIFFERENCE_NOW: Final = f"""
    SELECT w.id, w.period_id, q.due - w.period_posted AS delta
      FROM (SELECT w.id, w.period_id, w.period_posted FROM accounts_wallet w WHERE {_RANGE} AND w.is_charged) w
      FULL JOIN q ON q.period_id = w.period_id
     WHERE CASE WHEN q.due <> w.period_posted THEN true ELSE false END"""
# A wallet's oldest late period first; the caller repeats the statement until nothing differs.
_DIFFERENCE_LATE: Final = f"""
    WITH p AS MATERIALIZED (
        SELECT p.id, p.wallet_id, p.starts, q.due - p.posted AS delta
          FROM (SELECT p.id, p.wallet_id, p.starts, p.posted FROM accounts_period p
                 WHERE p.provider_id = %(dues_provider)s AND p.tenant_id >= %(dues_from)s
                   AND p.tenant_id < %(dues_to)s AND p.state = 'late' AND p.is_charged) p
          FULL JOIN q ON q.period_id = p.id
         WHERE CASE WHEN q.due <> p.posted THEN true ELSE false END)
    SELECT DISTINCT ON (w.id) w.id, p.id AS period_id, p.delta
      FROM p JOIN accounts_wallet w ON w.id = p.wallet_id WHERE {_RANGE}
     ORDER BY w.id, p.starts"""

# Nothing here can be hashed or merged, so each wallet is fetched by its key, whatever the planner believes: with plain
# equality it reads all wallets of the provider in every chunk, or compares each with each where statistics are missing.
_ONE_BY_ONE: Final = "w.provider_id = %(dues_provider)s AND w.id BETWEEN d.id AND d.id"
# Most of a range is joined with the range at once; the statement must then be planned for thousands of rows.
_ALL_AT_ONCE: Final = f"{_RANGE} AND w.id = d.id"

_UPDATE_NOW: Final = f"""
    u AS (
        UPDATE accounts_wallet w SET balance = w.balance - d.delta, period_posted = w.period_posted + d.delta,
        {state_sets(balance="w.balance - d.delta", posted="w.period_posted + d.delta")}
          FROM d, mark
         WHERE {{wallets}} AND w.period_id IS NOT DISTINCT FROM d.period_id AND w.is_charged
        RETURNING {STATE_COLUMNS}, d.period_id, d.delta)"""
# A whole range in one join, where the server tells what a row held before its update.
_UPDATE_WHOLE: Final = f"""
    u AS (
        UPDATE accounts_wallet w SET balance = w.balance + w.period_posted - q.due, period_posted = q.due,
        {state_sets(balance="w.balance + w.period_posted - q.due", posted="q.due")}
          FROM q, mark
         WHERE {_RANGE} AND w.period_id = q.period_id AND w.is_charged AND q.due <> w.period_posted
        RETURNING {STATE_COLUMNS}, w.period_id, w.period_posted - old.period_posted AS delta)"""
# What is charged now for a period that is over is chargeable usage as well: late usage may suspend.
_UPDATE_LATE: Final = f"""
    u AS (
        UPDATE accounts_wallet w SET balance = w.balance - d.delta,
        {state_sets(balance="w.balance - d.delta", posted="w.period_posted + greatest(d.delta, 0)")}
          FROM d, mark WHERE {{wallets}}
        RETURNING {STATE_COLUMNS}, d.period_id, d.delta),
    closing AS (
        UPDATE accounts_period p SET posted = p.posted + u.delta
          FROM u WHERE p.provider_id = %(dues_provider)s AND p.id = u.period_id)"""

_LEDGER: Final = """
    carve AS MATERIALIZED (
        SELECT c.currency, c.kind, sum(c.amount)::bigint AS amount
          FROM unnest(%(dues_currencies)s::text[], %(dues_kinds)s::text[], %(dues_amounts)s::bigint[])
               AS c (currency, kind, amount)
         GROUP BY 1, 2 HAVING sum(c.amount) <> 0),
    money AS MATERIALIZED (
        SELECT currency, sum(delta)::bigint AS total
          FROM (SELECT currency, delta FROM u UNION ALL SELECT currency, 0 FROM carve) m GROUP BY 1),
    p AS (
        INSERT INTO accounts_posting (provider_id, tenant_id, kind, currency, effective_at, recorded_at,
                                      idempotency_key, source_type, hours_from, hours_to)
        SELECT %(dues_provider)s, 0, %(dues_kind)s, m.currency, %(dues_now)s, %(dues_now)s,
               'dues:' || mark.mark || ':' || m.currency, 'usage',
               %(dues_hours_from)s::timestamptz, %(dues_hours_to)s::timestamptz
          FROM money m, mark ORDER BY m.currency RETURNING id, currency),
    revenue AS (
        SELECT m.currency, 'revenue_usage' AS kind,
               m.total - coalesce((SELECT sum(c.amount) FROM carve c WHERE c.currency = m.currency), 0)::bigint
                   AS amount
          FROM money m
        UNION ALL SELECT currency, kind, amount FROM carve),
    e AS (
        INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,
                                    balance_after_minor)
        SELECT %(dues_provider)s, u.tenant_id, p.id, u.id, u.period_id, -u.delta, u.balance
          FROM u JOIN p USING (currency)
        UNION ALL
        SELECT %(dues_provider)s, 0, p.id, a.id, NULL, r.amount, NULL
          FROM (SELECT currency, kind, sum(amount)::bigint AS amount FROM revenue GROUP BY 1, 2) r
          JOIN p USING (currency)
          JOIN accounts_account a ON a.provider_id = %(dues_provider)s AND a.tenant_id = 0 AND a.kind = r.kind
                                 AND a.currency = r.currency
         WHERE r.amount <> 0)"""


def dues_statement(
    selection: str, *, late: bool, is_whole: bool = False, tells_old: bool = False
) -> str:
    """Return the whole statement around a selection of what is due.

    Args:
        selection: SELECT that yields `period_id, due`.
        late: True for periods that are over and not closed, False for the wallets' running ones.
        is_whole: True joins the wallets of the range at once; the caller then has it planned `for_thousands_of_rows`.
        tells_old: True where the server can return what a row held before (PostgreSQL 18).
    """
    return f"""
WITH {MARK},
    q AS MATERIALIZED ({_DUE.format(selection=selection)}),
    {_changes(late=late, is_whole=is_whole, tells_old=tells_old)},
    {_LEDGER},
    {change_ctes("dues")}
SELECT (SELECT wallets FROM tally) AS wallets,
       coalesce((SELECT json_object_agg(currency, total) FROM money), '{{}}') AS posted,
       coalesce((SELECT json_agg(id ORDER BY id) FROM p), '[]') AS posting_ids,
       coalesce((SELECT json_agg(period_id ORDER BY period_id) FROM q WHERE due IS NULL), '[]') AS refused,
       {OUTCOME}
"""


def _changes(*, late: bool, is_whole: bool, tells_old: bool) -> str:
    if is_whole and tells_old and not late:
        return _UPDATE_WHOLE
    difference, update = (
        (_DIFFERENCE_LATE, _UPDATE_LATE) if late else (_DIFFERENCE_NOW, _UPDATE_NOW)
    )
    wallets = _ALL_AT_ONCE if is_whole else _ONE_BY_ONE
    return f"d AS MATERIALIZED ({difference}),{update.format(wallets=wallets)}"


# Wallets whose grace ran out without new usage; nothing but the state changes.
WATCH_STATEMENT: Final = f"""
WITH {MARK},
    u AS (
        UPDATE accounts_wallet w SET {state_sets()}
          FROM mark
         WHERE {_RANGE} AND w.suspend_on AND w.suspended_at IS NULL AND w.below_since IS NOT NULL
           AND w.below_since + w.grace <= %(dues_now)s
        RETURNING {STATE_COLUMNS}),
    {change_ctes("watch")}
SELECT {OUTCOME}
"""
