"""Tell a provider's revenue of a day apart by meter, once the day is over. Called at the end of the hourly job.

The ledger posts what a wallet owes over all its meters, rounded once, so it cannot say what a meter earned. What the
charged periods come to by meter, up to the last hour that the day charged, less what they came to the day before, can:
exactly, and without a word in the charging transactions. What the two differ by (rounding, and usage that came late)
is shown beside it and never spread over the meters.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from accounts.selectors.movements import charged_hours
from billing_platform.kernel.periods import hour_ceil
from billing_platform.kernel.planner import for_thousands_of_rows
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_view
from usage.selectors.due_sql import exact_meters

if TYPE_CHECKING:
    from datetime import date

Standing = dict[tuple[str, int], Decimal]

_CHUNKS: Final = (
    "SELECT t_from, t_to FROM usage_charge_chunk WHERE provider_id = %s ORDER BY t_from"
)
_CLOSED: Final = """
SELECT currency, meter_id, sum(amount_minor) FROM usage_closed_revenue WHERE provider_id = %s GROUP BY 1, 2
"""
_BEGIN: Final = """
INSERT INTO usage_revenue_day (provider_id, day, through) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_DONE: Final = "SELECT max(day), bool_or(day >= %s) FROM usage_revenue_day WHERE provider_id = %s"
_BEFORE: Final = """
SELECT DISTINCT ON (currency, meter_id) currency, meter_id, standing_minor FROM usage_meter_revenue
 WHERE provider_id = %s ORDER BY currency, meter_id, day DESC
"""
_WRITE: Final = """
INSERT INTO usage_meter_revenue (provider_id, day, currency, meter_id, amount_minor, standing_minor)
SELECT %s, %s, x.* FROM unnest(%s::text[], %s::bigint[], %s::numeric[], %s::numeric[]) AS x ORDER BY 3, 4
"""


def record_revenue(*, provider_id: int, now: datetime) -> bool:
    """Tell the provider's yesterday apart by meter, unless that is done.

    The first day of a provider that charged before is only a standing to reckon from.

    Args:
        provider_id: whose; the scope is opened here.
        now: the moment of the run.

    Returns:
        Whether this call did it.

    Idempotency: by day.
    """
    with provider_scope(provider_id):
        zone = ZoneInfo(provider_view(provider_id).time_zone)
        day = _last_day(now, zone)
        ((last, is_done),) = fetch_all(_DONE, [day, provider_id])
        if is_done:
            return False
        ends = _start_of(day + timedelta(days=1), zone)
        through = charged_hours(provider_id, before=ends)
        if not execute(_BEGIN, [provider_id, day, through or ends]):
            return False
        if through is None:
            return True
        before: Standing = {(c, m): s for c, m, s in fetch_all(_BEFORE, [provider_id])}
        standing = _standing(provider_id, through)
        is_first = last is None
        had_charged = charged_hours(provider_id, before=_start_of(day, zone)) is not None
        if is_first and had_charged:
            before = standing
        _write(provider_id, day, before, standing)
        return True


def _standing(provider_id: int, through: datetime) -> Standing:
    found: Standing = defaultdict(Decimal)
    for low, high in fetch_all(_CHUNKS, [provider_id]):
        sql, params = exact_meters(
            provider_id=provider_id, tenant_from=low, tenant_to=high, until=through
        )
        with for_thousands_of_rows():
            rows = fetch_all(sql, params)
        for currency, meter_id, exact in rows:
            found[currency, meter_id] += exact
    for currency, meter_id, exact in fetch_all(_CLOSED, [provider_id]):
        found[currency, meter_id] += exact
    return found


def _write(provider_id: int, day: date, before: Standing, standing: Standing) -> None:
    keys = sorted({*before, *standing})
    now = [standing.get(key, Decimal(0)) for key in keys]
    grown = [amount - before.get(key, Decimal(0)) for key, amount in zip(keys, now, strict=True)]
    columns = [[currency for currency, _ in keys], [meter_id for _, meter_id in keys], grown, now]
    execute(_WRITE, [provider_id, day, *columns])


def _last_day(now: datetime, zone: ZoneInfo) -> date:
    day = now.astimezone(zone).date() - timedelta(days=1)
    # In a zone with half an hour a day ends with the next full hour, as seals do.
    return day if _start_of(day + timedelta(days=1), zone) <= now else day - timedelta(days=1)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return hour_ceil(datetime.combine(day, time.min, zone))
