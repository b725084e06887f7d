"""CloudEvents and meters for the tests of ingestion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from usage.services.ingestion import ingest_cloudevents
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from usage.intake.verdicts import EventResult

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


def cloud_event(number: int | str = 1, *, minutes_ago: int = 60, **changes: Any) -> dict[str, Any]:
    """Return one CloudEvent of tenant acme, as parsed from JSON."""
    event = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "switch",
        "type": "call",
        "tenant": "acme",
        "time": (NOW - timedelta(minutes=minutes_ago)).isoformat(),
        "data": {"quantity": "1.5"},
    }
    return {**event, **changes}


def ingest(provider_id: int, *items: object, now: datetime = NOW) -> list[EventResult]:
    """Take events in, in the scope that is open."""
    return ingest_cloudevents(provider_id=provider_id, items=items, now=now)


def verdicts(results: list[EventResult]) -> list[str]:
    """Return what became of each event, with the reason where there is one."""
    return [f"{item.verdict}:{item.reason}" if item.reason else item.verdict for item in results]


def meter(provider_id: int, code: str = "calls", **changes: Any) -> int:
    """Make a meter of event type `call`."""
    rules = {"name": code, "event_type": "call", "aggregation": "sum", **changes}
    return create_meter(provider_id=provider_id, code=code, now=NOW, **rules)
