"""Low-balance warnings: levels by amount and by time left, each sent once per fall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from accounts.events import BalanceLow
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.outbox import ring
from billing_platform.kernel.rows import execute, fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import DueSelection

# One message per wallet, for the most urgent of the levels crossed; the others count as sent with it.
_SEND: Final = """
WITH w AS MATERIALIZED (
        SELECT id, tenant_id, currency, balance - reserved AS available FROM accounts_wallet
         WHERE provider_id = %(provider)s AND id = ANY(%(wallets)s) AND is_charged ORDER BY id FOR NO KEY UPDATE),
    fallen AS (
        UPDATE accounts_warning_level l SET sent_at = %(now)s, falls = l.falls + 1
          FROM w WHERE l.provider_id = %(provider)s AND l.wallet_id = w.id AND l.sent_at IS NULL
           AND l.threshold >= w.available
        RETURNING l.id, l.basis, l.level, l.threshold, l.falls, w.id AS wallet_id, w.tenant_id, w.currency,
                  w.available),
    armed AS (
        UPDATE accounts_warning_level l SET sent_at = NULL
          FROM w WHERE l.provider_id = %(provider)s AND l.wallet_id = w.id AND l.sent_at IS NOT NULL
           AND l.threshold < w.available),
    urgent AS (SELECT DISTINCT ON (wallet_id) * FROM fallen ORDER BY wallet_id, threshold, id),
    messages AS (
        INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at)
        SELECT %(provider)s, tenant_id, 'wallet.warning',
               jsonb_build_object('tenant_id', tenant_id, 'wallet_id', wallet_id, 'currency', currency, 'basis', basis,
                                  'level', level, 'available_minor', available, 'at', %(now)s::timestamptz),
               'warning:' || id || ':' || falls, %(now)s, %(now)s
          FROM urgent ORDER BY wallet_id
        ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING)
SELECT wallet_id, tenant_id, currency, available FROM urgent ORDER BY wallet_id
"""
# The wallet's own row knows the next level in both directions, so that a charge compares two numbers.
_REMEMBER: Final = """
UPDATE accounts_wallet w SET warn_at = l.warn_at, rearm_at = l.rearm_at
  FROM (SELECT x.id, max(l.threshold) FILTER (WHERE l.sent_at IS NULL) AS warn_at,
               min(l.threshold) FILTER (WHERE l.sent_at IS NOT NULL) AS rearm_at
          FROM unnest(%(wallets)s::bigint[]) AS x (id)
          LEFT JOIN accounts_warning_level l ON l.provider_id = %(provider)s AND l.wallet_id = x.id
         GROUP BY x.id) l
 WHERE w.provider_id = %(provider)s AND w.id = l.id
   AND (w.warn_at, w.rearm_at) IS DISTINCT FROM (l.warn_at, l.rearm_at)
"""
_LOCK: Final = """
SELECT w.id FROM accounts_wallet w WHERE w.provider_id = %(provider)s AND w.id = ANY(%(wallets)s)
 ORDER BY w.id FOR NO KEY UPDATE
"""
# A new level at or above what is left was not crossed by a fall: it counts as sent until the credit rises above it.
_SET_LEVELS: Final = """
WITH levels AS (
        SELECT * FROM unnest(%(bases)s::text[], %(levels)s::bigint[]) AS x (basis, level)),
    gone AS (
        DELETE FROM accounts_warning_level l
         WHERE l.provider_id = %(provider)s AND l.wallet_id = ANY(%(wallets)s)
           AND NOT EXISTS (SELECT 1 FROM levels x WHERE x.basis = l.basis AND x.level = l.level))
INSERT INTO accounts_warning_level (provider_id, tenant_id, wallet_id, basis, level, threshold, sent_at)
SELECT w.provider_id, w.tenant_id, w.id, x.basis, x.level, t.threshold,
       CASE WHEN t.threshold >= w.balance - w.reserved THEN %(now)s::timestamptz END
  FROM accounts_wallet w CROSS JOIN levels x
  LEFT JOIN accounts_burn_rate b ON b.provider_id = w.provider_id AND b.wallet_id = w.id AND x.basis = 'hours'
 CROSS JOIN LATERAL (SELECT CASE WHEN x.basis = 'amount' THEN x.level
                            WHEN b.minor_per_hour > 0
                            THEN least(ceil(b.minor_per_hour * x.level), 1000000000000000000)::bigint
                            END AS threshold) t
 WHERE w.provider_id = %(provider)s AND w.id = ANY(%(wallets)s)
 ORDER BY w.id, x.basis, x.level
ON CONFLICT (provider_id, wallet_id, basis, level) DO NOTHING
"""
_CHANGED_RATES: Final = """
SELECT w.id, round(r.minor_per_hour, 12) AS rate
  FROM ({selection}) r JOIN accounts_wallet w ON w.provider_id = %(dues_provider)s AND w.id = r.wallet_id
  LEFT JOIN accounts_burn_rate b ON b.provider_id = w.provider_id AND b.wallet_id = w.id
 WHERE b.minor_per_hour IS DISTINCT FROM round(r.minor_per_hour, 12)
 ORDER BY w.id FOR NO KEY UPDATE OF w
