"""Move those who have a plan to one of its versions, as somebody ordered: worked off by a job.

Each subscription is changed in the transaction that writes its result, so that a job that is killed goes on behind the
last result, and nothing is changed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pghistory
from django.db import IntegrityError, transaction

from accounts.selectors.balances import wallets_of
from accounts.selectors.periods import period_at
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.markers import marker
from billing_platform.kernel.periods import billing_period, hour_floor
from billing_platform.kernel.rows import fetch_dicts
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.tenants import tenants_by_id
from usage.enums import MoveOutcome, MoveStart
from usage.models import PlanMove, PlanMoveResult
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.run_notices import announce_end
from usage.services.subscriptions import change_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.types import WalletView
    from tenants.types import TenantView

JOB: Final = "move_subscribers"
# A transaction holds ingestion back, so it is short.
CHUNK: Final = 10
# A test kills the job at each of these and starts it again.
MARKERS: Final = ("move.changed", "move.chunk_done")
_HOUR: Final = timedelta(hours=1)

_NEXT: Final = """
    SELECT u.id, u.tenant_id, u.currency, u.starts_at, u.ends_at,
           EXISTS (SELECT FROM usage_price_override o
                     JOIN usage_price x ON x.provider_id = o.provider_id AND x.id = o.price_id
                      AND x.plan_version_id = u.plan_version_id
                    WHERE o.provider_id = u.provider_id AND o.tenant_id = u.tenant_id AND NOT isempty(o.valid)
                      AND (upper_inf(o.valid) OR upper(o.valid) > %(now)s)) AS has_own_prices
      FROM usage_subscription u
     WHERE u.provider_id = %(provider)s AND u.plan_id = %(plan)s AND u.plan_version_id <> %(version)s
       AND u.id <= %(through)s AND (u.ends_at IS NULL OR u.ends_at > %(now)s)
       AND (u.tenant_id, u.id) > (%(tenant)s, %(subscription)s)
       AND NOT EXISTS (SELECT FROM usage_plan_move_result r
                        WHERE r.provider_id = u.provider_id AND r.move_id = %(move)s AND r.subscription_id = u.id)
     ORDER BY u.tenant_id, u.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class _Place:
    """The subscription behind which the job goes on."""

    tenant_id: int = 0
    subscription_id: int = 0


FIRST: Final = _Place()


def work_off_moves(*, provider_id: int, now: datetime) -> dict[str, int]:
    """Work off the open orders of a provider. Not to be called inside a transaction.

    Args:
        provider_id: whose; each chunk opens its scope itself.
        now: the moment of the run.

    Returns:
        How many subscriptions had which outcome.

    Raises:
        JobIsRunningError: another run is at it.

    Idempotency: by state; a subscription has one result per order.
    """
    with job_run(job=JOB, provider_id=provider_id) as run:
        with provider_scope(provider_id):
            moves = list(
                PlanMove.objects.filter(provider_id=provider_id, finished_at__isnull=True).order_by(
                    "pk"
                )
            )
        for move in moves:
            place: _Place | None = FIRST
            while place is not None:
                with provider_scope(provider_id):
                    results, place = move_chunk(move=move, after=place, now=now)
                marker("move.chunk_done")
                run.counts.update(result.outcome for result in results)
                run.renew()
    return dict(run.counts)


def move_chunk(
    *, move: PlanMove, after: _Place, now: datetime
) -> tuple[list[PlanMoveResult], _Place | None]:
    """Move at most 10 subscriptions of an order, or finish it when none is left.

    Args:
        move: the order; its provider's scope is open.
        after: the last one that was looked at.
        now: the moment of the run.

    Returns:
        The results, and the place to go on behind; None when the order is done or was stopped.

    Idempotency: by state; who has a result is left out.
    """
    # Held first, as by each change: of two jobs the second sees the results of the first.
    hold_ingest_lock(move.provider_id)
    # Whoever stops it waits for this chunk, and no chunk follows.
    order = PlanMove.objects.select_for_update(no_key=True)
    if not order.filter(provider_id=move.provider_id, pk=move.pk, finished_at__isnull=True):
        return [], None
    rows = fetch_dicts(
        _NEXT,
        {
            "provider": move.provider_id,
            "plan": move.plan_id,
            "version": move.version_id,
            "through": move.through_id,
            "move": move.pk,
            "tenant": after.tenant_id,
            "subscription": after.subscription_id,
            "now": now,
            "limit": CHUNK,
        },
    )
    if not rows:
        order.filter(provider_id=move.provider_id, pk=move.pk).update(finished_at=now)
        announce_end(move, now=now)
        return [], None
    tenant_ids = [row["tenant_id"] for row in rows]
    tenants = tenants_by_id(move.provider_id, tenant_ids)
    wallets = {
        (each.tenant_id, each.currency): each for each in wallets_of(move.provider_id, tenant_ids)
    }
    # The history of each subscription names who asked.
    with pghistory.context(user=move.asked_by_id):
        results = [_move(move, row, tenants, wallets, now) for row in rows]
    marker("move.changed")
    PlanMoveResult.objects.bulk_create(results)
    return results, _Place(rows[-1]["tenant_id"], rows[-1]["id"])


def _move(
    move: PlanMove,
    row: Mapping[str, Any],
    tenants: Mapping[int, TenantView],
    wallets: Mapping[tuple[int, str], WalletView],
    now: datetime,
) -> PlanMoveResult:
    result = PlanMoveResult(
        provider_id=move.provider_id,
        move_id=move.pk,
        subscription_id=row["id"],
        tenant_id=row["tenant_id"],
        outcome=MoveOutcome.KEPT,
        done_at=now,
    )
    if row["has_own_prices"]:
        result.reason = "own_prices"
        return result
    wallet = wallets.get((row["tenant_id"], row["currency"]))
    at = max(_start(move, tenants[row["tenant_id"]], wallet, now), row["starts_at"])
    if row["ends_at"] is not None and row["ends_at"] <= at:
        result.reason = "ends_before"
        return result
    try:
        with transaction.atomic():
            change_plan(
                provider_id=move.provider_id,
                tenant_id=row["tenant_id"],
                subscription_id=row["id"],
                version_id=move.version_id,
                at=at,
                now=now,
            )
    except DomainError as error:
        result.outcome, result.reason = MoveOutcome.REFUSED, error.code
        result.words = error.message[:300]
    except IntegrityError:
        result.outcome, result.reason = MoveOutcome.REFUSED, "conflict"
    else:
        result.outcome, result.at = MoveOutcome.MOVED, at
    return result


def _start(
    move: PlanMove, tenant: TenantView, wallet: WalletView | None, now: datetime
) -> datetime:
    """Return the hour from which the new version holds: never one that has begun, so that nothing is priced anew."""
    if move.starts == MoveStart.NOW:
        return hour_floor(now) + _HOUR
    period = period_at(move.provider_id, wallet.id, now) if wallet else None
    if period is not None:
        return period.ends
    return billing_period(now, tenant.time_zone, tenant.anchor_day).ends
