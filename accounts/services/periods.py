"""Billing periods of wallets: made when needed, rolled set-based when they end, closed and opened again by usage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from accounts.errors import WalletNotFound
from accounts.selectors.periods import period_at, period_covering
from accounts.services.calendar import (
    Calendar,
    Stretch,
    following_stretch,
    preceding_stretch,
)
from accounts.services.effects import StateOutcome, follow_up
from accounts.services.wallet_sql import MARK, OUTCOME, RULE_COLUMNS, change_ctes, state_sets
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.periods import Period as Span
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.rows import execute, fetch_all, fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accounts.types import PeriodView

_CALENDAR: Final = "t.time_zone, t.anchor_day, t.billing_plan, t.trial_ends_at"
_ENDED: Final = f"""
SELECT w.id AS wallet_id, p.id AS period_id, p.starts, p.ends, {_CALENDAR}
  FROM accounts_period p
  JOIN accounts_wallet w ON w.provider_id = p.provider_id AND w.id = p.wallet_id AND w.period_id = p.id
  JOIN tenants_tenant t ON t.provider_id = w.provider_id AND t.id = w.tenant_id
 WHERE p.provider_id = %(dues_provider)s AND p.tenant_id >= %(from)s AND p.tenant_id < %(to)s
   AND p.state = 'current' AND p.ends <= %(until)s
 ORDER BY w.id FOR NO KEY UPDATE OF w
"""
_RETIRE: Final = """
UPDATE accounts_period p SET state = 'late', posted = w.period_posted
  FROM accounts_wallet w
 WHERE w.provider_id = %(dues_provider)s AND w.id = ANY(%(wallets)s) AND p.provider_id = %(dues_provider)s
   AND p.id = w.period_id
"""
_BEGIN: Final = f"""
WITH {MARK},
    n AS (
        INSERT INTO accounts_period (provider_id, tenant_id, wallet_id, starts, ends, state, is_charged, is_free)
        SELECT w.provider_id, w.tenant_id, w.id, x.starts, x.ends, 'current', x.is_charged, x.is_free
          FROM unnest(%(wallets)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[], %(charged)s::boolean[],
                      %(free)s::boolean[]) AS x (wallet_id, starts, ends, is_charged, is_free)
          JOIN accounts_wallet w ON w.provider_id = %(dues_provider)s AND w.id = x.wallet_id ORDER BY w.id
        ON CONFLICT (provider_id, wallet_id, starts) DO UPDATE SET state = 'current'
        RETURNING id, wallet_id, is_charged),
    u AS (
        UPDATE accounts_wallet w SET period_id = n.id, period_posted = 0, is_charged = n.is_charged,
        {state_sets(posted="0", charged="n.is_charged")}
          FROM n, mark WHERE w.provider_id = %(dues_provider)s AND w.id = n.wallet_id
        RETURNING {RULE_COLUMNS}),
    {change_ctes("period")}
SELECT {OUTCOME}
"""
_EDGES: Final = f"""
SELECT w.id AS wallet_id, w.tenant_id, w.provider_id,
       (SELECT min(starts) FROM accounts_period p WHERE p.provider_id = w.provider_id AND p.wallet_id = w.id) AS first,
       (SELECT max(ends) FROM accounts_period p WHERE p.provider_id = w.provider_id AND p.wallet_id = w.id) AS last,
       {_CALENDAR}
  FROM accounts_wallet w JOIN tenants_tenant t ON t.provider_id = w.provider_id AND t.id = w.tenant_id
 WHERE w.provider_id = %s AND w.id = %s FOR NO KEY UPDATE OF w
"""
_ADD: Final = """
INSERT INTO accounts_period (provider_id, tenant_id, wallet_id, starts, ends, state, is_charged, is_free)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_SET_STATE: Final = """
UPDATE accounts_period SET state = %(to)s
 WHERE provider_id = %(provider)s AND id = ANY(%(periods)s) AND state = %(from)s
"""


@dataclass(frozen=True)
class RollResult:
    """What a roll did: how many periods began."""

    rolled: int


def roll_periods(
    *, provider_id: int, tenant_from: int, tenant_to: int, until: datetime, now: datetime
) -> RollResult:
    """Begin the next period of every wallet of a range of tenants whose period is over.

    The period that ends becomes late: usage that still arrives for it is charged as a correction. After downtime, each
    period in between is made. A trial's end is a boundary, so this is also where a trial ends.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range; the caller holds the lock of its chunk.
        until: periods that end by then are over; a full hour.
        now: the moment of the run.

    Returns:
        How many periods began.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state.
    """
    require_atomic()
    params = {
        "dues_provider": provider_id,
        "from": tenant_from,
        "to": tenant_to,
        "until": until,
        "dues_now": now,
    }
    rolled = 0
    while ended := fetch_dicts(_ENDED, params):
        _begin(provider_id, ended, params)
        rolled += len(ended)
    return RollResult(rolled)


