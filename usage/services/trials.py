"""Try an event: it is taken in as any other, looked at, and undone, so that nothing of it stays. Called by a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db import transaction

from tenants.selectors.tenants import tenant_states
from usage.importers.cloudevents import read_event
from usage.intake.verdicts import BadEventError, Verdict
from usage.selectors.trial_amounts import holding_prices, standings
from usage.services.ingestion import ingest_cloudevents
from usage.services.resolving import resolve
from usage.services.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usage.intake.events import IncomingEvent
    from usage.intake.metering import Measure
    from usage.intake.verdicts import EventResult
    from usage.selectors.trial_amounts import Holding, Standing

    _Standings = Mapping[tuple[int | None, int], Standing]

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class TrialCount:
    """What an event counts on one meter.

    Attributes:
        quantity: what the meter takes of it, after rounding; the size of the resource for durations.
        action: start, resize or stop for durations, else empty.
        price_id: the price that the client pays for it; None when it pays none.
        before: quantity of the period before the event; None without a price.
        added: by how much the event raises that; 0 for an identity that counted already, for instance.
        cost_minor: what it adds to the bill, exact minor units.
    """

    meter_id: int
    quantity: Decimal
    action: str
    price_id: int | None = None
    currency: str = ""
    before: Decimal | None = None
    added: Decimal | None = None
    cost_minor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """What ingestion says of an event now; `event` is None when it cannot be read."""

    result: EventResult
    event: IncomingEvent | None
    tenant_id: int
    counts: Sequence[TrialCount]


def try_event(*, provider_id: int, item: object, now: datetime) -> Trial:
    """Return what would become of an event, by taking it in and undoing that.

    Args:
        provider_id: whose; its scope is open.
        item: as `usage.importers.cloudevents.parse_json` returns it.
        now: the moment of receipt.

    Idempotency: nothing is written that stays.
    """
    with transaction.atomic():
        trial = _take_in(provider_id, item, now)
        transaction.set_rollback(True)
    return trial


def _take_in(provider_id: int, item: object, now: datetime) -> Trial:
    try:
        event = read_event(item)
    except BadEventError:
        (result,) = ingest_cloudevents(provider_id=provider_id, items=[item], now=now)
        return Trial(result, None, 0, [])
    tenant_id, _ = tenant_states(provider_id, [event.tenant]).get(event.tenant, (0, ""))
    measures = _measures(provider_id, event, now)
    meters = [measure.meter_id for measure in measures]
    before = standings(provider_id, tenant_id, meters)
    (result,) = ingest_cloudevents(provider_id=provider_id, items=[item], now=now)
    if result.verdict != Verdict.ACCEPTED:
        return Trial(result, event, tenant_id, [])
    after = standings(provider_id, tenant_id, meters)
    prices = holding_prices(provider_id, tenant_id, meters, hour=event.at)
    counts = [_count(each, prices.get(each.meter_id), before, after) for each in measures]
    return Trial(result, event, tenant_id, counts)


def _measures(provider_id: int, event: IncomingEvent, now: datetime) -> Sequence[Measure]:
    around = surroundings(provider_id=provider_id, events=[event], now=now)
    try:
        return resolve(event, around).measures
    except BadEventError:
        return []


def _count(
    measure: Measure, price: Holding | None, before: _Standings, after: _Standings
) -> TrialCount:
    plain = TrialCount(measure.meter_id, measure.quantity, measure.action)
    if price is None:
        return plain
    place = (price.period_id, price.segment_id)
    was, stands = before.get(place), after.get(place)
    had = was.quantity if was else _NOTHING
    return replace(
        plain,
        price_id=price.price_id,
        currency=price.currency,
        before=had,
        added=(stands.quantity if stands else _NOTHING) - had,
        # Of all its totals: an event of the past may move those that count on from it.
        cost_minor=_sum(after, measure.meter_id) - _sum(before, measure.meter_id),
    )


def _sum(standing: _Standings, meter_id: int) -> Decimal:
    amounts = (row.amount_minor for row in standing.values() if row.meter_id == meter_id)
    return sum(amounts, _NOTHING)
