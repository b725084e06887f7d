"""The hourly job: charge what is due and not yet posted, chunk by chunk. Called by the task, the command and the demo.

Everything a chunk does is one transaction that begins with the lock of its row, so a worker that is killed leaves no
trace and another takes the chunk; and what is posted is a difference, so running twice posts nothing. Catch-up after
downtime is one run, whatever its length.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import DatabaseError

from accounts.services.due_bells import ring_dues
from billing_platform.kernel.database_faults import is_collision, is_of_the_server
from billing_platform.kernel.heartbeats import JobIsRunningError, LeaseLostError, job_run
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.plans import forget_plans
from billing_platform.kernel.scope import provider_scope
from usage.errors import HourAheadError
from usage.services.chunk_charge import charge_group
from usage.services.chunks import Group, ensure_chunks, plan_groups
from usage.services.closing import close_due_periods
from usage.services.hours import check_full_hour
from usage.services.marks import forget_marks
from usage.services.revenue import record_revenue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.kernel.heartbeats import Run
    from usage.services.chunk_charge import GroupCharge

logger = logging.getLogger(__name__)

JOB: Final = "charge_hours"
# A chunk takes a tenth of a second, and each heartbeat is a commit of its own.
_HEARTBEAT_EVERY: Final = timedelta(seconds=1)
# How often a chunk is tried that other transactions stand in the way of, for instance as a deadlock's victim.
_TRIES_MAX: Final = 3


@dataclass
class ChargeResult:
    """What a run did.

    Attributes:
        hours: the longest stretch of hours that it caught up with.
        tenants: wallets that were charged or credited.
        posted_minor: what was charged per currency, minor units.
        chunks: ranges of tenants that it charged; those that another worker held are not its own.
        closed: billing periods that it closed.
    """

    hours: int = 0
    tenants: int = 0
    posted_minor: Counter[str] = field(default_factory=Counter)
    chunks: int = 0
    closed: int = 0

    def add(self, charge: GroupCharge, until: datetime) -> None:
        """Add what the transaction of one group did."""
        self.hours = max(self.hours, (until - charge.starts) // timedelta(hours=1))
        self.chunks += charge.chunks
        for dues in charge.dues:
            self.tenants += dues.wallets
            for currency, amount in dues.posted_minor.items():
                self.posted_minor[currency] += amount


def charge_hours(
    *, provider_id: int, until: datetime, now: datetime, again: bool = True
) -> ChargeResult:
    """Charge the usage and fees of a provider's tenants up to an hour. Not to be called inside a transaction.

    Args:
        provider_id: whose; the scope is opened here, per chunk.
        until: a full UTC hour that is not ahead of `now`; usage at or after it is not charged.
        now: the moment of the run.
        again: also look at what is charged up to `until` already and had late usage since.

    Returns:
        What this call did; another worker that runs beside it does the rest.

    Raises:
        NotFullHourError: `until` lies inside an hour.
        HourAheadError: it lies ahead; the fees until then would be posted, and nothing more charged before it.
        Exception: what a chunk of tenants raised; all other chunks are charged, its own periods alone stay open, and
            the next run takes it up again.

    Idempotency: by state; a second run posts nothing.
    """
    check_full_hour(until)
    if until > hour_floor(now):
        raise HourAheadError
    result = ChargeResult()
    forget_plans()
    with _heartbeat(provider_id) as run:
        with provider_scope(provider_id):
            ensure_chunks(provider_id=provider_id, until=until)
            groups = plan_groups(provider_id=provider_id, until=until, again=again)
        failed: list[Exception] = []
        for part in _parts(groups):
            for charge in _charged(provider_id, part, until, now, again=again, failed=failed):
                result.add(charge, until)
                _report(run, result, charge.starts, until)
            # A chunk that cannot be charged keeps its own periods open; those of all others close, and the day is told.
            result.closed += close_due_periods(provider_id=provider_id, until=until, now=now)
            record_revenue(provider_id=provider_id, now=now)
        if failed:
            if result.tenants:
                _ring(provider_id)
            raise failed[0]
        with provider_scope(provider_id):
            forget_marks(provider_id=provider_id)
        _report(run, result, None, until)
    if result.tenants:
        _ring(provider_id)
    return result


def _parts(groups: Sequence[Group]) -> list[list[Group]]:
    """Split off what a run has left: its worker may die of it, and what comes behind the chunks is done before, too."""
    left = [group for group in groups if group.is_left]
    well = [group for group in groups if not group.is_left]
    return [well, left] if left else [well]


def _charged(
    provider_id: int,
    groups: Sequence[Group],
    until: datetime,
    now: datetime,
    *,
    again: bool,
    failed: list[Exception],
) -> Iterator[GroupCharge]:
    """Charge one group after the other; one that fails is undone and noted, and holds up nobody behind it.

    Of several chunks in one transaction each gets one of its own then. One that collided with another transaction is
    tried again behind the others. What the server itself cannot do, for instance without a connection or without room
    on its disk, ends the run: the next group would fare no better.
    """
    waiting = deque(groups)
    tries: Counter[Group] = Counter()
    while waiting:
        group = waiting.popleft()
        try:
            charge = charge_group(
                provider_id=provider_id, group=group, until=until, now=now, again=again
            )
        except Exception as error:
            if is_of_the_server(error):
                raise
            tries[group] += 1
            if is_collision(error) and tries[group] < _TRIES_MAX:
                waiting.append(group)
                continue
            if len(group.nos) > 1:
                waiting.extendleft(Group((no,), group.is_full) for no in reversed(group.nos))
                continue
            logger.exception("Chunk %s of provider %s is not charged.", group.nos[0], provider_id)
            failed.append(error)
            continue
        if charge is not None:
            yield charge


def _ring(provider_id: int) -> None:
    # What is posted is posted: who does not hear of it looks by its own schedule.
    try:
        ring_dues(provider_id=provider_id)
    except DatabaseError:
        logger.exception("Nobody was told that provider %s has charged its wallets.", provider_id)


@contextmanager
def _heartbeat(provider_id: int) -> Iterator[Run | None]:
    """Leave a heartbeat, or just help when another worker's run has one: the chunks' locks share the work."""
    run = job_run(job=JOB, provider_id=provider_id)
    try:
        handle = run.__enter__()
    except JobIsRunningError:
        yield None
        return
    try:
        yield handle
    except BaseException as error:
        run.__exit__(type(error), error, error.__traceback__)
        raise
    with suppress(LeaseLostError):
        run.__exit__(None, None, None)


def _report(
    run: Run | None, result: ChargeResult, starts: datetime | None, until: datetime
) -> None:
    if run is None:
        return
    run.counts.update(
        {
            "tenants": result.tenants - run.counts["tenants"],
            "chunks": result.chunks - run.counts["chunks"],
            "closed": result.closed - run.counts["closed"],
        }
    )
    if starts is not None:
        run.cover(min(starts, run.covered.starts) if run.covered else starts, until)
    with suppress(
        LeaseLostError
    ):  # another run has the heartbeat now; the work is safe all the same
        run.renew(every=_HEARTBEAT_EVERY)
