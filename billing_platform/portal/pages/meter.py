"""The page of one meter: what it counts and how, which plans price it, and a sample of an event that it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.kernel.periods import day_period, hour_floor
from billing_platform.portal.pages.plans import MAY_SELL
from billing_platform.portal.pages.price_words import price_line
from billing_platform.portal.units import singular
from usage.enums import ADDITIVE, Aggregation, Identity
from usage.selectors.catalogue import meter_prices
from usage.selectors.explorer import Hours, used_by_day
from usage.selectors.meters import buyer_of, find_meter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from billing_platform.portal.pages.price_words import PriceLine
    from usage.selectors.catalogue import MeterPrice
    from usage.selectors.explorer import Used
    from usage.selectors.meters import MeterRow

DAYS: Final = 14
SAMPLE_SOURCE: Final = "https://example.com/try"


@dataclass(frozen=True, slots=True)
class MeterUse:
    """A price of the meter in words, with the plan version that it stands in."""

    place: MeterPrice
    line: PriceLine


@dataclass(frozen=True, slots=True)
class MeterPage:
    """A meter.

    Attributes:
        unit_one: what one unit is called in prices.
        days: what all clients used by day, the newest first.
        adds_up: whether quantities of hours add up to one of a day.
    """

    meter: MeterRow
    counts: str
    identity: str
    unit_one: str
    uses: Sequence[MeterUse]
    days: Sequence[Used[date]]
    adds_up: bool
    usage_url: str
    may_sell: bool
    may_archive: bool
    zone: str


def meter_page(
    provider_id: int, meter_id: int, *, role: str, zone: str, now: datetime
) -> MeterPage:
    """Return the page, by three queries.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.
        role: of the person who looks, of ProviderRole.
        zone: the provider's time zone.
        now: the present moment.

    Raises:
        UnknownCatalogueError: the provider has no such meter.
    """
    meter = find_meter(provider_id, meter_id)
    found = meter_prices(provider_id, meter_id)
    is_unique = meter.aggregation == Aggregation.UNIQUE
    may_sell = role in MAY_SELL
    until = hour_floor(now) + timedelta(hours=1)
    since = day_period(now - timedelta(days=DAYS - 1), zone).starts
    hours = Hours(hour_floor(since), until, meter_id=meter_id)
    place = ZoneInfo(zone)
    first, last = (f"{at.astimezone(place):%Y-%m-%d}" for at in (since, now))
    query = urlencode({"meter": meter.code, "group": "day", "since": first, "until": last})
    return MeterPage(
        meter=meter,
        counts=str(Aggregation(meter.aggregation).label),
        identity=str(Identity(meter.identity).label) if is_unique else "",
        unit_one=meter.unit_one or singular(meter.unit),
        uses=[MeterUse(place, price_line(place.price)) for place in found],
        days=used_by_day(provider_id, hours, zone=zone)[::-1],
        adds_up=meter.aggregation in ADDITIVE,
        usage_url=f"{reverse('provider-usage')}?{query}",
        may_sell=may_sell,
        may_archive=may_sell and not meter.plans and meter.archived_at is None,
        zone=zone,
    )


def sample_event(provider_id: int, meter: MeterRow, *, now: datetime) -> str:
    """Return a CloudEvent in JSON that a meter takes, of a client that is charged for it.

    Args:
        provider_id: whose; its scope is open.
        meter: the meter.
        now: the present moment.
    """
    event = {
        "specversion": "1.0",
        "id": f"try-{now:%Y%m%d-%H%M%S-%f}",
        "source": SAMPLE_SOURCE,
        "type": meter.event_type,
        "subject": "sample-1",
        "time": now.isoformat(timespec="seconds"),
        "tenant": buyer_of(provider_id, meter.id, now=now) or _("the-id-of-a-client"),
        "data": _data(meter),
    }
    return json.dumps(event, indent=2, ensure_ascii=False)


def _data(meter: MeterRow) -> dict[str, Any]:
    data: dict[str, Any] = {rule["property"]: rule["values"][0] for rule in meter.filters}
    if meter.aggregation == Aggregation.DURATION:
        data["action"] = "start"
    elif meter.aggregation in {Aggregation.SUM, Aggregation.MAX, Aggregation.LATEST}:
        data[meter.value_property or "quantity"] = "1"
    if meter.aggregation == Aggregation.UNIQUE and meter.identity_property:
        data[meter.identity_property] = "sample-1"
    return data
