"""Events of any kind and about any object, as each gateway writes them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.payments.shop import Shop


def event_of(shop: Shop, kind: str, name: str, noun: str) -> bytes:
    """Return the body of an event of any kind about an object, as the gateway writes it."""
    at = int(time.time())
    if shop.gateway == "stripe":
        about = {"id": name, "object": noun, "metadata": {}}
        told: dict[str, Any] = {
            "id": f"evt_{name}",
            "object": "event",
            "type": kind,
            "created": at,
            "livemode": False,
            "api_version": "2026-10-28.endive",
            "data": {"object": about},
        }
    elif shop.gateway == "paypal":
        told = {
            "id": f"WH-{name}",
            "event_type": kind,
            "create_time": "2026-11-20T12:00:00Z",
            "resource": {"id": name},
        }
    else:
        told = {
            "entity": "event",
            "account_id": f"acc_{shop.slug}",
            "event": kind,
            "contains": [noun],
            "payload": {noun: {"entity": {"id": name}}},
            "created_at": at,
        }
    return json.dumps(told).encode()
