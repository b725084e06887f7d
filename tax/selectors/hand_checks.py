"""Numbers that a person has to look up again, since no register is asked about them by itself. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tax.enums import CheckOutcome
from tax.models import TaxNumber
from tax.rules.uk import COUNTRY
from tenants.registry_tax import TAX_TRUST_DAYS
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StaleNumber:
    """A number whose confirmation counts no more; `until` is the moment after which it did not."""

    tenant_id: int
    number: str
    until: datetime


def stale_by_hand(provider_id: int, *, now: datetime, limit: int) -> list[StaleNumber]:
    """Return numbers of the United Kingdom that were confirmed too long ago, the latest first.

    Args:
        provider_id: whose customers'; its scope is open.
        now: the present moment.
        limit: at most so many.
    """
    trust = timedelta(days=get_setting(provider_id, TAX_TRUST_DAYS) + 1)
    rows = TaxNumber.objects.filter(
        provider_id=provider_id,
        country=COUNTRY,
        said=CheckOutcome.VALID,
        removed_at__isnull=True,
        said_at__date__lte=(now - trust).date(),
    )
    found = rows.order_by("-said_at", "-pk")[:limit]
    return [
        StaleNumber(row.tenant_id, row.number, row.said_at + trust) for row in found if row.said_at
    ]
