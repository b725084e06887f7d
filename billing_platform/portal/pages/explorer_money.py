"""What the usage in the explorer came to: revenue by meter and day of all clients, or a client's cost by the hour."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from billing_platform.kernel.currencies import exponent
from billing_platform.portal.pages.explorer_filter import CLIENT, DAY, HOUR
from billing_platform.portal.pages.usage import shown_places
from tenants.registry import CHARGING_COST_DECIMALS
from tenants.selectors.settings import get_setting
from usage.selectors.hour_costs import hour_costs
from usage.selectors.revenue import meter_revenue

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from datetime import date

    from tenants.types import ProviderView, TenantView
    from usage.selectors.explorer import Hours

Cell = tuple[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Exact major units by key and currency.

    Attributes:
        currencies: one column each; none where no amounts are known for what is asked.
        is_cost: whether they are a client's cost instead of the ledger's revenue.
        decimals: how many places they are shown with.
    """

    currencies: Sequence[str] = ()
    cells: Mapping[tuple[Any, str], Decimal] = field(default_factory=dict)
    is_cost: bool = False
    decimals: int = 2

    def of(self, key: Hashable) -> list[Cell]:
        """Return a row's currencies and amounts; None where nothing is known."""
        return [(currency, self.cells.get((key, currency))) for currency in self.currencies]

    def together(self, rows: Iterable[Sequence[Cell]]) -> list[tuple[str, Decimal]]:
        """Return the sums of rows, currency by currency."""
        totals = dict.fromkeys(self.currencies, Decimal(0))
        for row in rows:
            for currency, amount in row:
                totals[currency] += amount or 0
        return list(totals.items())


def revenue_amounts(
    provider: ProviderView, *, group: str, since: date, until: date, code: str
) -> Amounts:
    """Return what meters earned, rounded by day and meter as on the dashboard, by day or by meter.

    Args:
        provider: whose; its scope is open.
        group: of GROUPS; amounts are known of days and meters only.
        since: the first day.
        until: the last one.
        code: only this meter; empty for all.
    """
    cells: defaultdict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    for row in meter_revenue(provider.id, since=since, until=until):
        if not code or row.code == code:
            minor = row.amount_minor.to_integral_value(ROUND_HALF_UP)
            key = row.day if group == DAY else row.code
            cells[key, row.currency] += minor.scaleb(-exponent(row.currency))
    currencies = sorted({currency for _, currency in cells})
    return Amounts(currencies, cells, decimals=max(map(exponent, currencies), default=2))


def cost_amounts(
    provider: ProviderView, tenant: TenantView, hours: Hours, *, group: str
) -> Amounts:
    """Return what a meter cost a client, exactly, by hour, by day or in all.

    Args:
        provider: whose; its scope is open.
        tenant: the client.
        hours: which, of one meter.
        group: of GROUPS.
    """
    found = hour_costs(
        provider.id,
        tenant.id,
        since=hours.since,
        until=hours.until,
        meter_id=hours.meter_id or 0,
    )
    zone = ZoneInfo(provider.time_zone)
    cells: defaultdict[tuple[Any, str], Decimal] = defaultdict(Decimal)
    for row in found:
        key = {
            HOUR: row.hour,
            DAY: row.hour.astimezone(zone).date(),
            CLIENT: tenant.id,
        }[group]
        cells[key, row.currency] += row.amount_minor.scaleb(-exponent(row.currency))
    currencies = sorted({currency for _, currency in cells})
    most: int = get_setting(provider.id, CHARGING_COST_DECIMALS)
    least = max(map(exponent, currencies), default=2)
    return Amounts(
        currencies,
        cells,
        is_cost=True,
        decimals=shown_places(cells.values(), least, max(most, least)),
    )
