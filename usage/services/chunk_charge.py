"""One transaction of the hourly job: claim chunks, follow their calendar, post what is due. Called by `charging`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.services.dues import post_dues, post_late_dues, suspend_watched
from accounts.services.periods import roll_periods
from billing_platform.kernel.markers import marker
from billing_platform.kernel.plans import planned_once
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.services.tenants import end_trials
from usage.selectors.due_sql import due_selection
from usage.services.carving import carve_fees
from usage.services.chunks import (
    Chunk,
    Group,
    claim_chunks,
    complete_chunks,
    next_moments,
    read_marks,
)
from usage.services.durations import accrue_running
from usage.services.fees import enter_fees
from usage.services.ingest_lock import share_ingest_lock
from usage.services.looking import look_around
from usage.services.marks import mark_tenants
from usage.services.totals import continue_totals, enter_minimums

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from accounts.types import CarveOut, DuesResult
    from usage.services.fees import EnteredFees
    from usage.services.looking import Look

# A test kills the job at each of these, and fails when one is never reached.
MARKERS: Final = (
    "charge.claimed",
    "charge.rolled",
    "charge.fees",
    "charge.accrued",
    "charge.late",
    "charge.posted",
    "charge.watched",
    "charge.completed",
    "charge.committed",
)
_AHEAD: Final = """
    SELECT DISTINCT h.tenant_id
      FROM generate_series(%(until)s::timestamptz, (SELECT max(hour) FROM usage_hour WHERE provider_id = %(provider)s),
                           interval '1 hour') AS g (hour)
      JOIN usage_hour h ON h.provider_id = %(provider)s AND h.hour = g.hour
       AND h.tenant_id >= %(low)s AND h.tenant_id < %(high)s
"""
_TRIALS: Final = """
    SELECT id FROM tenants_tenant WHERE provider_id = %s AND id >= %s AND id < %s AND status = 'trial'
       AND trial_ends_at <= %s
