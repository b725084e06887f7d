"""The events of the ingest benchmark: batches of 1,000, as HTTP bodies and as COPY text for the floor."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

BATCH = 1_000
# One event in fifty comes twice, as it does after a lost answer.
REPEATED = 20
SOURCE = "bench"


@dataclass(frozen=True)
class EventBatch:
    """The same events for both sides.

    Attributes:
        body: a CloudEvents batch in JSON.
        rows: the same columns, with key, digest and the ids of tenant and meter, as COPY text.
    """

    body: bytes
    rows: str


def make_batches(
    *, tenants: Mapping[int, str], meters: Mapping[int, str], count: int, hour: datetime
) -> Iterator[EventBatch]:
    """Yield batches of random tenants and meters in one hour; the same call yields the same events.

    Args:
        tenants: external id by id.
        meters: event type by id.
        count: how many batches.
        hour: the hour that all events lie in.
    """
    random = Random(count)  # noqa: S311 (a workload, no secret)
    tenant_ids, meter_ids = list(tenants), list(meters)
    before: list[tuple[dict[str, Any], tuple[str, ...]]] = []
    for number in range(count):
        chosen = random.sample(before, min(REPEATED, len(before)))
        for place in range(BATCH - len(chosen)):
            tenant_id, meter_id = random.choice(tenant_ids), random.choice(meter_ids)
            event = {
                "specversion": "1.0",
                "id": f"{number:06}-{place:04}-{random.getrandbits(64):016x}",
                "source": SOURCE,
                "type": meters[meter_id],
                "subject": f"line-{place}",
                "tenant": tenants[tenant_id],
                "time": (hour + timedelta(seconds=random.randrange(3_600))).isoformat(),
                "data": {
                    "quantity": f"{random.randrange(1, 100)}.{random.randrange(100):02}",
                    "direction": "out",
                },
            }
            chosen.append((event, _row(event, tenant_id, meter_id)))
        random.shuffle(chosen)
        before = chosen
        yield _batch(chosen)


def _batch(chosen: Sequence[tuple[dict[str, Any], tuple[str, ...]]]) -> EventBatch:
    body = json.dumps([event for event, _ in chosen]).encode()
    return EventBatch(body, "".join("\t".join(row) + "\n" for _, row in chosen))


def _row(event: Mapping[str, Any], tenant_id: int, meter_id: int) -> tuple[str, ...]:
    key = blake2b(event["id"].encode(), digest_size=16).hexdigest()
    digest = blake2b(json.dumps(event).encode(), digest_size=16).hexdigest()
    columns = (event["id"], event["source"], event["type"], event["subject"], event["time"])
    data = json.dumps(event["data"])
    ids = (key, digest, str(tenant_id), str(meter_id), event["data"]["quantity"])
    return (*columns, data, *ids)