def ensure_period(*, provider_id: int, wallet_id: int, at: datetime) -> PeriodView:
    """Return the period of a wallet that a moment lies in, and make it, and those between, when there is none.

    Args:
        provider_id: whose; its scope is open.
        wallet_id: which wallet.
        at: an aware datetime; ahead of the running period it makes next ones, before the first it makes late ones.

    Returns:
        The period; a closed one is returned as it is (see `reopen_periods`).

    Raises:
        WalletNotFound: the provider has no such wallet.
        TransactionRequiredError: no transaction is open.

    Idempotency: by state; the wallet's row is locked while periods are made.
    """
    require_atomic()
    found = period_at(provider_id, wallet_id, at)
    if found is not None:
        return found
    rows = fetch_dicts(_EDGES, [provider_id, wallet_id])
    if not rows:
        raise WalletNotFound
    _fill(rows[0], hour_floor(at))
    return period_covering(provider_id, wallet_id, at)


def close_periods(*, provider_id: int, period_ids: Sequence[int]) -> int:
    """Close late periods, once usage has archived their totals.

    Args:
        provider_id: whose; its scope is open.
        period_ids: which; others than late ones are left alone.

    Returns:
        How many were closed.

    Idempotency: by state.
    """
    return _set_state(provider_id, period_ids, before="late", after="closed")


def reopen_periods(*, provider_id: int, period_ids: Sequence[int]) -> int:
    """Make closed periods late again, for usage that arrived after all.

    Args:
        provider_id: whose; its scope is open.
        period_ids: which; others than closed ones are left alone.

    Returns:
        How many were opened again.

    Idempotency: by state.
    """
    return _set_state(provider_id, period_ids, before="closed", after="late")


def calendar_of(row: dict[str, Any]) -> Calendar:
    """Return the calendar that stands in a row of tenants' columns."""
    return Calendar(row["time_zone"], row["anchor_day"], row["billing_plan"], row["trial_ends_at"])


def _set_state(provider_id: int, period_ids: Sequence[int], *, before: str, after: str) -> int:
    return execute(
        _SET_STATE,
        {"provider": provider_id, "periods": list(period_ids), "from": before, "to": after},
    )


def _begin(provider_id: int, ended: list[dict[str, Any]], params: dict[str, Any]) -> None:
    # Thousands of wallets share a handful of calendars, so each is reckoned once.
    known: dict[tuple[Span, Calendar], Stretch] = {}
    stretches = []
    for row in ended:
        key = (Span(row["starts"], row["ends"]), calendar_of(row))
        if key not in known:
            known[key] = following_stretch(*key)
        stretches.append(known[key])
    arrays = {
        "wallets": [row["wallet_id"] for row in ended],
        "starts": [stretch.period.starts for stretch in stretches],
        "ends": [stretch.period.ends for stretch in stretches],
        "charged": [stretch.is_charged for stretch in stretches],
        "free": [stretch.is_free for stretch in stretches],
    }
    execute(_RETIRE, {**params, **arrays})
    (row,) = fetch_dicts(_BEGIN, {**params, **arrays})
    follow_up(
        provider_id=provider_id,
        outcome=StateOutcome.of(row),
        posting_ids=(),
        now=params["dues_now"],
    )


def _fill(row: dict[str, Any], hour: datetime) -> None:
    calendar = calendar_of(row)
    if hour >= row["last"]:
        # Only the end of the newest period matters for what follows it.
        edge, state, step = Span(row["first"], row["last"]), "next", following_stretch
    else:
        edge, state, step = Span(row["first"], row["last"]), "late", preceding_stretch
    while hour >= edge.ends if state == "next" else hour < edge.starts:
        stretch = step(edge, calendar)
        edge = stretch.period
        values = (edge.starts, edge.ends, state, stretch.is_charged, stretch.is_free)
        execute(_ADD, [row["provider_id"], row["tenant_id"], row["wallet_id"], *values])


def late_period_ids(
    *, provider_id: int, tenant_from: int, tenant_to: int, ended_by: datetime
) -> list[int]:
    """Return the late periods of a range of tenants that ended long enough ago to be closed.

    Args:
        provider_id: whose; its scope is open.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        ended_by: the newest end that counts.
    """
    rows = fetch_all(
        "SELECT id FROM accounts_period WHERE provider_id = %s AND tenant_id >= %s AND tenant_id < %s"
        " AND state = 'late' AND ends <= %s ORDER BY id",
        [provider_id, tenant_from, tenant_to, ended_by],
    )
    return [row[0] for row in rows]
