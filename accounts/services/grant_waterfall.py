"""Draw debits on the grants of a wallet in their order, and give back to where it came from.

Runs after the postings were made, in their transaction: their wallets are locked by it, so the grants hold still.
Paid credit without a row is the rest of the balance; it stands in the order with priority 100, no expiry, paid, last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_MOVED: Final = """
    moved AS MATERIALIZED (
        SELECT e.account_id AS wallet_id, e.tenant_id, e.posting_id, e.period_id, e.amount_minor AS amount,
               e.balance_after_minor - e.amount_minor AS before
          FROM accounts_proof f
          JOIN accounts_entry e ON e.provider_id = f.provider_id AND e.posting_id = f.posting_id
                               AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
          JOIN accounts_wallet w ON w.provider_id = e.provider_id AND w.id = e.account_id AND w.has_grants
         WHERE f.provider_id = %(provider)s AND f.posting_id = ANY(%(postings)s))"""
_TAKE: Final = f"""
WITH {_MOVED},
    source AS (
        SELECT m.wallet_id, m.tenant_id, m.posting_id, m.period_id, -m.amount AS need, g.id AS grant_id, g.remaining,
               g.priority, g.expires_at, g.is_paid,
               (g.id = %(draws_on)s OR g.posting_id = %(reverses)s) IS TRUE AS is_named
          FROM moved m JOIN accounts_credit_grant g ON g.provider_id = %(provider)s AND g.wallet_id = m.wallet_id
         WHERE m.amount < 0 AND g.remaining > 0
           AND (g.expires_at IS NULL OR g.expires_at > %(now)s OR g.id = %(draws_on)s OR g.posting_id = %(reverses)s)
        UNION ALL
        SELECT m.wallet_id, m.tenant_id, m.posting_id, m.period_id, -m.amount, NULL,
               greatest(0, m.before - coalesce(r.remaining, 0))::bigint, 100, NULL, true, false
          FROM moved m
          LEFT JOIN LATERAL (SELECT sum(g.remaining) AS remaining FROM accounts_credit_grant g
                              WHERE g.provider_id = %(provider)s AND g.wallet_id = m.wallet_id AND g.remaining > 0) r
                 ON true
         WHERE m.amount < 0),
    queued AS (
        SELECT s.*, coalesce(sum(s.remaining) OVER (
                   PARTITION BY s.wallet_id
                   ORDER BY s.is_named DESC, %(spares_bonus)s AND NOT s.is_paid, s.priority, s.expires_at NULLS LAST,
                            s.is_paid, s.grant_id NULLS LAST
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
          FROM source s),
    taken AS (
        SELECT *, least(remaining, need - ahead)::bigint AS amount
          FROM queued WHERE ahead < need AND grant_id IS NOT NULL),
    kept AS (
        INSERT INTO accounts_grant_consumption (provider_id, tenant_id, wallet_id, grant_id, period_id, posting_id,
                                                amount_minor)
        SELECT %(provider)s, tenant_id, wallet_id, grant_id, period_id, posting_id, amount FROM taken WHERE amount > 0
         ORDER BY wallet_id, ahead)
UPDATE accounts_credit_grant g SET remaining = g.remaining - t.amount
  FROM taken t WHERE g.provider_id = %(provider)s AND g.id = t.grant_id
"""
# What the same period (or the reversed posting) took is given back, the last taken first; the rest stays paid credit.
_GIVE_BACK: Final = f"""
WITH {_MOVED},
    source AS (
        SELECT m.wallet_id, m.tenant_id, m.posting_id, m.period_id, m.amount AS need, c.grant_id,
               sum(c.amount_minor) AS taken, max(c.id) FILTER (WHERE c.amount_minor > 0) AS last_id
          FROM moved m
          JOIN accounts_grant_consumption c ON c.provider_id = %(provider)s AND c.wallet_id = m.wallet_id
           AND (c.period_id = m.period_id OR c.posting_id = %(reverses)s)
         WHERE m.amount > 0
         GROUP BY m.wallet_id, m.tenant_id, m.posting_id, m.period_id, m.amount, c.grant_id
        HAVING sum(c.amount_minor) > 0),
    queued AS (
        SELECT s.*, coalesce(sum(s.taken) OVER (PARTITION BY s.wallet_id ORDER BY s.last_id DESC
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
          FROM source s),
    given AS (SELECT *, least(taken, need - ahead)::bigint AS amount FROM queued WHERE ahead < need),
    kept AS (
        INSERT INTO accounts_grant_consumption (provider_id, tenant_id, wallet_id, grant_id, period_id, posting_id,
                                                amount_minor)
        SELECT %(provider)s, tenant_id, wallet_id, grant_id, period_id, posting_id, -amount FROM given
         ORDER BY wallet_id, ahead)
UPDATE accounts_credit_grant g SET remaining = g.remaining + v.amount
  FROM given v WHERE g.provider_id = %(provider)s AND g.id = v.grant_id
"""


def settle_grants(
    *,
    provider_id: int,
    posting_ids: Sequence[int],
    now: datetime,
    reverses_id: int | None = None,
    draws_on: int | None = None,
    spares_bonus: bool = False,
) -> None:
    """Draw the debits of postings on grants and return their credits to the grants they came from.

    Args:
        provider_id: whose; its scope is open and the postings were made in this transaction.
        posting_ids: at most one entry per wallet in all of them.
        now: grants that expired by then are skipped.
        reverses_id: the posting that is taken back, when it is one; a grant that it gave is taken from first.
        draws_on: the grant that a debit takes from before all others, expired or not.
        spares_bonus: a debit takes promotional credit last.

    Idempotency: none; called once, by whoever made the postings.
    """
    params = {
        "provider": provider_id,
        "postings": list(posting_ids),
        "now": now,
        "reverses": reverses_id,
        "draws_on": draws_on,
        "spares_bonus": spares_bonus,
    }
    execute(_GIVE_BACK, params)
    execute(_TAKE, params)
