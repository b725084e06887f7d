"""Up to which hour a provider's prepaid balances are charged now, by the frequency it chose. Called by the task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.periods import billing_period, day_period, hour_floor

if TYPE_CHECKING:
    from datetime import datetime


def charge_boundary(*, frequency: str, zone: str, now: datetime) -> datetime:
    """Return the newest hour up to which a provider wants its tenants charged; a period's sum is the same with each.

    Args:
        frequency: the setting `charging.frequency`: hourly, daily or monthly.
        zone: the provider's time zone, in which its days and months begin.
        now: the present moment.
    """
    if frequency == "daily":
        return day_period(now, zone).starts
    if frequency == "monthly":
        return billing_period(now, zone, 1).starts
    return hour_floor(now)
