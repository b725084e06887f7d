"""The usage of the demo's clients, made up hour by hour and always alike, as CloudEvents. Pure."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider, DemoTenant


# Above this pace a client has a load balancer.
LOAD_BALANCED: Final = 60
# The hour of the day (UTC) at which phones tell their users.
SEATS_HOUR: Final = 8
USER_CLASSES: Final = ("mobile", "desktop", "video", "messaging")
# Numbers that nobody has, set apart for films: Munich and Hamburg call Berlin.
OWN_NUMBER: Final = "+493023125{:03}"
OTHER_NUMBERS: Final = ("+498999998{:03}", "+494066969{:03}")


def hour_events(
    catalogue: str, tenant: DemoTenant, hour: datetime, *, percent: int = 100
) -> Iterator[dict[str, Any]]:
    """Yield the events of one client in one hour.

    Args:
        catalogue: `cloud` or `voice`.
        tenant: the client; its pace scales what it uses.
        hour: the beginning of a full UTC hour.
        percent: how much of its present pace the client had reached by then.
    """
    dice = random.Random(f"{tenant.external_id} {hour.isoformat()}")  # noqa: S311 (made-up usage)
    by_day = 3 if 7 <= hour.hour < 19 else 1
    weekly = tenant.weekend_percent if hour.weekday() >= 5 else 100
    pace = max(1, tenant.pace * percent * weekly // 10_000)
    if catalogue == "cloud":
        drawn = _cloud(dice, tenant, pace, by_day)
    else:
        drawn = _voice(dice, tenant, pace, by_day if hour.hour != SEATS_HOUR else 0)
    for number, (kind, subject, data) in enumerate(drawn):
        minute = number * 3 % 60
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
    dice: random.Random, tenant: DemoTenant, pace: int, by_day: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    scale = pace * by_day
    yield "cloud.api", "gateway", {"quantity": str(dice.randint(80, 160) * scale)}
    yield "cloud.egress", "gateway", {"quantity": f"{dice.randint(6, 20) * scale / 1000:.3f}"}
    yield "cloud.storage", "bucket-1", {"quantity": str(180 + tenant.pace + dice.randint(0, 40))}
    for kind, per_pace in (("instance", 30), ("address", 50), ("database", 90)):
        for number in range(1, 2 + pace // per_pace):
            yield f"cloud.{kind}", f"{kind}-{number}", {"quantity": "1"}
    yield "cloud.volume", "volume-1", {"quantity": str(40 + tenant.pace)}
    if pace > LOAD_BALANCED:
        yield "cloud.balancer", "balancer-1", {"quantity": "1"}


def _voice(
    dice: random.Random, tenant: DemoTenant, pace: int, by_day: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    users = 4 + tenant.pace // 20
    domain = f"{tenant.external_id.lower()}.example"
    if not by_day:
        yield from _seats(users, domain)
        by_day = 3
    for _ in range(max(1, pace * by_day // 60)):
        yield "voice.call", *_call(dice, dice.randint(1, users), domain)
    for _ in range(pace * by_day // 100):
        yield "voice.message", "gateway", {}
    # What stands at the full hour: every user has an extension, and a block of numbers belongs to each client.
    yield "voice.extension", "pbx-1", {"quantity": str(users)}
    yield "voice.number", "pbx-1", {"quantity": str(2 + tenant.pace // 40)}


def _call(dice: random.Random, user: int, domain: str) -> tuple[str, dict[str, Any]]:
    own = OWN_NUMBER.format(100 + user)
    other = dice.choice(OTHER_NUMBERS).format(dice.randint(0, 999))
    is_outbound = dice.randint(1, 10) <= 6
    return f"sip:u{user}@{domain}", {
        "quantity": str(dice.randint(20, 900)),
        "direction": "outbound" if is_outbound else "inbound",
        "from": own if is_outbound else other,
        "to": other if is_outbound else own,
    }


def _seats(users: int, domain: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Once a day each phone tells what its user has: every one messages, every second has the app, and so on."""
    for user in range(1, users + 1):
        for every, user_class in zip((2, 3, 4, 1), USER_CLASSES, strict=True):
            if user % every == 0:
                data = {"user_class": user_class, "host": "true" if user % 8 == 0 else "false"}
                yield "voice.seat", f"sip:u{user}@{domain}", data


def mistakes(provider: DemoProvider, until: datetime) -> list[dict[str, Any]]:
    """Return what goes wrong at every provider.

    A client nobody knows, a type nobody counts, a client that left; a decimal comma, a file that is far too old, a
    clock that is wrong; and an event that was counted, sent once more with another quantity.
    """
    names = [tenant.external_id for tenant in provider.tenants]
    gone = [tenant.external_id for tenant in provider.tenants if tenant.closed_days]
    kind = f"{provider.slug}.usage"
    wrong = [("mistyped-client", kind), (names[0], f"{provider.slug}.beta")]
    wrong += [(name, kind) for name in gone]
    parked = [
        _mistake(provider, str(number), name, type_, until - timedelta(minutes=50 - number))
        for number, (name, type_) in enumerate(wrong)
    ]
    (counted, *_) = hour_events(provider.catalogue, provider.tenants[0], until - timedelta(hours=2))
    measured = counted["type"]
    return [
        *parked,
        {
            **_mistake(provider, "comma", names[0], measured, until - timedelta(minutes=40)),
            "data": {"quantity": "1,5"},
        },
        _mistake(provider, "old", names[1], measured, until - timedelta(days=50)),
        _mistake(provider, "clock", names[1], measured, until + timedelta(days=3)),
        {**counted, "data": {**counted["data"], "quantity": "1"}},
    ]


def _mistake(
    provider: DemoProvider, name: str, tenant: str, kind: str, at: datetime
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"mistake-{name}",
        "source": f"/demo/{provider.catalogue}",
        "type": kind,
        "subject": "import",
        "tenant": tenant,
        "time": at.isoformat(),
        "data": {"quantity": "1"},
    }


def forgotten(provider: DemoProvider, tenant: DemoTenant, at: datetime) -> list[dict[str, Any]]:
    """Return usage of an hour that was charged long ago, found in a file that was left behind."""
    if provider.catalogue == "cloud":
        drawn = [("cloud.egress", "gateway", {"quantity": "180"})]
    else:
        call = {
            "quantity": "21600",
            "direction": "outbound",
            "from": OWN_NUMBER.format(101),
            "to": OTHER_NUMBERS[0].format(7),
        }
        drawn = [("voice.call", f"sip:u1@{tenant.external_id.lower()}.example", call)]
    return [
        {
            "specversion": "1.0",
            "id": f"{tenant.external_id}-forgotten",
            "source": f"/demo/{provider.catalogue}",
            "type": kind,
            "subject": subject,
            "tenant": tenant.external_id,
            "time": (at + timedelta(minutes=42)).isoformat(),
            "data": data,
        }
        for kind, subject, data in drawn
    ]
