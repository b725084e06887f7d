"""What a batch of events is read against: the provider's limits, meters, sources and tenants. Called by ingestion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tenants.registry import INGESTION_FUTURE_MINUTES, INGESTION_LATE_DAYS
from tenants.selectors.settings import get_settings
from tenants.selectors.tenants import tenant_states
from usage.intake.timestamps import TimeLimits
from usage.selectors.intake import meter_rules
from usage.services.event_sources import ensure_sources

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usage.intake.events import IncomingEvent
    from usage.intake.metering import MeterRule
    from usage.selectors.intake import SourceRule


@dataclass(frozen=True)
class Surroundings:
    """What a batch is read against: meters by event type, sources by code, tenants by external id."""

    rules: Mapping[str, Sequence[MeterRule]]
    sources: Mapping[str, SourceRule]
    tenants: Mapping[str, tuple[int, str]]


def time_limits(provider_id: int) -> TimeLimits:
    """Return how old and how early a provider takes events."""
    late_days, future_minutes = get_settings(
        provider_id, INGESTION_LATE_DAYS, INGESTION_FUTURE_MINUTES
    )
    return TimeLimits(timedelta(days=late_days), timedelta(minutes=future_minutes))


def surroundings(
    *, provider_id: int, events: Sequence[IncomingEvent], now: datetime
) -> Surroundings:
    """Read what a batch needs to know, a query each.

    Args:
        provider_id: whose; its scope is open.
        events: the batch.
        now: the moment of receipt.
    """
    return Surroundings(
        rules=meter_rules(provider_id, {event.type for event in events}),
        sources=ensure_sources(
            provider_id=provider_id, codes={event.source for event in events}, now=now
        ),
        tenants=tenant_states(provider_id, {event.tenant for event in events}),
    )
