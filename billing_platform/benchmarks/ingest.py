"""The benchmark of ingestion: batches of 1,000 events over HTTP against bare SQL, in turn, on the same events."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from billing_platform.benchmarks.application import build
from billing_platform.benchmarks.ingest_floor import IngestFloor, require_equal_totals
from billing_platform.benchmarks.ingest_workload import BATCH, EventBatch, make_batches
from billing_platform.benchmarks.scratch import connect, scratch_database
from billing_platform.benchmarks.timing import Pairs, take_pair
from billing_platform.benchmarks.web_server import WebServerError, post, web_server
from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from tenants.enums import KeyScope
from tenants.services.api_keys import create_api_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg2 import extensions

ROUNDS = 5
GOAL = 0.5
TAKEN = frozenset({"accepted", "duplicate"})


@dataclass(frozen=True, slots=True)
class IngestReport:
    """Events per second of both sides: medians of rounds taken in turn."""

    events: int
    floor_per_s: float
    app_per_s: float

    @property
    def ratio(self) -> float:
        """The application's speed as a part of the floor's."""
        return self.app_per_s / self.floor_per_s

    def as_json(self) -> dict[str, float | int]:
        """Return the stable keys."""
        return {
            "events": self.events,
            "floor_per_s": round(self.floor_per_s),
            "app_per_s": round(self.app_per_s),
            "ratio": round(self.ratio, 3),
        }

    def as_lines(self) -> list[str]:
        """Return the figures for people."""
        speeds = (
            f"floor {self.floor_per_s:,.0f} events/s   app over HTTP {self.app_per_s:,.0f} events/s"
        )
        return [
            f"{self.events:,} events in batches of {BATCH:,}",
            f"{speeds}   ratio {self.ratio:.2f}   (goal >= {GOAL})",
        ]


def measure_ingest(
    *,
    tenants: int,
    events: int,
    tell: Callable[[str], None],
    senders: int = 1,
    template: str | None = None,
) -> IngestReport:
    """Measure ingestion.

    Args:
        tenants: how many send usage, each on five meters.
        events: how many events in all, a multiple of 5,000; one in fifty is sent twice.
        tell: takes the lines of progress.
        senders: how many calls are under way at once, each answered by a web process with a connection of its own;
            the floor has one connection.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database or the web process cannot be had, or the sides end with different sums.
    """
    with (
        scratch_database(template=template) as name,
        closing(connect(name)) as raw,
        raw.cursor() as owner,
    ):
        hour = hour_floor(now()) - timedelta(hours=1)
        tell(f"Building {tenants:,} tenants × 5 meters …")
        provider_id = build(owner, tenants=tenants, starts_at=hour - timedelta(hours=1))
        key = _api_key(provider_id)
        count = events // BATCH
        batches = make_batches(
            tenants=_names(owner, "tenants_tenant", "external_id", provider_id),
            meters=_names(owner, "usage_meter", "event_type", provider_id),
            count=count + 1,
            hour=hour,
        )
        with closing(IngestFloor(name)) as floor, web_server(name, workers=senders) as port:
            first = [next(batches)]
            floor.take(first)
            taken_first: list[bytes] = []
            _send(port, key, first, taken_first)
            _require_taken(taken_first)
            owner.execute("VACUUM ANALYZE")
            pairs = []
            for number in range(ROUNDS):
                part = list(islice(batches, count // ROUNDS))
                answers: list[bytes] = []
                pair = take_pair(
                    number,
                    floor=partial(floor.take, part),
                    app=partial(_send_all, senders, port, key, part, answers),
                    settle=lambda: None,
                )
                _require_taken(answers)
                tell(f"  floor {pair.floor_s:.2f} s, app {pair.app_s:.2f} s")
                pairs.append(pair)
        require_equal_totals(owner, provider_id=provider_id)
    taken = Pairs(tuple(pairs))
    per_round = count // ROUNDS * BATCH
    return IngestReport(per_round * ROUNDS, per_round / taken.floor_s, per_round / taken.app_s)


def _send_all(
    senders: int, port: int, key: str, batches: Sequence[EventBatch], answers: list[bytes]
) -> None:
    with ThreadPoolExecutor(senders) as pool:
        parts = [batches[first::senders] for first in range(senders)]
        for sent in [pool.submit(_send, port, key, part, answers) for part in parts]:
            sent.result()


def _send(port: int, key: str, batches: Sequence[EventBatch], answers: list[bytes]) -> None:
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    for batch in batches:
        answers.append(post(port, "/api/v1/events", batch.body, headers))  # noqa: PERF401 (kept as they come)


def _require_taken(answers: Iterable[bytes]) -> None:
    """Look at every verdict, once the clock stands.

    Raises:
        WebServerError: an event was not taken.
    """
    for answer in answers:
        results = json.loads(answer)["results"]
        lost = [result for result in results if result["verdict"] not in TAKEN]
        if lost or len(results) != BATCH:
            raise WebServerError(f"An event was not taken: {lost[:1]} of {len(results)}.")


def _api_key(provider_id: int) -> str:
    with provider_scope(provider_id):
        made = create_api_key(provider_id=provider_id, scopes=[KeyScope.USAGE_WRITE], now=now())
    return made.raw


def _names(owner: extensions.cursor, table: str, column: str, provider_id: int) -> dict[int, str]:
    owner.execute(
        f"SELECT id, {column} FROM {table} WHERE provider_id = %s ORDER BY id", [provider_id]
    )
    return dict(owner.fetchall())
