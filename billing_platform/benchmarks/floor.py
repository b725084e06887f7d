"""The floor of the hourly run: hand-written SQL on bare tables in the schema `floor` of the scratch database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg2

from billing_platform.benchmarks.scratch import owner_url

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2 import extensions

FOLDER = Path(__file__).parent / "sql"
REVENUE_ACCOUNT = 0
CLAIM = """
SELECT no, t_from, t_to FROM floor.chunk
WHERE provider_id = %(p)s AND charged_through < %(hour)s
ORDER BY charged_through, no FOR UPDATE SKIP LOCKED LIMIT 1
"""
DONE = "UPDATE floor.chunk SET charged_through = %(hour)s WHERE provider_id = %(p)s AND no = %(no)s"


def create_tables(owner: extensions.cursor) -> None:
    """Make the bare tables in the schema `floor`."""
    owner.execute((FOLDER / "floor_tables.sql").read_text(encoding="utf-8"))


class Floor:
    """One connection that charges the bare tables, chunk by chunk, each with a commit of its own."""

    def __init__(self, *, database: str, provider_id: int) -> None:
        self.provider_id = provider_id
        self._raw = psycopg2.connect(owner_url(database), options="-c timezone=UTC -c jit=off")
        self._charge = (FOLDER / "floor_charge.sql").read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def charge(self, *, until: datetime) -> int:
        """Charge every chunk up to an hour.

        Args:
            until: the full UTC hour that the chunks are charged through afterwards.

        Returns:
            How many entries were written; a rerun writes none.
        """
        entries = 0
        while (written := self._charge_chunk(until)) is not None:
            entries += written
        return entries

    def _charge_chunk(self, until: datetime) -> int | None:
        with self._raw, closing(self._raw.cursor()) as cursor:
            return self._charge_claimed(cursor, until)

    def _charge_claimed(self, cursor: extensions.cursor, until: datetime) -> int | None:
        cursor.execute(CLAIM, {"p": self.provider_id, "hour": until})
        claimed = cursor.fetchone()
        if claimed is None:
            return None
        number, first, past_last = claimed
        cursor.execute(
            self._charge,
            {
                "p": self.provider_id,
                "lo": first,
                "hi": past_last,
                "now": until,
                "revenue": REVENUE_ACCOUNT,
            },
        )
        row = cursor.fetchone()
        cursor.execute(DONE, {"p": self.provider_id, "hour": until, "no": number})
        return int(row[0]) if row else 0
