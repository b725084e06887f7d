"""The usage of the demo's clients, made up hour by hour and always alike, as CloudEvents. Pure."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoTenant


def hour_events(catalogue: str, tenant: DemoTenant, hour: datetime) -> Iterator[dict[str, Any]]:
    """Yield the events of one client in one hour.

    Args:
        catalogue: `cloud` or `voice`.
        tenant: the client; its pace scales what it uses.
        hour: the beginning of a full UTC hour.
    """
    dice = random.Random(f"{tenant.external_id} {hour.isoformat()}")  # noqa: S311 (made-up usage)
    by_day = 3 if 7 <= hour.hour < 19 else 1
    drawn = _cloud(dice, tenant, by_day) if catalogue == "cloud" else _voice(dice, tenant, by_day)
    for number, (kind, subject, data) in enumerate(drawn):
        minute = min(number * 3, 59)
        yield {
            "specversion": "1.0",
            "id": f"{tenant.external_id}-{hour:%Y%m%d%H}-{number}",
            "source": f"/demo/{catalogue}",
            "type": kind,
            "subject": subject,
            "tenant": tenant.external_id,
            "time": hour.replace(minute=minute).isoformat(),
            "data": data,
        }


def _cloud(
    dice: random.Random, tenant: DemoTenant, by_day: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    scale = tenant.pace * by_day
    yield "cloud.api", "gateway", {"quantity": str(dice.randint(80, 160) * scale)}
    yield "cloud.egress", "gateway", {"quantity": f"{dice.randint(6, 20) * scale / 1000:.3f}"}
    yield "cloud.storage", "bucket-1", {"quantity": str(180 + tenant.pace + dice.randint(0, 40))}


def _voice(
    dice: random.Random, tenant: DemoTenant, by_day: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for _ in range(max(1, tenant.pace * by_day // 60)):
        user = f"sip:u{dice.randint(1, 4 + tenant.pace // 20)}@{tenant.external_id.lower()}.example"
        yield "voice.call", user, {"quantity": str(dice.randint(20, 900)), "direction": "outbound"}
    for _ in range(tenant.pace * by_day // 100):
        yield "voice.message", "gateway", {}
