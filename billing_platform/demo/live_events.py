"""Which usage the live generator posts next: small pieces of what a client uses in an hour, now. No input or output."""

from __future__ import annotations

import uuid
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any, Final

from billing_platform.demo_data.events import hour_events

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant

# So many clients send something at once by day, and by night.
BY_DAY: Final = 2
BY_NIGHT: Final = 1
# Every so many posts one event comes a second time; an impossible one comes much rarer, at first soon.
REPEAT_EVERY: Final = 12
MISTAKE_EVERY: Final = 240
FIRST_MISTAKE: Final = 5
# A level stays what it is however often it is told.
LEVELS: Final = frozenset({"cloud.storage"})
WHOLE: Final = frozenset({"cloud.api", "voice.call"})
FINEST: Final = Decimal("0.001")
HOUR_S: Final = 3600


class LiveUsage:
    """The usage of one provider's clients while the demo runs; in an hour it comes to what the history has in one."""

    def __init__(self, provider: DemoProvider, *, every_s: float, dice: random.Random) -> None:
        self._provider = provider
        self._every_s = Decimal(str(every_s))
        self._dice = dice
        self._posts = 0
        self._last: dict[str, Any] | None = None

    def draw(self, active: Sequence[DemoTenant], at: datetime) -> list[dict[str, Any]]:
        """Return the events of one post, as CloudEvents.

        Args:
            active: the clients that may use something.
            at: the present moment, which the events carry.
        """
        if not active:
            return []
        self._posts += 1
        chosen = self._dice.sample(
            active, min(len(active), BY_DAY if 7 <= at.hour < 19 else BY_NIGHT)
        )
        drawn = [self._piece(tenant, at, Decimal(len(active)) / len(chosen)) for tenant in chosen]
        events = [event for event in drawn if event is not None]
        last, self._last = self._last, events[0] if events else self._last
        if last and self._posts % REPEAT_EVERY == 0:
            events.append(last)
        if self._posts % MISTAKE_EVERY == FIRST_MISTAKE:
            events.append(self._mistake(chosen[0], at))
        return events

    def _piece(self, tenant: DemoTenant, at: datetime, turns: Decimal) -> dict[str, Any] | None:
        """Return a piece of one thing that a client uses; what cannot be divided comes as seldom as it should."""
        # Asked for this second and not for the hour, the made-up calls differ from one to the next.
        hour = list(hour_events(self._provider.catalogue, tenant, at.replace(microsecond=0)))
        event = self._dice.choice(hour)
        share = self._every_s * turns * len(hour) / HOUR_S
        data = dict(event["data"])
        if "quantity" not in data:
            if self._dice.random() >= share:
                return None
        elif event["type"] not in LEVELS:
            data["quantity"] = _divided(Decimal(data["quantity"]) * share, event["type"])
        return self._now(event | {"data": data}, at)

    def _mistake(self, tenant: DemoTenant, at: datetime) -> dict[str, Any]:
        """Return an event that no one can count: its quantity is no number."""
        event = next(hour_events(self._provider.catalogue, tenant, at.replace(microsecond=0)))
        return self._now(event | {"data": {"quantity": "a lot"}}, at)

    def _now(self, event: dict[str, Any], at: datetime) -> dict[str, Any]:
        return event | {
            "id": f"{event['tenant']}-{uuid.uuid4().hex}",
            "source": f"/demo/live/{self._provider.catalogue}",
            "time": at.isoformat(timespec="milliseconds"),
        }


def _divided(quantity: Decimal, kind: str) -> str:
    step = Decimal(1) if kind in WHOLE else FINEST
    return str(max(step, quantity.quantize(step, rounding=ROUND_CEILING)))
