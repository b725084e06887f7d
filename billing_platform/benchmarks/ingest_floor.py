"""The floor of ingestion: COPY to a temporary table, de-duplication, hourly and running totals in bare SQL."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2

from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.scratch import owner_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg2 import extensions

    from billing_platform.benchmarks.ingest_workload import EventBatch

TABLES = Path(__file__).parent / "sql" / "ingest_floor_tables.sql"
STAGE = """
CREATE TEMPORARY TABLE stage (
    event_id text, source text, type text, subject text, at timestamptz, data jsonb,
    key uuid, digest uuid, tenant_id bigint, meter_id bigint, quantity numeric) ON COMMIT DELETE ROWS
"""
TAKE = """
WITH k AS (
    INSERT INTO ingest_floor.event_key (key, digest) SELECT key, digest FROM stage ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key),
g AS MATERIALIZED (
    SELECT tenant_id, meter_id, date_trunc('hour', at, 'UTC') AS hour, sum(quantity) AS quantity, count(*) AS events
      FROM stage JOIN k USING (key) GROUP BY 1, 2, 3),
h AS (
    INSERT INTO ingest_floor.usage_hour (tenant_id, meter_id, hour, quantity, events)
    SELECT tenant_id, meter_id, hour, quantity, events FROM g ORDER BY tenant_id, meter_id, hour
    ON CONFLICT (tenant_id, meter_id, hour) DO UPDATE
       SET quantity = usage_hour.quantity + excluded.quantity, events = usage_hour.events + excluded.events)
INSERT INTO ingest_floor.usage_total (tenant_id, meter_id, quantity)
SELECT tenant_id, meter_id, sum(quantity) FROM g GROUP BY tenant_id, meter_id ORDER BY tenant_id, meter_id
ON CONFLICT (tenant_id, meter_id) DO UPDATE SET quantity = usage_total.quantity + excluded.quantity
"""
DIFFERENCES = """
WITH app AS (
    SELECT t.tenant_id, s.meter_id, sum(t.quantity) AS quantity
      FROM usage_total t JOIN usage_rate_segment s ON s.provider_id = t.provider_id AND s.id = t.segment_id
     WHERE t.provider_id = %s AND t.quantity <> 0 GROUP BY 1, 2),
floor AS (SELECT tenant_id, meter_id, quantity FROM ingest_floor.usage_total WHERE quantity <> 0)
SELECT (SELECT count(*) FROM (TABLE app EXCEPT TABLE floor) a), (SELECT count(*) FROM (TABLE floor EXCEPT TABLE app) b),
       (SELECT coalesce(sum(quantity), 0) FROM floor)
"""


class IngestFloor:
    """One connection of the owner that takes batches."""

    def __init__(self, database: str) -> None:
        self._raw = psycopg2.connect(owner_url(database), options="-c timezone=UTC")
        with self._raw, self._raw.cursor() as cursor:
            cursor.execute(TABLES.read_text(encoding="utf-8"))
            cursor.execute(STAGE)

    def take(self, batches: Sequence[EventBatch]) -> None:
        """Take batches, a transaction each."""
        for batch in batches:
            with self._raw, self._raw.cursor() as cursor:
                cursor.copy_expert("COPY stage FROM STDIN", StringIO(batch.rows))
                cursor.execute(TAKE)

    def close(self) -> None:
        """End the connection."""
        self._raw.close()


def require_equal_totals(owner: extensions.cursor, *, provider_id: int) -> None:
    """Compare the totals of every tenant and meter.

    Raises:
        SumsDifferError: they differ, or there are none.
    """
    owner.execute(DIFFERENCES, [provider_id])
    only_app, only_floor, total = owner.fetchone() or (1, 1, 0)
    if only_app or only_floor or not total:
        raise SumsDifferError(
            f"{only_app} totals of the application and {only_floor} of the floor have no equal; floor sum {total}."
        )
