"""The statement that makes one posting: locks, key, balances, entries and history in one round trip."""

from __future__ import annotations

from typing import Final

from accounts.services.wallet_sql import MARK, OUTCOME, STATE_COLUMNS, change_ctes, state_sets

# Locks first, in the order of ids, so that what is decided below is decided on the present balances. A second session
# with the same key waits here, or at the unique key, and then finds the key taken.
POST: Final = f"""
WITH {MARK},
    line AS MATERIALIZED (
        SELECT a.id AS account_id, x.tenant_id, x.kind, x.amount, x.period_id, x.no
          FROM unnest(%(tenants)s::bigint[], %(kinds)s::text[], %(amounts)s::bigint[], %(periods)s::bigint[])
               WITH ORDINALITY AS x (tenant_id, kind, amount, period_id, no)
          JOIN accounts_account a ON a.provider_id = %(dues_provider)s AND a.tenant_id = x.tenant_id
                                 AND a.kind = x.kind AND a.currency = %(currency)s),
    held AS MATERIALIZED (
        SELECT w.id, w.balance - w.reserved AS available FROM accounts_wallet w
         WHERE w.provider_id = %(dues_provider)s AND w.id IN (SELECT account_id FROM line WHERE kind = 'wallet')
         ORDER BY w.id FOR NO KEY UPDATE),
    others AS MATERIALIZED (
        SELECT b.account_id FROM accounts_tenant_balance b
         WHERE b.provider_id = %(dues_provider)s
           AND b.account_id IN (SELECT account_id FROM line WHERE tenant_id <> 0 AND kind <> 'wallet')
           AND (SELECT count(*) FROM held) >= 0
         ORDER BY b.account_id FOR NO KEY UPDATE),
    ready AS MATERIALIZED (
        SELECT (SELECT count(*) FROM line) = %(lines)s
               AND (SELECT count(*) FROM held) + (SELECT count(*) FROM others)
                   = (SELECT count(*) FROM line WHERE tenant_id <> 0) AS known,
               NOT EXISTS (SELECT 1 FROM held h JOIN line l ON l.account_id = h.id
                            WHERE l.amount < 0 AND h.available + l.amount < %(floor)s::bigint) AS covered),
    p AS (
        INSERT INTO accounts_posting (provider_id, tenant_id, kind, currency, effective_at, recorded_at,
               idempotency_key, payload_hash, source_type, source_id, reverses_id, reason_id)
        SELECT %(dues_provider)s, %(tenant)s, %(kind)s, %(currency)s, %(effective_at)s, %(dues_now)s, %(key)s,
               %(payload_hash)s, %(source_type)s, %(source_id)s, %(reverses_id)s, %(reason_id)s
          FROM ready WHERE ready.known AND ready.covered
        ON CONFLICT (provider_id, idempotency_key) DO NOTHING RETURNING id),
    u AS (
        UPDATE accounts_wallet w SET balance = w.balance + l.amount, {state_sets(balance="w.balance + l.amount")}
          FROM line l, p, mark WHERE w.provider_id = %(dues_provider)s AND l.kind = 'wallet' AND w.id = l.account_id
        RETURNING {STATE_COLUMNS}),
    b AS (
        UPDATE accounts_tenant_balance b SET balance = b.balance + l.amount
          FROM line l, p
         WHERE b.provider_id = %(dues_provider)s AND l.tenant_id <> 0 AND l.kind <> 'wallet'
           AND b.account_id = l.account_id
        RETURNING b.account_id AS id, b.balance),
    after AS MATERIALIZED (SELECT id, balance FROM u UNION ALL SELECT id, balance FROM b),
    e AS (
        INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,
                                    balance_after_minor)
        SELECT %(dues_provider)s, l.tenant_id, p.id, l.account_id, l.period_id, l.amount, after.balance
          FROM line l CROSS JOIN p LEFT JOIN after ON after.id = l.account_id ORDER BY l.no),
    {change_ctes("posting")}
SELECT (SELECT id FROM p) AS posting_id, (SELECT known FROM ready) AS known, (SELECT covered FROM ready) AS covered,
       coalesce((SELECT json_object_agg(id, balance) FROM after), '{{}}') AS balances,
       coalesce((SELECT json_object_agg(tenant_id, id) FROM u), '{{}}') AS wallets, {OUTCOME}
"""
FIND: Final = """
SELECT id, payload_hash FROM accounts_posting WHERE provider_id = %s AND idempotency_key = %s
"""
# Provider accounts and tenants' accounts other than wallets come to be with their first posting.
OPEN_ACCOUNTS: Final = """
WITH x AS (
        SELECT * FROM unnest(%(tenants)s::bigint[], %(kinds)s::text[]) AS x (tenant_id, kind) WHERE kind <> 'wallet'),
    a AS (
        INSERT INTO accounts_account (provider_id, tenant_id, kind, currency)
        SELECT %(dues_provider)s, x.tenant_id, x.kind, %(currency)s FROM x ORDER BY 2, 3
        ON CONFLICT (provider_id, tenant_id, kind, currency) DO NOTHING RETURNING id, tenant_id)
INSERT INTO accounts_tenant_balance (account_id, provider_id, tenant_id)
SELECT id, %(dues_provider)s, tenant_id FROM a WHERE tenant_id <> 0 ORDER BY id
"""
# A grant pays what the wallet's other credit already owes, so that it cannot expire while a debt stands beside it.
ADD_GRANT: Final = """
WITH w AS (
        UPDATE accounts_wallet SET has_grants = true WHERE provider_id = %(provider)s AND id = %(wallet)s
        RETURNING id, tenant_id, balance),
    owed AS (
        SELECT w.*,
               least(%(amount)s, greatest(0, coalesce(sum(g.remaining), 0) + %(amount)s - w.balance))::bigint AS debt
          FROM w LEFT JOIN accounts_credit_grant g ON g.provider_id = %(provider)s AND g.wallet_id = w.id
                                                  AND g.remaining > 0
         GROUP BY w.id, w.tenant_id, w.balance),
    g AS (
        INSERT INTO accounts_credit_grant (provider_id, tenant_id, wallet_id, posting_id, priority, expires_at, is_paid,
                                           granted, remaining, granted_at)
        SELECT %(provider)s, tenant_id, id, %(posting)s, %(priority)s, %(expires_at)s, %(is_paid)s, %(amount)s,
               %(amount)s - debt, %(now)s
          FROM owed RETURNING id)
INSERT INTO accounts_grant_consumption (provider_id, tenant_id, wallet_id, grant_id, posting_id, amount_minor)
SELECT %(provider)s, owed.tenant_id, owed.id, g.id, %(posting)s, owed.debt FROM owed, g WHERE owed.debt > 0
"""
KEEP_REASON: Final = """
INSERT INTO accounts_reason (provider_id, tenant_id, text) VALUES (%s, %s, %s) RETURNING id
"""
ORIGINAL: Final = """
SELECT p.id, p.kind, p.currency, a.tenant_id, a.kind AS account_kind, e.amount_minor, e.period_id
  FROM accounts_posting p
  JOIN accounts_proof f ON f.provider_id = p.provider_id AND f.posting_id = p.id
  JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE p.provider_id = %s AND p.id = %s ORDER BY e.id
"""
REVERSED: Final = (
    "SELECT idempotency_key FROM accounts_posting WHERE provider_id = %s AND reverses_id = %s"
)
