"""Moves of subscribers: whether one may fall into a period, and how far each is. Called by the job and pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.errors import UnknownCatalogueError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# What begins anew with a new price and does not add up over a period: a highest value, a last one, an identity, or a
# minimum that is not cut. Charged under two prices of one period it would be charged twice.
_ANEW: Final = """
    SELECT DISTINCT x.name
      FROM usage_price x
      JOIN usage_plan_version v ON v.provider_id = x.provider_id AND v.id = x.plan_version_id
      JOIN usage_meter m ON m.provider_id = x.provider_id AND m.id = x.meter_id
     WHERE x.provider_id = %(provider)s AND v.plan_id = %(plan)s AND x.tenant_id = 0
       AND (v.state <> 'draft' OR v.id = %(version)s)
       AND (m.aggregation IN ('max', 'latest', 'unique') OR (x.has_minimum AND NOT x.is_allowance_prorated))
     ORDER BY 1
"""
_MOVES: Final = """
    SELECT o.id, o.plan_id, p.name AS plan, o.version_id, v.number, o.starts, o.asked_by_id, o.asked_at, o.finished_at,
           o.stopped_by_id,
           (SELECT json_object_agg(r.outcome, r.n)::text FROM (
                SELECT outcome, count(*) AS n FROM usage_plan_move_result
                 WHERE provider_id = o.provider_id AND move_id = o.id GROUP BY outcome) r) AS counts
      FROM usage_plan_move o JOIN usage_plan_version v ON v.provider_id = o.provider_id AND v.id = o.version_id
      JOIN usage_plan p ON p.provider_id = o.provider_id AND p.id = o.plan_id
     WHERE o.provider_id = %(provider)s AND %(plan)s IN (0, o.plan_id) AND %(move)s IN (0, o.id)
     ORDER BY o.id DESC LIMIT 3
"""
_RESULTS: Final = """
    SELECT r.subscription_id, r.outcome, r.at, r.reason, r.words, r.done_at, t.public_id, t.external_id, t.name
      FROM usage_plan_move_result r JOIN tenants_tenant t ON t.provider_id = r.provider_id AND t.id = r.tenant_id
     WHERE r.provider_id = %(provider)s AND r.move_id = %(move)s AND r.subscription_id > %(after)s
       AND (%(outcome)s = '' OR r.outcome = %(outcome)s)
     ORDER BY r.subscription_id LIMIT %(limit)s
"""
# As the job takes them up.
_LEFT: Final = """
    SELECT count(*)
      FROM usage_plan_move o
      JOIN usage_subscription u ON u.provider_id = o.provider_id AND u.plan_id = o.plan_id
     WHERE o.provider_id = %(provider)s AND o.id = %(move)s AND o.finished_at IS NULL
       AND u.plan_version_id <> o.version_id AND u.id <= o.through_id AND (u.ends_at IS NULL OR u.ends_at > %(now)s)
       AND NOT EXISTS (SELECT FROM usage_plan_move_result r
                        WHERE r.provider_id = u.provider_id AND r.move_id = o.id AND r.subscription_id = u.id)
"""
_OPEN: Final = (
    "SELECT DISTINCT provider_id FROM usage_plan_move WHERE finished_at IS NULL ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """An order to move subscribers; `counts` by MoveOutcome, so far; `stopped_by_id` of who stopped it."""

    id: int
    plan_id: int
    plan: str
    version_id: int
    number: int
    starts: str
    asked_by_id: int
    asked_at: datetime
    finished_at: datetime | None
    stopped_by_id: int | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MoveResultRow:
    """What came of one subscription, with its client."""

    subscription_id: int
    outcome: str
    at: datetime | None
    reason: str
    words: str
    done_at: datetime
    public_id: str
    external_id: str
    name: str


def counted_anew(provider_id: int, plan_id: int, version_id: int) -> list[str]:
    """Return the names of prices for which a plan's subscribers can only move between two periods.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        version_id: the version that they would move to, a draft or not.
    """
    wanted = {"provider": provider_id, "plan": plan_id, "version": version_id}
    return [str(name) for (name,) in fetch_all(_ANEW, wanted)]


def moves_of(provider_id: int, plan_id: int) -> list[MoveRow]:
    """Return the orders of a plan, the newest first; three at most, for the results of each are counted.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
    """
    return _moves(provider_id, plan_id, 0)


def find_move(provider_id: int, move_id: int) -> MoveRow:
    """Return an order.

    Args:
        provider_id: whose; its scope is open.
        move_id: which.

    Raises:
        UnknownCatalogueError: the provider has no such order.
    """
    found = _moves(provider_id, 0, move_id) if move_id else []
    if not found:
        raise UnknownCatalogueError(message=_("There is no such move."))
    return found[0]


def move_results(
    provider_id: int, move_id: int, *, outcome: str = "", after: int = 0, limit: int
) -> list[MoveResultRow]:
    """Return what came of an order, client by client, in a stable order.

    Args:
        provider_id: whose; its scope is open.
        move_id: the order.
        outcome: of MoveOutcome; empty for all.
        after: the subscription of the last row of the page before.
        limit: how many at most.
    """
    wanted = {
        "provider": provider_id,
        "move": move_id,
        "outcome": outcome,
        "after": after,
        "limit": limit,
    }
    return [MoveResultRow(**row) for row in fetch_dicts(_RESULTS, wanted)]


def subscriptions_left(provider_id: int, move_id: int, *, now: datetime) -> int:
    """Return how many subscriptions an order has still to look at; 0 once it is done.

    Args:
        provider_id: whose; its scope is open.
        move_id: the order.
        now: the present moment; what has ended by then is left alone.
    """
    found = fetch_all(_LEFT, {"provider": provider_id, "move": move_id, "now": now})
    return int(found[0][0])


def providers_with_moves() -> list[int]:
    """Return the providers with an order that is not done; the system's scope is open."""
    return [int(provider_id) for (provider_id,) in fetch_all(_OPEN)]


def _moves(provider_id: int, plan_id: int, move_id: int) -> list[MoveRow]:
    rows = fetch_dicts(_MOVES, {"provider": provider_id, "plan": plan_id, "move": move_id})
    return [MoveRow(counts=json.loads(row.pop("counts") or "{}"), **row) for row in rows]
