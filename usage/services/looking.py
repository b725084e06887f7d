"""One look at what a range of tenants needs beside the posting of its dues; nearly always nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.plans import fetch_planned

if TYPE_CHECKING:
    from datetime import datetime

_LOOK: Final = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS seen_xid,
           EXISTS (SELECT FROM usage_resource_interval i
                    WHERE i.provider_id = %(provider)s AND i.tenant_id >= %(low)s AND i.tenant_id < %(high)s
                      AND i.ends_at IS NULL) AS has_running,
           EXISTS (SELECT FROM tenants_tenant t
                    WHERE t.provider_id = %(provider)s AND t.id >= %(low)s AND t.id < %(high)s
                      AND t.status = 'trial' AND t.trial_ends_at <= %(until)s) AS has_trials,
           EXISTS (SELECT FROM usage_price x
                    WHERE x.provider_id = %(provider)s AND x.has_minimum) AS has_minimums,
           EXISTS (SELECT FROM usage_rate_segment s
                    WHERE s.provider_id = %(provider)s AND s.tenant_id >= %(low)s AND s.tenant_id < %(high)s
                      AND s.continues_id IS NOT NULL) AS has_continuing,
           coalesce((SELECT max(h.hour) FROM usage_hour h
                      WHERE h.provider_id = %(provider)s) >= %(until)s, false) AS has_ahead,
           EXISTS (SELECT FROM accounts_period p
                    WHERE p.provider_id = %(provider)s AND p.tenant_id >= %(low)s AND p.tenant_id < %(high)s
                      AND p.state = 'late') AS has_late,
           EXISTS (SELECT FROM accounts_wallet w
                    WHERE w.provider_id = %(provider)s AND w.tenant_id >= %(low)s AND w.tenant_id < %(high)s
                      AND w.suspend_on AND w.suspended_at IS NULL AND w.below_since IS NOT NULL
                      AND w.below_since + w.grace <= %(now)s) AS has_watched
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found; True means that the step is worth its statement, not that it will find work.

    Attributes:
        seen_xid: the oldest transaction that was still open; marks of older ones are seen.
        has_running: resources run whose seconds count hour by hour.
        has_trials: a trial is over.
        has_minimums: the provider has a price with a minimum.
        has_continuing: tiers go on counting from one price to the next.
        has_ahead: the provider has usage behind the run.
        has_late: a period is over and not closed.
        has_watched: a wallet's grace has run out.
    """

    seen_xid: int
    has_running: bool
    has_trials: bool
    has_minimums: bool
    has_continuing: bool
    has_ahead: bool
    has_late: bool
    has_watched: bool


def look_around(
    *, provider_id: int, tenant_from: int, tenant_to: int, until: datetime, now: datetime
) -> Look:
    """Return what a range of tenants needs.

    Args:
        provider_id: whose; its scope is open, its ingest lock is shared.
        tenant_from: the first tenant id of the range.
        tenant_to: the tenant id behind the range.
        until: the hour that is charged up to.
        now: the moment of the run.
    """
    params = {
        "provider": provider_id,
        "low": tenant_from,
        "high": tenant_to,
        "until": until,
        "now": now,
    }
    (row,) = fetch_planned(_LOOK, params)
    return Look(**row)
