"""Looks at the outbox: what was given up, what waits too long; and tries again. Read by pages and by health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing_platform.kernel.errors import NotFoundError
from billing_platform.kernel.kernel_rows import kernel_rows_of
from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadMessage:
    """A message that the relay gave up."""

    id: int
    tenant_id: int
    topic: str
    dead_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message.

    Attributes:
        sent_at: when its handler succeeded, or None.
        dead_at: when the relay gave it up, or None.
        next_at: while it waits, when it is tried next.
        attempts: so far.
        last_error: of the last attempt that failed.
    """

    sent_at: datetime | None
    dead_at: datetime | None
    next_at: datetime
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What of a provider's messages has not left.

    Attributes:
        oldest: since when the longest waiting one could have been sent; None when none waits.
        dead: how many were given up.
    """

    oldest: datetime | None
    dead: int


def backlog(*, provider_id: int, now: datetime) -> Backlog:
    """Return what waits and what was given up of a provider's messages.

    Args:
        provider_id: whose messages, 0 for the platform's.
        now: the present moment; what failed waits for its next attempt and does not count until then.
    """
    with kernel_rows_of(provider_id):
        row = fetch_one(
            "SELECT (SELECT min(available_at) FROM kernel_outbox WHERE provider_id = %(provider)s"
            " AND sent_at IS NULL AND dead_at IS NULL AND available_at <= %(now)s),"
            " (SELECT count(*) FROM kernel_outbox WHERE provider_id = %(provider)s AND dead_at IS NOT NULL)",
            {"provider": provider_id, "now": now},
        )
    return Backlog(*row) if row else Backlog(None, 0)


def dead_messages(*, provider_id: int, limit: int = 100) -> tuple[DeadMessage, ...]:
    """Return the messages of a provider that were given up, the newest first.

    Args:
        provider_id: whose messages, 0 for the platform's.
        limit: how many at most.
    """
    with kernel_rows_of(provider_id):
        rows = fetch_all(
            "SELECT id, tenant_id, topic, dead_at, attempts, last_error FROM kernel_outbox"
            " WHERE provider_id = %s AND dead_at IS NOT NULL ORDER BY dead_at DESC, id DESC LIMIT %s",
            [provider_id, limit],
        )
    return tuple(DeadMessage(*row) for row in rows)


def revive_message(*, provider_id: int, message_id: int, now: datetime) -> None:
    """Give a message that was given up all its attempts again; the next relay takes it.

    Args:
        provider_id: whose message.
        message_id: its number.
        now: the present moment.

    Raises:
        NotFoundError: there is no such message, or it was not given up.
    """
    with kernel_rows_of(provider_id):
        revived = execute(
            "UPDATE kernel_outbox SET dead_at = NULL, attempts = 0, available_at = %s"
            " WHERE provider_id = %s AND id = %s AND dead_at IS NOT NULL",
            [now, provider_id, message_id],
        )
    if not revived:
        raise NotFoundError(message="No message was given up under this number.")


def deliveries(*, provider_id: int, topic: str, keys: Sequence[str]) -> dict[str, Delivery]:
    """Return what became of messages by their keys, by one query; what nobody wrote is left out.

    Args:
        provider_id: whose messages.
        topic: of all of them.
        keys: the natural keys that they were written with.
    """
    with kernel_rows_of(provider_id):
        rows = fetch_all(
            "SELECT dedupe_key, sent_at, dead_at, available_at, attempts, last_error FROM kernel_outbox"
            " WHERE provider_id = %s AND topic = %s AND dedupe_key = ANY(%s) AND NOT dedupe_key = ''",
            [provider_id, topic, list(keys)],
        )
    return {key: Delivery(*rest) for key, *rest in rows}


def oldest_unsent(*, now: datetime) -> datetime | None:
    """Return since when the longest waiting message of all providers could have been sent, or None when none waits.

    Only a worker sees all providers. A message that failed waits for its next attempt and does not count until then.

    Args:
        now: the present moment.
    """
    with system_scope():
        row = fetch_one(
            "SELECT min(available_at) FROM kernel_outbox"
            " WHERE sent_at IS NULL AND dead_at IS NULL AND available_at <= %s",
            [now],
        )
    return row[0] if row else None


def forget_payloads(*, before: datetime) -> int:
    """Empty what was sent long ago; the row stays, so that its key still counts. Runs as worker.

    Args:
        before: messages sent before this moment.

    Returns:
        How many were emptied.
    """
    with system_scope():
        return execute(
            "UPDATE kernel_outbox SET payload = '{}' WHERE sent_at < %s AND payload <> '{}'",
            [before],
        )