"""
_KEEP_RATES: Final = """
INSERT INTO accounts_burn_rate (wallet_id, provider_id, tenant_id, minor_per_hour, recorded_at)
SELECT w.id, w.provider_id, w.tenant_id, r.rate, %(now)s
  FROM unnest(%(wallets)s::bigint[], %(rates)s::numeric[]) AS r (id, rate)
  JOIN accounts_wallet w ON w.provider_id = %(provider)s AND w.id = r.id ORDER BY w.id
ON CONFLICT (wallet_id) DO UPDATE SET minor_per_hour = excluded.minor_per_hour, recorded_at = excluded.recorded_at
"""
_THRESHOLD: Final = (
    "CASE WHEN r.rate > 0 THEN least(ceil(r.rate * l.level), 1000000000000000000)::bigint END"
)
# A faster burn may be the fall itself. A slower one never arms a level again: only credit does, or each wobble of the
# rate would be a mail. Where nothing is left, the levels by amount have spoken.
_MOVE_LEVELS: Final = f"""
UPDATE accounts_warning_level l
   SET threshold = CASE WHEN l.sent_at IS NULL THEN {_THRESHOLD}
                        ELSE greatest({_THRESHOLD}, w.balance - w.reserved) END,
       sent_at = CASE WHEN l.threshold IS NULL AND w.balance - w.reserved <= 0 THEN %(now)s ELSE l.sent_at END
  FROM unnest(%(wallets)s::bigint[], %(rates)s::numeric[]) AS r (id, rate)
  JOIN accounts_wallet w ON w.provider_id = %(provider)s AND w.id = r.id
 WHERE l.provider_id = %(provider)s AND l.wallet_id = r.id AND l.basis = 'hours'
"""
_CROSSED: Final = """
SELECT id FROM accounts_wallet
 WHERE provider_id = %(provider)s AND id = ANY(%(wallets)s) AND is_charged AND balance - reserved <= warn_at ORDER BY id
"""


def send_warnings(*, provider_id: int, wallet_ids: Sequence[int], now: datetime) -> int:
    """Send what is due to wallets whose available credit crossed a level, and arm again what it rose above.

    Args:
        provider_id: whose; its scope is open.
        wallet_ids: the wallets that crossed one.
        now: the moment of the change.

    Returns:
        How many wallets were warned; one message each, for the most urgent level.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state; a level that was sent is not sent again before the credit rose above it.
    """
    require_atomic()
    params = {"provider": provider_id, "wallets": list(wallet_ids), "now": now}
    warned = fetch_dicts(_SEND, params)
    execute(_REMEMBER, params)
    for row in warned:
        dispatcher.send(
            BalanceLow(
                provider_id=provider_id,
                tenant_id=row["tenant_id"],
                wallet_id=row["wallet_id"],
                currency=row["currency"],
                available_minor=row["available"],
            )
        )
    if warned:
        ring()
    return len(warned)


def set_warning_levels(
    *,
    provider_id: int,
    wallet_ids: Sequence[int],
    amounts_minor: Sequence[int],
    hours: Sequence[int],
    now: datetime,
) -> None:
    """Replace the warning levels of wallets; levels that stay keep what was sent.

    Args:
        provider_id: whose; its scope is open.
        wallet_ids: which wallets.
        amounts_minor: available credit in minor units at which to warn.
        hours: hours left, at the written-down burn rate, at which to warn.
        now: the moment of the change.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    params = {
        "provider": provider_id,
        "wallets": list(wallet_ids),
        "bases": ["amount"] * len(amounts_minor) + ["hours"] * len(hours),
        "levels": [*amounts_minor, *hours],
        "now": now,
    }
    execute(_LOCK, params)
    execute(_SET_LEVELS, params)
    execute(_REMEMBER, params)


def record_burn_rates(*, provider_id: int, selection: DueSelection, now: datetime) -> int:
    """Write down how fast wallets are used up, and warn where that leaves too few hours.

    Args:
        provider_id: whose; its scope is open.
        selection: SELECT that yields `wallet_id` and `minor_per_hour` (exact minor units, 0 or more).
        now: the moment of the reckoning.

    Returns:
        How many wallets have another rate than before.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    changed = fetch_dicts(
        _CHANGED_RATES.format(selection=selection.sql),
        {**selection.params, "dues_provider": provider_id},
    )
    if not changed:
        return 0
    params = {
        "provider": provider_id,
        "wallets": [row["id"] for row in changed],
        "rates": [row["rate"] for row in changed],
        "now": now,
    }
    for statement in (_KEEP_RATES, _MOVE_LEVELS, _REMEMBER):
        execute(statement, params)
    crossed = [row["id"] for row in fetch_dicts(_CROSSED, params)]
    if crossed:
        send_warnings(provider_id=provider_id, wallet_ids=crossed, now=now)
    return len(changed)
