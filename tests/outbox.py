"""What waits in the outbox, as its handlers and its readers see it."""

from __future__ import annotations

import json
from typing import Any

from billing_platform.kernel.outbox import Message
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.roles import as_role


def messages_of(provider_id: int, topic: str) -> list[Message]:
    """Return a provider's messages of a topic, the oldest first."""
    with as_role("worker"), provider_scope(provider_id):
        found = fetch_all(
            "SELECT id, tenant_id, payload, created_at FROM kernel_outbox WHERE topic = %s ORDER BY id",
            [topic],
        )
    return [
        Message(
            id=number,
            provider_id=provider_id,
            tenant_id=tenant_id,
            topic=topic,
            payload=dict(json.loads(payload) if isinstance(payload, str) else payload),
            created_at=at,
            attempt=1,
        )
        for number, tenant_id, payload, at in found
    ]


def mails_of(provider_id: int) -> list[dict[str, Any]]:
    """Return a provider's mails that wait to be sent, the oldest first."""
    return [dict(message.payload) for message in messages_of(provider_id, "mail")]
