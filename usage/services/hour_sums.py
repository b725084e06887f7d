"""Fold what statements changed of hours into one row per meter and hour. Called by a task each minute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from billing_platform.kernel.heartbeats import Run

_BATCH: Final = 20_000
_FOLD: Final = """
WITH taken AS (
    DELETE FROM usage_hour_change WHERE id IN (SELECT id FROM usage_hour_change ORDER BY id LIMIT %(most)s)
    RETURNING provider_id, meter_id, hour, quantity, events, tenants),
folded AS (
    INSERT INTO usage_hour_sum AS s (provider_id, meter_id, hour, quantity, events, tenants)
    SELECT provider_id, meter_id, hour, sum(quantity), sum(events), sum(tenants)
      FROM taken GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (provider_id, meter_id, hour) DO UPDATE
       SET quantity = s.quantity + excluded.quantity, events = s.events + excluded.events,
           tenants = s.tenants + excluded.tenants)
SELECT count(*) FROM taken
"""


def fold_hours(run: Run | None = None) -> int:
    """Fold everything that is there.

    Args:
        run: renewed after each batch, where the work is a job's.

    Returns:
        How many rows were folded.

    Idempotency: a row is folded and removed in one statement; two runs at once fold each row once.
    """
    folded = 0
    while True:
        with system_scope():
            row = fetch_one(_FOLD, {"most": _BATCH})
        count = int(row[0]) if row else 0
        folded += count
        if run is not None:
            run.renew()
        if count < _BATCH:
            return folded
