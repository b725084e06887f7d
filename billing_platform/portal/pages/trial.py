"""What came of a tried event, in words: verdict and reason, client and hour, and line by line what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.price_words import price_line
from billing_platform.portal.pages.usage import shown_places
from billing_platform.portal.verdict_words import REASONS, VERDICT_MEANINGS, VERDICTS
from tenants.selectors.tenants import tenants_by_id
from usage.enums import Aggregation
from usage.selectors.catalogue import prices_by_id
from usage.selectors.meters import list_meters
from usage.services.trials import try_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from tenants.types import TenantView
    from usage.selectors.catalogue import PriceRow
    from usage.selectors.meters import MeterRow
    from usage.services.trials import TrialCount


@dataclass(frozen=True, slots=True)
class TrialLine:
    """What the event counts on one meter; `rates` are empty where the client pays nothing for it.

    Attributes:
        is_duration: what costs is how long it runs, not the event.
        cost: exact major units, shown with `places`; None without a price.
    """

    meter: MeterRow
    count: TrialCount
    is_duration: bool
    price: str
    rates: Sequence[str]
    cost: Decimal | None
    places: int


@dataclass(frozen=True, slots=True)
class TrialPage:
    """The answer; `client` is None when the event names none that is known, `hour` when it has no time."""

    verdict: str
    verdict_words: str
    meaning: str
    reason: str
    reason_code: str
    event_id: str
    client: TenantView | None
    hour: datetime | None
    lines: Sequence[TrialLine]
    is_uncounted: bool


def trial_page(provider_id: int, item: object, *, now: datetime) -> TrialPage:
    """Return what ingestion would say, by a fixed number of queries; nothing is stored.

    Args:
        provider_id: whose; its scope is open.
        item: the event as `usage.importers.cloudevents.parse_json` returns it.
        now: the moment of receipt.
    """
    trial = try_event(provider_id=provider_id, item=item, now=now)
    meters = {meter.id: meter for meter in list_meters(provider_id)}
    wanted = [count.price_id for count in trial.counts if count.price_id]
    prices = prices_by_id(provider_id, wanted)
    clients = tenants_by_id(provider_id, [trial.tenant_id] if trial.tenant_id else [])
    verdict, reason = trial.result.verdict.value, trial.result.reason
    return TrialPage(
        verdict=verdict,
        verdict_words=VERDICTS[verdict],
        meaning=VERDICT_MEANINGS[verdict],
        reason=REASONS[reason.value] if reason else "",
        reason_code=reason.value if reason else "",
        event_id=trial.result.id or "",
        client=clients.get(trial.tenant_id),
        hour=hour_floor(trial.event.at) if trial.event else None,
        lines=[_line(count, meters[count.meter_id], prices) for count in trial.counts],
        is_uncounted=verdict == "accepted" and not trial.counts,
    )


def _line(count: TrialCount, meter: MeterRow, prices: Mapping[int, PriceRow]) -> TrialLine:
    price = prices.get(count.price_id or 0)
    least = exponent(count.currency) if count.currency else 0
    cost = None if count.cost_minor is None else count.cost_minor.scaleb(-least)
    return TrialLine(
        meter=meter,
        count=count,
        is_duration=meter.aggregation == Aggregation.DURATION,
        price=price.name if price else "",
        rates=price_line(price).rates if price else [],
        cost=cost,
        places=shown_places([cost], least, 18) if cost is not None else 0,
    )
