"""Add what events count to hourly rows and running totals, set-based and in key order. Called by ingestion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from billing_platform.kernel.rows import execute
from usage.enums import Aggregation
from usage.services import usage_sql
from usage.services.staging import NULL, StageTable, stage_rows
from usage.services.total_places import locate_totals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

_STAGE = StageTable(
    "usage_stage_measure",
    (
        ("tenant_id", "bigint"),
        ("meter_id", "bigint"),
        ("at", "timestamptz"),
        ("quantity", "numeric"),
        ("events", "bigint"),
        ("identity", "uuid"),
        ("place", "bigint"),
    ),
)
# The order in which every batch writes: batches that meet on rows never wait for each other in a circle.
_CLASSES = (
    ("additive", (Aggregation.SUM, Aggregation.COUNT, Aggregation.DURATION)),
    ("max", (Aggregation.MAX,)),
    ("latest", (Aggregation.LATEST,)),
    ("unique", (Aggregation.UNIQUE,)),
)


class UsageRow(NamedTuple):
    """One thing to be counted.

    Attributes:
        tenant_id: whose.
        meter_id: on which meter.
        aggregation: the meter's.
        at: when; its UTC hour is the row's.
        quantity: exact.
        events: how many events it stands for: 1, or 0 for a part of a duration.
        identity: 32 hexadecimal digits for unique meters, else an empty string.
        at_text: `at` in ISO format, where the caller has it.
    """

    tenant_id: int
    meter_id: int
    aggregation: str
    at: datetime
    quantity: Decimal
    events: int = 1
    identity: str = ""
    at_text: str = ""


def add_usage(*, provider_id: int, rows: Sequence[UsageRow]) -> None:
    """Count usage on its hours, and on the totals of the prices that hold in those hours.

    Usage without a price stays in its hour, from where a later subscription rebuilds its totals.

    Args:
        provider_id: whose; its scope is open and its ingest lock is shared.
        rows: in the order of receipt.
    """
    for name, aggregations in _CLASSES:
        chosen = [row for row in rows if row.aggregation in aggregations]
        if chosen:
            _add_class(provider_id, name, chosen)


def _add_class(provider_id: int, name: str, rows: Sequence[UsageRow]) -> None:
    stage_rows(_STAGE, (_cells(place, row) for place, row in enumerate(rows)))
    # Periods are found, made or opened again before any hourly row is locked: wallets come before usage.
    locate_totals(provider_id=provider_id)
    # One message to the server; each statement still sees what was committed before it.
    execute(usage_sql.STATEMENTS[name], {"provider": provider_id})


def _cells(place: int, row: UsageRow) -> tuple[str, ...]:
    return (
        str(row.tenant_id),
        str(row.meter_id),
        row.at_text or row.at.isoformat(),
        str(row.quantity),
        str(row.events),
        row.identity or NULL,
        str(place),
    )
