"""Messages leave through a table that is written with the change they tell of. Called by services; relay.py sends.

A set-based producer inserts by SQL, in its own statement:
`INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at) SELECT …
ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING`, and calls `ring` afterwards.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from celery import current_app
from django.db import connection, transaction

from billing_platform.kernel.kernel_rows import NO_TENANT, kernel_rows_of
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

RELAY_TASK: Final = "kernel.relay_outbox"

_INSERT = """
    INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at)
    VALUES (%(provider_id)s, %(tenant_id)s, %(topic)s, %(payload)s, %(dedupe_key)s, %(now)s, %(available_at)s)
    ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as its handler sees it; the handler may see it again after a crash and must bear that.

    Attributes:
        id: the row's number, the same at every attempt.
        attempt: 1 for the first.
    """

    id: int
    provider_id: int
    tenant_id: int
    topic: str
    payload: Mapping[str, Any]
    created_at: datetime
    attempt: int


class UndeliverableError(Exception):
    """A handler's word that no further attempt can succeed: the message is given up at once."""


_handlers: dict[str, Callable[[Message], None]] = {}


def register_handler(topic: str, handler: Callable[[Message], None]) -> None:
    """Say who sends the messages of a topic; called in `apps.py.ready()`.

    Args:
        topic: one topic has one handler.
        handler: runs outside of any transaction and scope; it raises to be called again later.

    Raises:
        ValueError: the topic has another handler already.

    Idempotency:
        Registering the same handler again changes nothing.
    """
    if _handlers.setdefault(topic, handler) is not handler:
        raise ValueError(f"The topic {topic} has a handler already.")


def handlers() -> Mapping[str, Callable[[Message], None]]:
    """Return the handlers of this process by topic."""
    return dict(_handlers)


def enqueue(
    *,
    provider_id: int,
    topic: str,
    payload: Mapping[str, Any],
    now: datetime,
    tenant_id: int = NO_TENANT,
    dedupe_key: str = "",
    available_at: datetime | None = None,
) -> bool:
    """Put a message into the outbox, in the caller's transaction, and wake the relay after its commit.

    Args:
        provider_id: whose message, 0 for the platform.
        topic: which handler sends it.
        payload: JSON, without amounts as fractions.
        now: the time of the change it tells of.
        tenant_id: the tenant it belongs to, 0 for the provider itself.
        dedupe_key: the natural key of the effect, at most 200 characters; empty for none.
        available_at: not to be sent before; `now` when left out.

    Returns:
        Whether it is new; False when the key was used before.

    Raises:
        TransactionRequiredError: no transaction is open, so it would not hang on the change.

    Idempotency:
        By `dedupe_key` per provider and topic, for ever.
    """
    require_atomic()
    params = {
        "provider_id": provider_id,
        "tenant_id": tenant_id,
        "topic": topic,
        "payload": json.dumps(payload),
        "dedupe_key": dedupe_key,
        "now": now,
        "available_at": available_at or now,
    }
    with kernel_rows_of(provider_id):
        is_new = execute(_INSERT, params) == 1
    if is_new:
        ring()
    return is_new


def ring() -> None:
    """Wake a relay after the commit of this transaction; if the bell is lost, the sweep comes within a minute."""
    # One bell is enough: it is taken down only with a block that is rolled back, and then it is not found here.
    if all(hook[1] is not _wake_relay for hook in connection.run_on_commit):
        transaction.on_commit(_wake_relay, robust=True)


def _wake_relay() -> None:
    # The bell must not hold up a request when the broker is away: no retries, and stale bells expire.
    current_app.send_task(RELAY_TASK, retry=False, expires=60, ignore_result=True)
