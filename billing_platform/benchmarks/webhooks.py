"""The benchmark of webhooks: how fast deliveries are acknowledged and worked off, with a bare insert beside it.

Acknowledgement: deliveries with real signatures are sent over HTTP to one gunicorn worker in production's settings, at
a rate that rises by a half until it is not held; the floor keeps the same bytes by a bare INSERT in the same run.
Effects: payments made at the simulated Stripe, whose stored events this process works off one by one as the worker
does, asking the simulator over HTTP; an effect is a payment credited.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings

from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.load import Latencies, in_turn, offer
from billing_platform.benchmarks.scratch import connect, scratch_database
from billing_platform.benchmarks.timing import seconds_of
from billing_platform.benchmarks.web_server import post, web_server
from billing_platform.benchmarks.webhook_floor import WebhookFloor, require_equal_events
from billing_platform.benchmarks.webhook_workload import (
    AMOUNT,
    Delivery,
    open_shop,
    simulators,
    strangers,
)
from billing_platform.kernel.clock import now
from payments.services.webhooks import process_event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg2 import extensions

    from billing_platform.benchmarks.webhook_workload import Shop

START_PER_S = 10.0
STEP = 1.5
# A gateway waits longer, but a rate is held only while nobody queues.
HELD_P99_MS = 250
STEPS_MAX = 20
CREDITED = """
SELECT coalesce(sum(-e.amount_minor), 0) FROM accounts_entry e JOIN accounts_account a ON a.id = e.account_id
 WHERE a.provider_id = %s AND a.kind = 'gateway_clearing'
"""


@dataclass(frozen=True, slots=True)
class WebhookReport:
    """Both sides of one run.

    Attributes:
        deliveries: how many were acknowledged in all.
        held: the latencies at the highest rate whose p99 stayed within the limit; None when the first did not.
        floor: the same deliveries by a bare insert on one connection, one after the other.
        payments, events: what was worked off.
        seconds: how long that took.
    """

    deliveries: int
    held: Latencies | None
    floor: Latencies
    payments: int
    events: int
    seconds: float

    def as_json(self) -> dict[str, float | int | None]:
        """Return the stable keys; the acknowledgement's figures are null when no rate was held."""
        held = self.held
        return {
            "deliveries": self.deliveries,
            "held_per_s": round(held.rate, 1) if held else None,
            "ack_p50_ms": held.percentile_ms(0.5) if held else None,
            "ack_p99_ms": held.percentile_ms(0.99) if held else None,
            "floor_per_s": round(self.floor.rate, 1),
            "floor_p50_ms": self.floor.percentile_ms(0.5),
            "floor_p99_ms": self.floor.percentile_ms(0.99),
            "payments": self.payments,
            "effects_per_s": round(self.payments / self.seconds, 1),
            "events_per_s": round(self.events / self.seconds, 1),
        }

    def as_lines(self) -> list[str]:
        """Return the figures for people."""
        found = self.as_json()
        held = (
            f"held {found['held_per_s']}/s with p50 {found['ack_p50_ms']} ms, p99 {found['ack_p99_ms']} ms"
            if self.held
            else f"not even {START_PER_S}/s held"
        )
        return [
            f"acknowledged over HTTP: {held} (limit of p99: {HELD_P99_MS} ms)",
            f"bare insert: {found['floor_per_s']}/s, p50 {found['floor_p50_ms']} ms, p99 {found['floor_p99_ms']} ms",
            f"{self.payments} payments: {found['effects_per_s']} effects/s, {found['events_per_s']} events/s",
        ]


def measure_webhooks(
    *, payments: int, seconds: float, tell: Callable[[str], None], template: str | None = None
) -> WebhookReport:
    """Measure the landing zone and the work behind it.

    Args:
        payments: how many are credited, 1 or more.
        seconds: how long each rate is offered.
        tell: takes the lines of progress.
        template: a migrated database to copy; without it the migrations run.

    Raises:
        BenchmarkError: the scratch database, the simulators or the web process cannot be had, an answer is not 200, or
            the sides end with different events or money.
    """
    with (
        scratch_database(template=template) as name,
        closing(connect(name)) as raw,
        raw.cursor() as owner,
        simulators() as about,
    ):
        shop = open_shop(about["credentials"]["stripe"])
        tell(f"Making {payments} payments …")
        for number in range(payments):
            shop.pay(number)
        real = shop.told()
        with closing(WebhookFloor(name)) as floor, web_server(name, extra=_environment()) as port:
            send = partial(_send, port, shop.path)
            for one in real:
                send(one)
                floor.take(one.event_id, one.body)
            held, sent, bare = _climb(send, floor, seconds, tell)
        require_equal_events(owner, provider_id=shop.provider_id)
        numbers = _numbers(owner, shop, real)
        taken = seconds_of(partial(_work_off, shop.provider_id, numbers))
        _require_credited(owner, shop.provider_id, payments)
    return WebhookReport(len(real) + sent, held, bare, payments, len(real), taken)


def _climb(
    send: Callable[[Delivery], None],
    floor: WebhookFloor,
    seconds: float,
    tell: Callable[[str], None],
) -> tuple[Latencies | None, int, Latencies]:
    """Raise the rate until it is not held; the floor takes each step's deliveries right after it."""
    held: Latencies | None = None
    sent, rate = 0, START_PER_S
    bare: list[float] = []
    busy = 0.0
    for _ in range(STEPS_MAX):
        part = strangers(sent, max(2, round(rate * seconds)))
        found = offer(rate=rate, calls=[partial(send, one) for one in part])
        inserts = in_turn(calls=[partial(floor.take, one.event_id, one.body) for one in part])
        bare += inserts.seconds
        busy += len(part) / inserts.rate
        sent += len(part)
        p99 = found.percentile_ms(0.99)
        tell(f"  {rate:.0f}/s: p99 {p99} ms; bare insert {inserts.percentile_ms(0.99)} ms")
        if p99 > HELD_P99_MS:
            break
        held, rate = found, rate * STEP
    return held, sent, Latencies(len(bare) / busy, tuple(sorted(bare)))


def _send(port: int, path: str, delivery: Delivery) -> None:
    post(port, path, delivery.body, delivery.headers())


def _environment() -> dict[str, str]:
    # The web process opens the same secrets; its bell rings in its own memory, for the broker is not what is measured.
    return {"GATEWAY_KEYS": settings.GATEWAY_KEYS, "REDIS_URL": "memory://"}


def _numbers(owner: extensions.cursor, shop: Shop, real: Sequence[Delivery]) -> list[int]:
    owner.execute(
        "SELECT id FROM payments_webhook_event WHERE provider_id = %s AND event_id = ANY(%s) ORDER BY id",
        [shop.provider_id, [one.event_id for one in real]],
    )
    return [number for (number,) in owner.fetchall()]


def _work_off(provider_id: int, numbers: Sequence[int]) -> None:
    for number in numbers:
        process_event(provider_id=provider_id, event_id=number, now=now())


def _require_credited(owner: extensions.cursor, provider_id: int, payments: int) -> None:
    owner.execute(CREDITED, [provider_id])
    (credited,) = owner.fetchone() or (0,)
    if credited != payments * AMOUNT.amount_minor:
        raise SumsDifferError(f"{credited} minor units were credited for {payments} payments.")
