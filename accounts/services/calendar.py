"""Where a wallet's billing period begins and ends, and whether it is charged: the tenant's calendar, plan and trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.periods import (
    Period,
    billing_period,
    hour_ceil,
    next_period,
    previous_period,
)

if TYPE_CHECKING:
    from datetime import datetime

# Prepaid credit is drawn hourly on these plans; a postpaid tenant is invoiced after the period.
CHARGED_PLANS = ("PREPAID", "FLEXIBLE")


@dataclass(frozen=True)
class Calendar:
    """What decides a tenant's periods."""

    time_zone: str
    anchor_day: int
    billing_plan: str
    trial_ends_at: datetime | None


@dataclass(frozen=True)
class Stretch:
    """A period to be made."""

    period: Period
    is_charged: bool
    is_free: bool


def first_stretch(at: datetime, calendar: Calendar) -> Stretch:
    """Return the period that a moment lies in.

    Args:
        at: an aware datetime.
        calendar: the tenant's.
    """
    whole = billing_period(at, calendar.time_zone, calendar.anchor_day)
    trial_end = _trial_end(calendar)
    if trial_end is not None and whole.starts < trial_end <= at:
        whole = Period(trial_end, whole.ends)
    return _cut(whole, calendar)


def following_stretch(beside: Period, calendar: Calendar) -> Stretch:
    """Return the period that follows another without a gap; a trial's end is a boundary.

    Args:
        beside: the period before it.
        calendar: the tenant's, as it is now.
    """
    return _cut(next_period(beside, calendar.time_zone, calendar.anchor_day), calendar)


def preceding_stretch(beside: Period, calendar: Calendar) -> Stretch:
    """Return the period that ends where another starts, for usage older than the wallet.

    Args:
        beside: the period after it.
        calendar: the tenant's, as it is now.
    """
    return _judge(previous_period(beside, calendar.time_zone, calendar.anchor_day), calendar)


def _cut(whole: Period, calendar: Calendar) -> Stretch:
    trial_end = _trial_end(calendar)
    if trial_end is not None and whole.starts < trial_end < whole.ends:
        whole = Period(whole.starts, trial_end)
    return _judge(whole, calendar)


def _judge(period: Period, calendar: Calendar) -> Stretch:
    trial_end = _trial_end(calendar)
    is_free = trial_end is not None and period.starts < trial_end
    return Stretch(period, calendar.billing_plan in CHARGED_PLANS and not is_free, is_free)


def _trial_end(calendar: Calendar) -> datetime | None:
    return hour_ceil(calendar.trial_ends_at) if calendar.trial_ends_at else None
