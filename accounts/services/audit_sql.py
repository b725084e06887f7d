"""The checks of the ledger's audit: each is one statement that yields its first wrong row as (id, what)."""

from __future__ import annotations

from typing import Final, NamedTuple

from accounts.services.sealing import CONTENT


class Check(NamedTuple):
    """One check.

    Attributes:
        table: the table whose row it names.
        sql: SELECT of `id` and `what`, first wrong row only.
    """

    table: str
    sql: str


_FIRST: Final = "ORDER BY 1 LIMIT 1"

_POSTING: Final = Check(
    "posting",
    f"""
SELECT p.id, 'its columns do not match its digest' AS what FROM accounts_posting p
 WHERE p.provider_id = %(provider)s AND p.digest IS DISTINCT FROM accounts_posting_digest(p) {_FIRST}""",
)
_POSTING_WHOLE: Final = Check(
    "posting",
    f"""
SELECT p.id, 'it has no entries' AS what FROM accounts_posting p
 WHERE p.provider_id = %(provider)s
   AND NOT EXISTS (SELECT 1 FROM accounts_proof f WHERE f.provider_id = p.provider_id AND f.posting_id = p.id)
{_FIRST}""",
)
_ENTRY_REFERENCES: Final = Check(
    "entry",
    f"""
SELECT e.id, 'its account, posting or period is missing or not its own' AS what
  FROM accounts_entry e
  LEFT JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
  LEFT JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
  LEFT JOIN accounts_period d ON d.provider_id = e.provider_id AND d.id = e.period_id
 WHERE e.provider_id = %(provider)s
   AND (a.tenant_id IS DISTINCT FROM e.tenant_id OR a.currency IS DISTINCT FROM p.currency
        OR (e.period_id IS NOT NULL AND d.wallet_id IS DISTINCT FROM e.account_id)
        OR (e.tenant_id <> 0 AND p.tenant_id NOT IN (0, e.tenant_id))) {_FIRST}""",
)
_ENTRY_CHAIN: Final = Check(
    "entry",
    f"""
SELECT id, 'its balance does not follow from the one before it' AS what
  FROM (SELECT id, amount_minor, balance_after_minor,
               lag(balance_after_minor, 1, 0::bigint) OVER (PARTITION BY account_id ORDER BY id) AS before
          FROM accounts_entry WHERE provider_id = %(provider)s AND tenant_id <> 0) e
 WHERE balance_after_minor IS DISTINCT FROM before + amount_minor {_FIRST}""",
)
_ENTRY_SUM: Final = Check(
    "posting",
    f"""
SELECT posting_id AS id, 'its entries do not sum to zero' AS what FROM accounts_entry
 WHERE provider_id = %(provider)s GROUP BY posting_id HAVING sum(amount_minor) <> 0 {_FIRST}""",
)
_ACCOUNT: Final = Check(
    "account",
    f"""
SELECT a.id, 'it has no balance of its own tenant and currency' AS what FROM accounts_account a
  LEFT JOIN accounts_wallet w ON w.provider_id = a.provider_id AND w.id = a.id
  LEFT JOIN accounts_tenant_balance b ON b.provider_id = a.provider_id AND b.account_id = a.id
 WHERE a.provider_id = %(provider)s AND a.tenant_id <> 0
   AND CASE WHEN a.kind = 'wallet' THEN w.id ELSE b.account_id END IS NULL {_FIRST}""",
)
_WALLET_ACCOUNT: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'its tenant or currency is not its account''s' AS what FROM accounts_wallet w
  LEFT JOIN accounts_account a ON a.provider_id = w.provider_id AND a.id = w.id AND a.kind = 'wallet'
 WHERE w.provider_id = %(provider)s AND (a.tenant_id, a.currency) IS DISTINCT FROM (w.tenant_id, w.currency)
{_FIRST}""",
)
_WALLET_BALANCE: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'balance ' || w.balance || ', its entries sum to ' || coalesce(e.total, 0) AS what
  FROM accounts_wallet w
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM accounts_entry
              WHERE provider_id = %(provider)s AND tenant_id <> 0 GROUP BY 1) e ON e.account_id = w.id
 WHERE w.provider_id = %(provider)s AND w.balance <> coalesce(e.total, 0) {_FIRST}""",
)
_WALLET_RESERVED: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'reserved ' || w.reserved || ', its reservations sum to ' || coalesce(r.total, 0) AS what
  FROM accounts_wallet w
  LEFT JOIN (SELECT wallet_id, sum(amount) AS total FROM accounts_reservation
              WHERE provider_id = %(provider)s GROUP BY 1) r ON r.wallet_id = w.id
 WHERE w.provider_id = %(provider)s AND w.reserved <> coalesce(r.total, 0) {_FIRST}""",
)
_WALLET_PERIOD: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'its running period, or what is posted in it, is not what period and entries say' AS what
  FROM accounts_wallet w
  LEFT JOIN accounts_period p ON p.provider_id = w.provider_id AND p.id = w.period_id AND p.wallet_id = w.id
  LEFT JOIN (SELECT period_id, sum(amount_minor) AS total FROM accounts_entry
              WHERE provider_id = %(provider)s AND period_id IS NOT NULL GROUP BY 1) e ON e.period_id = w.period_id
 WHERE w.provider_id = %(provider)s
   AND (p.state IS DISTINCT FROM 'current' OR p.is_charged IS DISTINCT FROM w.is_charged
        OR w.period_posted <> -coalesce(e.total, 0)) {_FIRST}""",
)
_STATE: Final = (
    "is_charged, {0}.suspend_on, {0}.suspend_limit, {0}.grace, {0}.has_own_rule, {0}.below_since, {0}.suspended_at,"
    " {0}.state_at, {0}.state_version, {0}.state_mark"
)
_WALLET_STATE: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'its rule or state is not what its history says' AS what
  FROM accounts_wallet w
  LEFT JOIN LATERAL (SELECT * FROM accounts_wallet_change c WHERE c.provider_id = w.provider_id AND c.wallet_id = w.id
                      ORDER BY c.id DESC LIMIT 1) c ON true
 WHERE w.provider_id = %(provider)s
   AND (w.{_STATE.format("w")}) IS DISTINCT FROM (c.{_STATE.format("c")}) {_FIRST}""",
)
_WALLET_RULE: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'it is below its limit and not marked so, or the reverse' AS what FROM accounts_wallet w
 WHERE w.provider_id = %(provider)s
   AND ((w.is_charged AND w.suspend_on AND w.balance - w.reserved <= w.suspend_limit AND w.period_posted > 0
         AND w.below_since IS NULL)
        OR (w.below_since IS NOT NULL
            AND NOT (w.is_charged AND w.suspend_on AND w.balance - w.reserved <= w.suspend_limit))) {_FIRST}""",
)
_WALLET_GRANTS: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'whether it has grants is not what the grants say' AS what FROM accounts_wallet w
 WHERE w.provider_id = %(provider)s
   AND w.has_grants <> EXISTS (SELECT 1 FROM accounts_credit_grant g
                                WHERE g.provider_id = w.provider_id AND g.wallet_id = w.id) {_FIRST}""",
)
_WALLET_WARNINGS: Final = Check(
    "wallet",
    f"""
