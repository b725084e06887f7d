"""What each hour and each day cost a tenant. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.rows import fetch_dicts
from usage.selectors.cost_sql import DAYS, HOURS

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class HourCost:
    """What one component of a contract cost in one hour.

    Attributes:
        code: the component.
        period_ends: where the billing period that it belongs to ends, which tells apart the two that share a day.
        quantity: what was used in the hour; None on fees.
        amount_minor: exact minor units, not rounded; negative where a lower price took hold.
    """

    code: str
    label: str
    currency: str
    period_ends: datetime
    hour: datetime
    quantity: Decimal | None
    amount_minor: Decimal


def hour_costs(
    provider_id: int,
    tenant_id: int,
    *,
    since: datetime,
    until: datetime,
    code: str = "",
    meter_id: int = 0,
) -> list[HourCost]:
    """Return what a tenant's hours cost, oldest first, by one query; hours without usage are left out.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        since: the first hour, a full one.
        until: the hour behind the last one.
        code: only this component; empty for all.
        meter_id: only what this meter's usage cost; 0 for all, with fees.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "tenant": tenant_id,
        "since": since,
        "until": until,
        "code": code,
        "meter": meter_id,
    }
    return [HourCost(**row) for row in fetch_dicts(HOURS, params)]


def day_costs(
    provider_id: int, tenant_id: int, *, since: datetime, until: datetime, zone: str
) -> list[HourCost]:
    """Return what a tenant's days cost, oldest first, by one query; `hour` is each day's first moment.

    A day in which a billing period ends and the next one begins has costs of both.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose usage.
        since: the first moment of the first day.
        until: the first moment behind the last day.
        zone: in which days begin; an hour belongs to the day in which it begins.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "tenant": tenant_id,
        "since": since,
        "until": until,
        "zone": zone,
        "code": "",
        "meter": 0,
    }
    return [HourCost(**row) for row in fetch_dicts(DAYS, params)]
