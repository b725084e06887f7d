"""SQL of a wallet's state: the suspension rule in one place, and what every statement that runs it writes besides.

Used by each statement that changes a balance, a reserved amount, a limit, the switch or the grace. Such a statement
reads `mark` (one number per statement), updates `accounts_wallet w` with `state_sets()`, and returns `STATE_COLUMNS`
or `RULE_COLUMNS` from a CTE named `u`; `change_ctes()` then writes the history and the messages, `OUTCOME` tells the
caller.
"""

from __future__ import annotations

from typing import Final

MARK: Final = "mark AS MATERIALIZED (SELECT nextval('accounts_state_mark') AS mark)"

# What the CTE `u` returns of every wallet: little, for a bulk statement reads thousands of them several times. The
# whole row comes only of those whose state changed. `warns`: a low-balance level was crossed, in either direction.
_OF_EACH: Final = """
w.id, w.tenant_id, w.currency, w.balance, w.has_grants,
w.is_charged AND (w.balance - w.reserved <= w.warn_at OR w.balance - w.reserved > w.rearm_at) IS TRUE AS warns"""
STATE_COLUMNS: Final = f"{_OF_EACH}, CASE WHEN w.state_mark >= mark.mark * 2 THEN w END AS changed"
# Of a statement that changes the rule itself, so that each wallet's row is written down.
RULE_COLUMNS: Final = f"{_OF_EACH}, w AS changed"

# Everything but the changed wallets is learnt in one pass over `u`, which holds thousands of rows in a bulk statement.
OUTCOME: Final = """
coalesce((SELECT json_agg(json_build_array(c.id, c.tenant_id, c.currency, c.suspended_at IS NOT NULL) ORDER BY c.id)
            FROM changed c WHERE c.flipped), '[]') AS flips,
(SELECT warned FROM tally) AS warned, (SELECT with_grants FROM tally) AS with_grants
"""


def state_sets(
    *,
    balance: str = "w.balance",
    reserved: str = "w.reserved",
    posted: str = "w.period_posted",
    charged: str = "w.is_charged",
    on: str = "w.suspend_on",
    limit: str = "w.suspend_limit",
    grace: str = "w.grace",
    now: str = "%(dues_now)s",
) -> str:
    """Return the SET list that follows from the suspension rule.

    A wallet falls when its available credit is at or below the limit, the switch is on, it is charged, and at least
    one minor unit was charged in this period, or is charged by this very statement for one that is over; once it has
    fallen, a new period alone does not lift it. It is suspended when it has been below for the grace.

    Args:
        balance: SQL of the balance that the statement is about to write, like the next six.
        reserved: of the reserved amount.
        posted: of what is charged in the running period.
        charged: of whether it is charged at all.
        on: of the switch.
        limit: of the limit.
        grace: of the grace.
        now: SQL of the moment of the decision.

    Source: design section 6, point 7.
    """
    now = f"{now}::timestamptz"
    below = (
        f"({charged} AND {on} AND ({balance}) - ({reserved}) <= ({limit})"
        f" AND (({posted}) > 0 OR w.below_since IS NOT NULL))"
    )
    suspended = f"({below} AND coalesce(w.below_since, {now}) + {grace} <= {now})"
    flips = f"({suspended} <> (w.suspended_at IS NOT NULL))"
    return f"""
        below_since = CASE WHEN {below} THEN coalesce(w.below_since, {now}) END,
        suspended_at = CASE WHEN {suspended} THEN coalesce(w.suspended_at, {now}) END,
        state_at = CASE WHEN {flips} THEN {now} ELSE w.state_at END,
        state_version = w.state_version + {flips}::int,
        state_mark = CASE WHEN {flips} THEN mark.mark * 2 + 1
                          WHEN {below} <> (w.below_since IS NOT NULL) THEN mark.mark * 2 ELSE w.state_mark END"""


def change_ctes(cause: str, *, now: str = "%(dues_now)s") -> str:
    """Return the CTEs that write the wallets' history and the messages of flips.

    Args:
        cause: a ChangeCause.
        now: SQL of the moment.
    """
    return f"""
    tally AS MATERIALIZED (
        SELECT count(*) AS wallets, count(*) FILTER (WHERE has_grants) AS with_grants,
               coalesce(json_agg(id) FILTER (WHERE warns), '[]') AS warned
          FROM u),
    changed AS MATERIALIZED (
        SELECT w.*, w.balance - w.reserved AS available,
               w.state_mark = (SELECT mark FROM mark) * 2 + 1 AS flipped
          FROM u CROSS JOIN LATERAL (SELECT (u.changed).*) w WHERE NOT u.changed IS NULL),
    changes AS (
        INSERT INTO accounts_wallet_change (provider_id, tenant_id, wallet_id, at, cause, available, is_charged,
               suspend_on, suspend_limit, grace, has_own_rule, below_since, suspended_at, state_at, state_version,
               state_mark)
        SELECT %(dues_provider)s, u.tenant_id, u.id, {now}, '{cause}', u.available, u.is_charged, u.suspend_on,
               u.suspend_limit, u.grace, u.has_own_rule, u.below_since, u.suspended_at, u.state_at, u.state_version,
               u.state_mark
          FROM changed u ORDER BY u.id),
    messages AS (
        INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at)
        SELECT %(dues_provider)s, u.tenant_id, 'wallet.state',
               jsonb_build_object('tenant_id', u.tenant_id, 'wallet_id', u.id, 'currency', u.currency,
                                  'suspended', u.suspended_at IS NOT NULL, 'version', u.state_version,
                                  'available_minor', u.available, 'at', u.state_at),
               'wallet:' || u.id || ':' || u.state_version, {now}, {now}
          FROM changed u WHERE u.flipped ORDER BY u.id
        ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING)"""