SELECT w.id, 'its next warnings are not what its levels say' AS what
  FROM accounts_wallet w
  LEFT JOIN (SELECT wallet_id, max(threshold) FILTER (WHERE sent_at IS NULL) AS warn_at,
                    min(threshold) FILTER (WHERE sent_at IS NOT NULL) AS rearm_at
               FROM accounts_warning_level WHERE provider_id = %(provider)s GROUP BY 1) l ON l.wallet_id = w.id
 WHERE w.provider_id = %(provider)s AND (w.warn_at, w.rearm_at) IS DISTINCT FROM (l.warn_at, l.rearm_at) {_FIRST}""",
)
_TENANT_BALANCE: Final = Check(
    "tenant_balance",
    f"""
SELECT b.account_id AS id, 'its entries sum to ' || coalesce(e.total, 0) || ', not to ' || b.balance AS what
  FROM accounts_tenant_balance b
  LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM accounts_entry
              WHERE provider_id = %(provider)s AND tenant_id <> 0 GROUP BY 1) e ON e.account_id = b.account_id
 WHERE b.provider_id = %(provider)s AND b.balance <> coalesce(e.total, 0) {_FIRST}""",
)
_PERIOD: Final = Check(
    "period",
    f"""
SELECT p.id, 'what is posted in it is not what its entries say' AS what
  FROM accounts_period p
  LEFT JOIN (SELECT period_id, sum(amount_minor) AS total FROM accounts_entry
              WHERE provider_id = %(provider)s AND period_id IS NOT NULL GROUP BY 1) e ON e.period_id = p.id
 WHERE p.provider_id = %(provider)s
   AND (CASE WHEN p.state = 'current' THEN p.posted ELSE p.posted + coalesce(e.total, 0) END <> 0
        OR (p.state = 'current') <> EXISTS (SELECT 1 FROM accounts_wallet w
                                             WHERE w.provider_id = p.provider_id AND w.period_id = p.id)) {_FIRST}""",
)
_GRANT: Final = Check(
    "credit_grant",
    f"""