"""


@dataclass(frozen=True, slots=True)
class GroupCharge:
    """What the transaction of one group did.

    Attributes:
        starts: from when the group was behind.
        chunks: how many ranges of tenants it charged.
        dues: its postings.
    """

    starts: datetime
    chunks: int
    dues: tuple[DuesResult, ...]


@dataclass(frozen=True, slots=True)
class _Work:
    """What the transaction of one group works on.

    Attributes:
        tenant_ids: the tenants to read; None for all of the range.
        until: set when usage of hours behind the run has come already and must be left out.
    """

    provider_id: int
    chunks: Sequence[Chunk]
    tenant_ids: list[int] | None
    hours_to: datetime
    until: datetime | None
    now: datetime
    look: Look

    @property
    def low(self) -> int:
        """The first tenant id of the range."""
        return self.chunks[0].t_from

    @property
    def high(self) -> int:
        """The tenant id behind the range."""
        return self.chunks[-1].t_to


def charge_group(
    *, provider_id: int, group: Group, until: datetime, now: datetime, again: bool
) -> GroupCharge | None:
    """Charge a group of chunks in one transaction.

    Args:
        provider_id: whose; the scope is opened here.
        group: as planned.
        until: a full UTC hour; usage at or after it is not charged.
        now: the moment of the run.
        again: as planned.

    Returns:
        What was done; None when nothing was left to do.

    Idempotency: by state; what is posted is a difference.
    """
    with provider_scope(provider_id), planned_once():
        chunks = claim_chunks(provider_id=provider_id, group=group, until=until, again=again)
        if not chunks:
            return None
        marker("charge.claimed")
        share_ingest_lock(provider_id)
        look = _look(provider_id, chunks, until, now)
        if look.has_running:
            _accrue(provider_id, chunks, until)
        marker("charge.accrued")
        seen_xid, tenant_ids = look.seen_xid, None
        if not group.is_full:
            seen_xid, tenant_ids = read_marks(provider_id=provider_id, chunks=chunks)
        fees, moments = _follow_calendar(
            chunks, tenant_ids, look, provider_id, until=until, now=now
        )
        if fees or moments is None:
            look = _look(provider_id, chunks, until, now)
        ahead = _mark_ahead(provider_id, chunks, tenant_ids, until) if look.has_ahead else set()
        before = until if ahead else None
        work = _Work(provider_id, chunks, tenant_ids, until, before, now, look)
        if look.has_continuing and (tenant_ids is None or tenant_ids):
            continue_totals(
                provider_id=provider_id,
                tenant_from=work.low,
                tenant_to=work.high,
                tenant_ids=tenant_ids,
            )
        dues = tuple(_post(work, fees))
        complete_chunks(
            provider_id=provider_id,
            chunks=chunks,
            until=until,
            seen_xid=seen_xid,
            tenant_ids=tenant_ids,
            moments=moments,
        )
        marker("charge.completed")
    marker("charge.committed")
    return GroupCharge(min(chunk.charged_through for chunk in chunks), len(chunks), dues)


def _look(provider_id: int, chunks: Sequence[Chunk], until: datetime, now: datetime) -> Look:
    return look_around(
        provider_id=provider_id,
        tenant_from=chunks[0].t_from,
        tenant_to=chunks[-1].t_to,
        until=until,
        now=now,
    )


def _accrue(provider_id: int, chunks: Sequence[Chunk], until: datetime) -> None:
    for chunk in chunks:
        accrue_running(
            provider_id=provider_id, tenant_from=chunk.t_from, tenant_to=chunk.t_to, until=until
        )


def _follow_calendar(
    chunks: Sequence[Chunk],
    tenant_ids: list[int] | None,
    look: Look,
    provider_id: int,
    *,
    until: datetime,
    now: datetime,
) -> tuple[list[EnteredFees], dict[int, datetime | None] | None]:
    """Begin new periods, end trials and enter fees where one is due; add the tenants that this concerns.

    Returns:
        The fees, and when each chunk's calendar has something to do next; None where it did something just now.
    """
    moments = next_moments(provider_id=provider_id, chunks=chunks, tenant_ids=tenant_ids)
    due = {no for no, moment in moments.items() if moment is not None and moment <= until}
    fees: list[EnteredFees] = []
    for chunk in chunks:
        if chunk.no in due:
            fees += _turn_page(provider_id, chunk, until, now)
    if tenant_ids is None and look.has_trials:
        # A trial's end is a boundary of the wallet's period; of a tenant without one it is found here, once a day.
        for chunk in chunks:
            _end_trials(provider_id, chunk, until)
    elif tenant_ids is not None:
        tenant_ids[:] = sorted({*tenant_ids, *(fee.tenant_id for fee in fees)})
    if look.has_minimums and (tenant_ids is None or tenant_ids):
        enter_minimums(
            provider_id=provider_id,
            tenant_from=chunks[0].t_from,
            tenant_to=chunks[-1].t_to,
            until=until,
            tenant_ids=tenant_ids,
        )
    return fees, None if due else moments


def _turn_page(provider_id: int, chunk: Chunk, until: datetime, now: datetime) -> list[EnteredFees]:
    low, high = chunk.t_from, chunk.t_to
    roll_periods(provider_id=provider_id, tenant_from=low, tenant_to=high, until=until, now=now)
    _end_trials(provider_id, chunk, until)
    marker("charge.rolled")
    fees = enter_fees(
        provider_id=provider_id, tenant_from=low, tenant_to=high, until=until, now=now
    )
    marker("charge.fees")
    return fees


def _end_trials(provider_id: int, chunk: Chunk, until: datetime) -> None:
    over = fetch_all(_TRIALS, [provider_id, chunk.t_from, chunk.t_to, until])
    if over:
        end_trials(provider_id=provider_id, tenant_ids=[row[0] for row in over], now=until)


def _mark_ahead(
    provider_id: int, chunks: Sequence[Chunk], tenant_ids: list[int] | None, until: datetime
) -> set[int]:
    """Return the tenants with usage behind the run, marked: the next run must read what this one leaves out."""
    if tenant_ids is not None and not tenant_ids:
        return set()
    ahead = _tenants_ahead(provider_id, chunks[0].t_from, chunks[-1].t_to, until)
    if tenant_ids is not None:
        ahead &= set(tenant_ids)
    mark_tenants(provider_id=provider_id, tenant_ids=ahead)
    return ahead


def _tenants_ahead(provider_id: int, low: int, high: int, until: datetime) -> set[int]:
    params = {"provider": provider_id, "low": low, "high": high, "until": until}
    return {row[0] for row in fetch_all(_AHEAD, params)}


def _post(work: _Work, fees: Sequence[EnteredFees]) -> Iterator[DuesResult]:
    range_ = {"tenant_from": work.low, "tenant_to": work.high}
    if work.tenant_ids is None or work.tenant_ids:
        carved = carve_fees(provider_id=work.provider_id, fees=fees, until=work.until)
        if work.look.has_late:
            yield _post_one(work, carved.late, late=True)
        marker("charge.late")
        yield _post_one(work, carved.current, late=False)
        marker("charge.posted")
    if work.look.has_watched:
        yield suspend_watched(provider_id=work.provider_id, **range_, now=work.now)
    marker("charge.watched")


def _post_one(work: _Work, carve_outs: Sequence[CarveOut], *, late: bool) -> DuesResult:
    selection = due_selection(
        provider_id=work.provider_id,
        tenant_from=work.low,
        tenant_to=work.high,
        tenant_ids=work.tenant_ids,
        until=work.until,
        late=late,
    )
    post = post_late_dues if late else post_dues
    return post(
        provider_id=work.provider_id,
        tenant_from=work.low,
        tenant_to=work.high,
        selection=selection,
        now=work.now,
        hours_from=min(chunk.charged_through for chunk in work.chunks),
        hours_to=work.hours_to,
        carve_outs=carve_outs,
    )
