"""The floor of webhooks: the same rows by a bare INSERT, each committed by itself, into a table with one unique key."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import psycopg2

from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.scratch import owner_url

if TYPE_CHECKING:
    from psycopg2 import extensions

TABLE = """
CREATE SCHEMA webhook_floor;
CREATE TABLE webhook_floor.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id text NOT NULL, body bytea NOT NULL,
    body_hash bytea NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (event_id, body_hash))
"""
TAKE = """
INSERT INTO webhook_floor.event (event_id, body, body_hash) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
DIFFERENCES = """
WITH app AS (SELECT event_id, body, body_hash FROM payments_webhook_event WHERE provider_id = %s),
floor AS (SELECT event_id, body, body_hash FROM webhook_floor.event)
SELECT (SELECT count(*) FROM (TABLE app EXCEPT TABLE floor) a),
       (SELECT count(*) FROM (TABLE floor EXCEPT TABLE app) b), (SELECT count(*) FROM floor)
"""


class WebhookFloor:
    """One connection of the owner that keeps deliveries."""

    def __init__(self, database: str) -> None:
        self._raw = psycopg2.connect(owner_url(database), options="-c timezone=UTC")
        with self._raw, self._raw.cursor() as cursor:
            cursor.execute(TABLE)

    def take(self, event_id: str, body: bytes) -> None:
        """Keep one, in a transaction of its own."""
        with self._raw, self._raw.cursor() as cursor:
            cursor.execute(TAKE, [event_id, body, hashlib.sha256(body).digest()])

    def close(self) -> None:
        """End the connection."""
        self._raw.close()


def require_equal_events(owner: extensions.cursor, *, provider_id: int) -> None:
    """Compare what both sides have kept, byte by byte.

    Raises:
        SumsDifferError: it differs, or there is nothing.
    """
    owner.execute(DIFFERENCES, [provider_id])
    only_app, only_floor, total = owner.fetchone() or (1, 1, 0)
    if only_app or only_floor or not total:
        raise SumsDifferError(
            f"{only_app} events of the application and {only_floor} of the floor have no equal,"
            f" of {total}."
        )