SELECT g.id, 'what remains is not what was granted less what was used' AS what
  FROM accounts_credit_grant g
  LEFT JOIN (SELECT grant_id, sum(amount_minor) AS used FROM accounts_grant_consumption
              WHERE provider_id = %(provider)s GROUP BY 1) c ON c.grant_id = g.id
 WHERE g.provider_id = %(provider)s AND g.remaining <> g.granted - coalesce(c.used, 0) {_FIRST}""",
)
_ROLLUP: Final = Check(
    "rollup",
    f"""
SELECT r.id, 'its columns do not match its digest' AS what FROM accounts_rollup r
 WHERE r.provider_id = %(provider)s AND r.digest IS DISTINCT FROM accounts_rollup_digest(r) {_FIRST}""",
)
_ROLLUP_SUM: Final = Check(
    "rollup",
    f"""
WITH moved AS (
        SELECT f.seal_id, e.account_id, count(*) AS entries, sum(e.amount_minor) AS amount
          FROM accounts_proof f JOIN accounts_entry e ON e.provider_id = f.provider_id AND e.posting_id = f.posting_id
                                                     AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
         WHERE f.provider_id = %(provider)s AND f.seal_id IS NOT NULL AND e.tenant_id = 0 GROUP BY 1, 2),
    kept AS (
        SELECT r.*, lag(r.balance_minor, 1, 0::bigint) OVER (PARTITION BY r.account_id ORDER BY r.seal_id) AS before
          FROM accounts_rollup r WHERE r.provider_id = %(provider)s)
SELECT coalesce(k.id, 0) AS id,
       'seal ' || coalesce(k.seal_id, m.seal_id) || ', account ' || coalesce(k.account_id, m.account_id)
           || ': it is missing or does not sum up its entries' AS what
  FROM kept k FULL JOIN moved m ON m.seal_id = k.seal_id AND m.account_id = k.account_id
 WHERE (k.entries, k.amount_minor) IS DISTINCT FROM (m.entries, m.amount::bigint)
    OR k.balance_minor <> k.before + k.amount_minor {_FIRST}""",
)
_SEAL: Final = Check(
    "seal",
    f"""
SELECT s.id, 'its columns do not match its hash' AS what FROM accounts_seal s
 WHERE s.provider_id = %(provider)s AND s.seal_hash IS DISTINCT FROM accounts_seal_digest(s) {_FIRST}""",
)
_SEAL_CHAIN: Final = Check(
    "seal",
    f"""
SELECT id, 'it does not continue the seal before it' AS what
  FROM (SELECT id, number, previous_hash, row_number() OVER (ORDER BY number) AS place,
               lag(seal_hash, 1, ''::bytea) OVER (ORDER BY number) AS before
          FROM accounts_seal WHERE provider_id = %(provider)s) s
 WHERE number <> place OR previous_hash IS DISTINCT FROM before {_FIRST}""",
)
_SEAL_MISSING: Final = Check(
    "seal",
    f"""
