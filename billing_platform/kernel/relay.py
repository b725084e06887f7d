"""Sends what lies in the outbox: claims a message, hands it to its handler, marks the outcome. Safe in many copies.

A claim is a lease with a fencing token (the number of attempts), so no transaction is open while a handler talks to
the world. A relay that dies leaves its one message to be claimed again when the lease ends; a message that kills its
relay is given up after some tries.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.kernel_rows import kernel_rows_of
from billing_platform.kernel.outbox import Message, UndeliverableError, handlers
from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

ATTEMPTS_MAX: Final = 10
LEASE: Final = timedelta(minutes=5)
_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(hours=6)
# One provider's flood waits for the others after so many messages.
_TURN: Final = 20

logger = logging.getLogger(__name__)

# A loose index scan: one step per provider, however many messages each has.
_DUE_PROVIDERS = """
    WITH RECURSIVE due AS (
        (SELECT provider_id FROM kernel_outbox
         WHERE sent_at IS NULL AND dead_at IS NULL ORDER BY provider_id LIMIT 1)
        UNION ALL
        SELECT (SELECT later.provider_id FROM kernel_outbox AS later
                WHERE later.sent_at IS NULL AND later.dead_at IS NULL AND later.provider_id > due.provider_id
                ORDER BY later.provider_id LIMIT 1)
        FROM due WHERE due.provider_id IS NOT NULL
    )
    SELECT provider_id FROM due WHERE provider_id IS NOT NULL
"""
# One look into the index per topic: what waits for a handler that this release does not have costs nothing.
_CLAIM = """
    UPDATE kernel_outbox SET attempts = attempts + 1, available_at = %(lease_until)s
    WHERE id = (
        SELECT due.id FROM unnest(%(topics)s::text[]) AS known (topic)
        CROSS JOIN LATERAL (
            SELECT id FROM kernel_outbox
            WHERE provider_id = %(provider_id)s AND topic = known.topic AND sent_at IS NULL AND dead_at IS NULL
              AND available_at <= %(now)s
            ORDER BY available_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS due
        LIMIT 1
    )
    RETURNING id, provider_id, tenant_id, topic, payload, created_at, attempts
"""
_SETTLE = """
    UPDATE kernel_outbox
    SET sent_at = %(sent_at)s, dead_at = %(dead_at)s, available_at = %(available_at)s, last_error = %(last_error)s
    WHERE provider_id = %(provider_id)s AND id = %(id)s AND attempts = %(attempt)s
      AND sent_at IS NULL AND dead_at IS NULL
"""


@dataclass(slots=True)
class RelayCount:
    """What a run of the relay did."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def relay(*, clock: Callable[[], datetime], limit: int) -> RelayCount:
    """Send the messages that are due, provider by provider in turns, until none is left.

    Args:
        clock: tells the time, again for each message, as sending takes some.
        limit: how many attempts at most, so that one run stays short.

    Returns:
        How many were sent, failed (and will be tried again), and given up.

    Idempotency:
        Several relays at once share the work. A message is sent at least once, and again only when a relay died or
        outlived its lease between sending and marking.
    """
    count = RelayCount()
    while (providers := _due_providers()) and _tries(count) < limit:
        before = _tries(count)
        for provider_id in providers:
            _take_turn(
                provider_id, clock=clock, tries=min(_TURN, limit - _tries(count)), count=count
            )
        if _tries(count) == before:
            break
    return count


def _tries(count: RelayCount) -> int:
    return count.sent + count.failed + count.dead


def _take_turn(
    provider_id: int, *, clock: Callable[[], datetime], tries: int, count: RelayCount
) -> None:
    known = handlers()
    topics = deque(sorted(known))
    for _ in range(tries):
        message = _claim(provider_id, topics=list(topics), now=clock())
        topics.rotate(-1)  # no topic waits behind another's flood
        if message is None:
            return
        with _Attempt(message, clock=clock, count=count):
            if message.attempt > ATTEMPTS_MAX:
                raise UndeliverableError(
                    "Each relay that tried to send it died or outlived its lease."
                )
            known[message.topic](message)


class _Attempt:
    """Settles one attempt, whatever the handler raised: a poisoned message must not stop the queue."""

    def __init__(
        self, message: Message, *, clock: Callable[[], datetime], count: RelayCount
    ) -> None:
        self.message, self.clock, self.count = message, clock, count

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None:
            self._settle(sent_at=self.clock())
            self.count.sent += 1
            return True
        if not isinstance(error, Exception):
            return False  # the process is told to end: the lease runs out, another relay takes over
        logger.error(
            "outbox message %s (%s) failed", self.message.id, self.message.topic, exc_info=error
        )
        is_dead = isinstance(error, UndeliverableError) or self.message.attempt >= ATTEMPTS_MAX
        self._settle(
            dead_at=self.clock() if is_dead else None,
            error=f"{type(error).__name__}: {error}"[:500],
        )
        self.count.dead += is_dead
        self.count.failed += not is_dead
        return True

    def _settle(
        self, *, sent_at: datetime | None = None, dead_at: datetime | None = None, error: str = ""
    ) -> None:
        params = {
            "provider_id": self.message.provider_id,
            "id": self.message.id,
            "attempt": self.message.attempt,
            "sent_at": sent_at,
            "dead_at": dead_at,
            "available_at": self.clock() + pause_after(self.message.attempt),
            "last_error": error,
        }
        with kernel_rows_of(self.message.provider_id):
            if execute(_SETTLE, params) == 0:
                logger.warning("outbox message %s was taken over by another relay", self.message.id)


def pause_after(attempt: int) -> timedelta:
    """Return how long a message waits after a failed attempt: 30 s, doubled each time, six hours at most."""
    return min(_FIRST_PAUSE * (1 << min(attempt - 1, 20)), _LONGEST_PAUSE)


def _due_providers() -> list[int]:
    with system_scope():
        return [provider_id for (provider_id,) in fetch_all(_DUE_PROVIDERS)]


def _claim(provider_id: int, *, topics: list[str], now: datetime) -> Message | None:
    params = {"provider_id": provider_id, "topics": topics, "now": now, "lease_until": now + LEASE}
    # Durable: the claim must be committed before the handler runs.
    with transaction.atomic(durable=True), kernel_rows_of(provider_id):
        row = fetch_one(_CLAIM, params)
    if row is None:
        return None
    number, provider, tenant, topic, payload, created_at, attempts = row
    return Message(
        id=number,
        provider_id=provider,
        tenant_id=tenant,
        topic=topic,
        payload=json.loads(payload),
        created_at=created_at,
        attempt=attempts,
    )
