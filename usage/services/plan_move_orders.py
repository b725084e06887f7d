"""Order that those who have a plan move to one of its versions, or stop it. Called by the provider's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.rows import fetch_dicts
from usage.enums import MoveStart, VersionState
from usage.errors import (
    MoveInPeriodError,
    MoveUnderWayError,
    UnknownCatalogueError,
    VersionNotActiveError,
)
from usage.models import Plan, PlanMove
from usage.selectors.plan_moves import counted_anew
from usage.services.plans import activate_version, lock_version
from usage.services.run_notices import announce_end

if TYPE_CHECKING:
    from datetime import datetime

_LAST: Final = """
    SELECT coalesce(max(id), 0) AS last FROM usage_subscription WHERE provider_id = %(provider)s
"""


@transaction.atomic
def order_move(
    *, provider_id: int, version_id: int, starts: str, key: str, asked_by: int, now: datetime
) -> int:
    """Ask that those who have a plan now move to one of its versions; the job does it.

    Args:
        provider_id: whose; its scope is open.
        version_id: a version on sale.
        starts: of MoveStart.
        key: of the form that asks.
        asked_by: the user who asks.
        now: the moment; who subscribes later is left alone.

    Returns:
        The order's id.

    Raises:
        UnknownCatalogueError: no such version.
        VersionNotActiveError: it is not on sale.
        MoveInPeriodError: the move would fall into a period and charge something twice.
        MoveUnderWayError: another order of the plan is not done.

    Idempotency: by key.
    """
    version = lock_version(provider_id, version_id)
    if version.state != VersionState.ACTIVE:
        raise VersionNotActiveError
    if Plan.objects.filter(pk=version.plan_id, archived_at__isnull=False).exists():
        raise VersionNotActiveError(message=_("This plan is archived: nobody can subscribe to it."))
    if starts == MoveStart.NOW and counted_anew(provider_id, version.plan_id, version_id):
        raise MoveInPeriodError
    last = fetch_dicts(_LAST, {"provider": provider_id})[0]["last"]
    row = PlanMove(
        provider_id=provider_id,
        plan_id=version.plan_id,
        version_id=version_id,
        key=key,
        starts=MoveStart(starts),
        through_id=last,
        asked_by_id=asked_by,
        asked_at=now,
    )
    PlanMove.objects.bulk_create([row], ignore_conflicts=True)
    made = PlanMove.objects.filter(provider_id=provider_id, key=key).first()
    if made is None:
        raise MoveUnderWayError
    return int(made.pk)


@transaction.atomic
def sell_version(
    *, provider_id: int, version_id: int, starts: str, key: str, asked_by: int, now: datetime
) -> int | None:
    """Put a version on sale, and say what becomes of those who have the plan.

    Args:
        provider_id: whose; its scope is open.
        version_id: a draft with prices, or a version on sale already.
        starts: of MoveStart; empty lets everybody stay.
        key: of the form that asks.
        asked_by: the user who asks.
        now: the moment.

    Returns:
        The order to move them, or None when they stay.

    Raises:
        UnknownCatalogueError, InvalidPriceError, VersionNotDraftError: as `activate_version`.
        VersionNotActiveError, MoveInPeriodError, MoveUnderWayError: as `order_move`; then it is not on sale either.

    Idempotency: by state of the version, and by key.
    """
    activate_version(provider_id=provider_id, version_id=version_id, now=now)
    if not starts:
        return None
    return order_move(
        provider_id=provider_id,
        version_id=version_id,
        starts=starts,
        key=key,
        asked_by=asked_by,
        now=now,
    )


@transaction.atomic
def stop_move(*, provider_id: int, move_id: int, stopped_by: int, now: datetime) -> bool:
    """Stop a move behind the subscriptions that were looked at; what moved stays moved, the rest stays where it is.

    Args:
        provider_id: whose; its scope is open.
        move_id: the order.
        stopped_by: the user who stops it.
        now: the present moment.

    Returns:
        Whether it was stopped; False when it had ended already.

    Raises:
        UnknownCatalogueError: the provider has no such order.

    Idempotency: by state. A job in the middle of a chunk is waited for.
    """
    move = PlanMove.objects.filter(provider_id=provider_id, pk=move_id)
    order = move.first()
    if order is None:
        raise UnknownCatalogueError(message=_("There is no such move."))
    is_stopped = move.filter(finished_at__isnull=True).update(
        finished_at=now, stopped_by_id=stopped_by
    )
    if is_stopped:
        announce_end(order, now=now)
    return bool(is_stopped)