SELECT f.seal_id AS id, 'it is missing, yet postings are sealed by it' AS what FROM accounts_proof f
 WHERE f.provider_id = %(provider)s AND f.seal_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM accounts_seal s WHERE s.provider_id = f.provider_id AND s.id = f.seal_id)
{_FIRST}""",
)
_SEAL_CONTENT: Final = Check(
    "seal",
    f"""
SELECT s.id, 'what it covers was changed since' AS what
  FROM accounts_seal s
 CROSS JOIN LATERAL (
        WITH covered AS (
            SELECT f.posting_id, f.first_entry_id, f.last_entry_id FROM accounts_proof f
             WHERE f.provider_id = %(provider)s AND f.seal_id = s.id)
        {CONTENT}) c
 WHERE s.provider_id = %(provider)s
   AND (s.postings, s.entries, s.content_hash) IS DISTINCT FROM (c.postings, c.entries, c.content_hash) {_FIRST}""",
)

CHECKS: Final = (
    _POSTING,
    _POSTING_WHOLE,
    _ENTRY_REFERENCES,
    _ENTRY_CHAIN,
    _ENTRY_SUM,
    _ACCOUNT,
    _WALLET_ACCOUNT,
    _WALLET_BALANCE,
    _WALLET_RESERVED,
    _WALLET_PERIOD,
    _WALLET_STATE,
    _WALLET_RULE,
    _WALLET_GRANTS,
    _WALLET_WARNINGS,
    _TENANT_BALANCE,
    _PERIOD,
    _GRANT,
    _SEAL,
    _SEAL_CHAIN,
    _SEAL_MISSING,
    _SEAL_CONTENT,
    _ROLLUP,
    _ROLLUP_SUM,
)

# Postings whose entries are no longer what the proof says, with what is missing from the two sums.
PROOFS: Final = """
WITH found AS (
        SELECT posting_id, count(*) AS entries, sum(h) AS checksum, sum(h::numeric * id) AS weighted,
               min(id) AS first_id, max(id) AS last_id
          FROM (SELECT e.id, e.posting_id, accounts_entry_hash(e.provider_id, e.tenant_id, e.posting_id, e.account_id,
                       e.period_id, e.amount_minor, e.balance_after_minor) AS h
                  FROM accounts_entry e WHERE e.provider_id = %(provider)s) x
         GROUP BY 1)
SELECT coalesce(f.posting_id, x.posting_id) AS posting_id, f.posting_id IS NULL AS is_unproved,
       coalesce(f.checksum, 0) - coalesce(x.checksum, 0) AS checksum,
       coalesce(f.weighted, 0) - coalesce(x.weighted, 0) AS weighted
  FROM (SELECT * FROM accounts_proof WHERE provider_id = %(provider)s) f
  FULL JOIN found x ON x.posting_id = f.posting_id
  LEFT JOIN accounts_posting p ON p.provider_id = %(provider)s AND p.id = f.posting_id
 WHERE (f.entries, f.checksum, f.weighted, f.first_entry_id, f.last_entry_id, f.tenant_id)
       IS DISTINCT FROM (x.entries, x.checksum, x.weighted, x.first_id, x.last_id, p.tenant_id)
 ORDER BY f.posting_id IS NULL, 1 LIMIT 1
"""
# An entry whose id alone was changed leaves the plain sum as it was and the weighted one off by a multiple of its hash.
RENUMBERED: Final = """
SELECT id FROM (SELECT e.id, accounts_entry_hash(e.provider_id, e.tenant_id, e.posting_id, e.account_id, e.period_id,
                       e.amount_minor, e.balance_after_minor)::numeric AS h
                  FROM accounts_entry e WHERE e.provider_id = %(provider)s AND e.posting_id = %(posting)s) x
 WHERE h <> 0 AND mod(%(weighted)s, h) = 0 ORDER BY id LIMIT 2
"""
