"""What a rule has charged in a day and month, and what is on its way into a wallet. Called by claims and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from payments.enums import CREDITED, OPEN_STATES, AttemptState
from payments.models import Attempt, Recharge, Topup

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import RechargeRule

# Money that may have left, or is at the gateway and looked at, is not asked for twice.
_ON_ITS_WAY: Final = (
    AttemptState.CREATED,
    AttemptState.UNKNOWN,
    AttemptState.PENDING,
    AttemptState.QUARANTINED,
)
# Whoever has opened a page is likely to pay on it just now; a page that was left holds nothing up.
ON_PAGE: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Charged:
    """What a rule has charged, minor units: what has come in and what is not decided; what was refused is not.

    Attributes:
        day_ends, month_ends: when the caps begin anew.
    """

    day: int
    month: int
    day_ends: datetime
    month_ends: datetime


def charged_by(rule: RechargeRule, zone: str, *, now: datetime) -> Charged:
    """Return what a rule has charged in the running day and month, by one query.

    Args:
        rule: its provider's scope, or the tenant's, is open.
        zone: the tenant's time zone.
        now: the present moment.
    """
    local = now.astimezone(ZoneInfo(zone))
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    month = day.replace(day=1)
    own = Recharge.objects.filter(provider_id=rule.provider_id, rule_id=rule.pk)
    rows = Attempt.objects.filter(
        provider_id=rule.provider_id,
        pk__in=own.filter(attempt_id__isnull=False).values("attempt_id"),
        state__in=[*CREDITED, *OPEN_STATES, AttemptState.QUARANTINED],
        created_at__gte=month,
    )
    found = rows.aggregate(
        day=Sum("amount_minor", filter=Q(created_at__gte=day), default=0),
        month=Sum("amount_minor", default=0),
    )
    return Charged(
        day=found["day"],
        month=found["month"],
        day_ends=day + timedelta(days=1),
        month_ends=(month + timedelta(days=32)).replace(day=1),
    )


def pending_minor(provider_id: int, tenant_id: int, currency: str, *, now: datetime) -> int:
    """Return what credit is on its way into a wallet, minor units, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose wallet.
        currency: of the wallet.
        now: the present moment.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, tenant_id=tenant_id, currency=currency)
    on_page = Q(state=AttemptState.REQUIRES_ACTION, created_at__gt=now - ON_PAGE)
    found = dict(rows.filter(Q(state__in=_ON_ITS_WAY) | on_page).values_list("pk", "amount_minor"))
    topups = Topup.objects.filter(provider_id=provider_id, attempt_id__in=list(found))
    # What is credited of a top-up is its total without tax, and its discount.
    for row in topups:
        found[row.attempt_id or 0] = row.total_minor - row.tax_minor + row.discount_minor
    return sum(found.values())
