"""Batches beside each other, beside the hourly job, and killed in the middle: every event counts exactly once."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import HOUR, START, Shop
from tests.roles import set_role
from tests.usage.faults.workers import start, together
from usage.selectors.refused import RefusedQuery
from usage.services.charging import charge_hours
from usage.services.event_store import ensure_months
from usage.services.ingestion import MARKERS, ingest_cloudevents
from usage.services.parking import replay_parked
from usage.services.retries import MARKERS as RETRY_MARKERS
from usage.services.retries import retry_refused

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
TENANTS = 10
NOW = START + 30 * HOUR


@pytest.fixture
def shop(committed_db: str) -> Shop:
    """Ten tenants with a sum, a maximum and a last value, each at 1 USD a unit."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        for code, aggregation in (
            ("sum", "sum"),
            ("max", "max"),
            ("latest", "latest"),
            ("unique", "unique"),
        ):
            shop.meter(code, aggregation)
            shop.price(code, {"unit": "1"})
        version, _ = shop.version()
        for number in range(TENANTS):
            shop.subscribe(shop.tenant(f"t-{number}"), version)
    return shop


def wait_for_advisory_lock(*, granted: bool) -> None:
    """Return once somebody holds, or waits for, an advisory lock in this database."""
    deadline = time.monotonic() + 20
    while not fetch_all(
        "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
        " WHERE l.locktype = 'advisory' AND l.granted = %s",
        [granted],
    ):
        assert time.monotonic() < deadline, "nobody came to the lock"
        time.sleep(0.01)


def event(number: int, code: str, quantity: str, **more: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"{code}-{number}",
        "source": "s",
        "type": code,
        "tenant": f"t-{number % TENANTS}",
        "subject": f"user-{number % 7}",
        "time": (START + timedelta(minutes=number)).isoformat(),
        "data": {"quantity": quantity},
        **more,
    }


def stream(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Return events of all four meters in a random order."""
    codes = ("sum", "max", "latest", "unique")
    events = [event(n, code, f"{n % 50}.5") for n in range(count) for code in codes]
    Random(seed).shuffle(events)  # noqa: S311 (an order, no secret)
    return events


def send(shop: Shop, events: Sequence[dict[str, Any]], size: int = 50) -> dict[str, int]:
    """Send events in batches, each in its own transaction, and count the verdicts."""
    verdicts: Counter[str] = Counter()
    for first in range(0, len(events), size):
        with provider_scope(shop.provider_id):
            results = ingest_cloudevents(
                provider_id=shop.provider_id, items=events[first : first + size], now=NOW
            )
        verdicts.update(result.verdict.value for result in results)
    return dict(verdicts)


REFUSED = 100


def refuse_some(shop: Shop) -> None:
    """Refuse events that came too early, by the clock of then."""
    items = [event(n, "sum", "1") for n in range(REFUSED)]
    with provider_scope(shop.provider_id):
        ingest_cloudevents(provider_id=shop.provider_id, items=items, now=START - timedelta(days=1))


def retry(shop: Shop) -> dict[str, int]:
    with provider_scope(shop.provider_id):
        report = retry_refused(
            provider_id=shop.provider_id, query=RefusedQuery(), user_id=1, now=NOW
        )
    return {verdict.value: count for verdict, count in report.verdicts.items()}


def check_retried(shop: Shop) -> None:
    with provider_scope(shop.provider_id):
        assert fetch_all("SELECT sum(quantity) FROM usage_hour") == [(Decimal(REFUSED),)]
        outcomes = fetch_all("SELECT outcome, count(*) FROM usage_refused_event GROUP BY 1")
        assert outcomes == [("accepted", REFUSED)]


def totals(shop: Shop) -> dict[tuple[str, str], Decimal]:
    with provider_scope(shop.provider_id):
        rows = fetch_all(
            "SELECT n.external_id, m.code, t.quantity FROM usage_total t"
            " JOIN usage_rate_segment s ON s.id = t.segment_id"
            " JOIN usage_meter m ON m.id = s.meter_id JOIN tenants_tenant n ON n.id = t.tenant_id"
        )
    return {(tenant, code): quantity for tenant, code, quantity in rows}


def expected(events: Sequence[dict[str, Any]]) -> dict[tuple[str, str], Decimal]:
    """Work the totals out in plain Python."""
    found: dict[tuple[str, str], Decimal] = {}
    seen: set[tuple[str, str]] = set()
    for item in sorted(events, key=lambda each: str(each["time"])):
        key, quantity = (item["tenant"], item["type"]), Decimal(item["data"]["quantity"])
        before = found.get(key)
        if item["type"] == "sum":
            found[key] = (before or Decimal(0)) + quantity
        elif item["type"] == "max":
            found[key] = quantity if before is None else max(before, quantity)
        elif item["type"] == "latest":
            found[key] = quantity
        elif (item["tenant"], item["subject"]) not in seen:
            seen.add((item["tenant"], item["subject"]))
            found[key] = (before or Decimal(0)) + 1
    return found


def check(shop: Shop, events: Sequence[dict[str, Any]]) -> None:
    """Charge what came in, and compare totals, postings and ledger with the plain reckoning."""
    wanted = expected(events)
    assert totals(shop) == wanted
    charge_hours(provider_id=shop.provider_id, until=NOW, now=NOW)
    with provider_scope(shop.provider_id):
        ((posted,),) = fetch_all("SELECT -sum(balance) FROM accounts_wallet")
        assert posted == sum(wanted.values()) * 100
        assert verify(provider_id=shop.provider_id).findings == ()


class TestTogether:
    def test_one_stream_sent_by_many_counts_once(self, shop: Shop) -> None:
        events = stream(100)
        ended = together(*[partial(send, shop, stream(100, seed)) for seed in range(4)])
        set_role("worker")

        assert [code for code, _ in ended] == [0] * 4
        assert sum(found.get("accepted", 0) for _, found in ended) == len(events)
        assert sum(found.get("duplicate", 0) for _, found in ended) == 3 * len(events)
        check(shop, events)

    def test_streams_on_the_same_rows_do_not_stop_each_other(self, shop: Shop) -> None:
        events = stream(400)
        parts = [events[number::4] for number in range(4)]
        ended = together(*[partial(send, shop, part, 100) for part in parts])
        set_role("worker")

        assert [code for code, _ in ended] == [0] * 4
        assert sum(found["accepted"] for _, found in ended) == len(events)
        check(shop, events)

    def test_the_hourly_job_runs_beside(self, shop: Shop) -> None:
        events = stream(200)

        def charge() -> int:
            for hours in range(1, 13):
                charge_hours(provider_id=shop.provider_id, until=START + hours * HOUR, now=NOW)
            return 0

        ended = together(partial(send, shop, events, 20), charge)
        set_role("worker")

        assert [code for code, _ in ended] == [0, 0]
        check(shop, events)

    def test_two_replays_count_parked_events_once(self, shop: Shop) -> None:
        events = [event(n, "fax", "1") for n in range(100)]
        assert send(shop, events) == {"parked": 100}
        with provider_scope(shop.provider_id):
            shop.meter("fax")

        def replay() -> int:
            return replay_parked(provider_id=shop.provider_id, now=NOW).counted

        ended = together(replay, replay)
        set_role("worker")

        assert [code for code, _ in ended] == [0, 0]
        assert sum(found for _, found in ended) == 100
        with provider_scope(shop.provider_id):
            rows = fetch_all(
                "SELECT sum(quantity) FROM usage_hour WHERE meter_id = %s", [shop.meters["fax"]]
            )
        assert rows == [(Decimal(100),)]

    def test_the_same_refused_events_in_any_order_are_kept_once(self, shop: Shop) -> None:
        events = [event(n, "sum", "none") for n in range(100)]
        ended = together(*[partial(send, shop, events[::way]) for way in (1, -1, 1, -1)])
        set_role("worker")

        assert [code for code, _ in ended] == [0] * 4
        with provider_scope(shop.provider_id):
            found = fetch_all("SELECT times, count(*) FROM usage_refused_event GROUP BY 1")
        assert found == [(4, 100)]

    def test_two_tries_count_refused_events_once(self, shop: Shop) -> None:
        refuse_some(shop)

        ended = together(partial(retry, shop), partial(retry, shop))
        set_role("worker")

        assert [code for code, _ in ended] == [0, 0]
        assert sum(found.get("accepted", 0) for _, found in ended) == REFUSED
        assert sum(found.get("rejected", 0) for _, found in ended) == 0
        check_retried(shop)

    def test_two_that_need_a_new_month_both_go_on(self, shop: Shop) -> None:
        month = datetime(2033, 5, 1, tzinfo=UTC)

        def make() -> int:
            with provider_scope(shop.provider_id):
                ensure_months([month])
                wait_for_advisory_lock(granted=False)
            return 1

        def need() -> int:
            with provider_scope(shop.provider_id):
                wait_for_advisory_lock(granted=True)
                ensure_months([month])
            return 1

        ended = together(make, need)
        set_role("worker")

        assert ended == [(0, 1), (0, 1)]
        assert fetch_all("SELECT to_regclass('usage_event_y2033m05') IS NOT NULL") == [(True,)]


class TestKilled:
    @pytest.mark.parametrize("step", MARKERS)
    def test_a_killed_batch_may_be_sent_again(self, shop: Shop, step: str) -> None:
        events = stream(30)

        code, _ = start(partial(send, shop, events), kill_at=f"{step}:2").wait()
        connections.close_all()
        set_role("worker")
        again = send(shop, events)

        assert code == -signal.SIGKILL
        assert again == {"duplicate": 50, "accepted": len(events) - 50}
        check(shop, events)

    @pytest.mark.parametrize("step", [*MARKERS, *RETRY_MARKERS])
    def test_a_killed_try_loses_nothing_and_doubles_nothing(self, shop: Shop, step: str) -> None:
        refuse_some(shop)

        code, _ = start(partial(retry, shop), kill_at=step).wait()
        connections.close_all()
        set_role("worker")

        assert code == -signal.SIGKILL
        assert retry(shop) == {"accepted": REFUSED}
        check_retried(shop)

    def test_a_killed_batch_keeps_its_refused_events_once(self, shop: Shop) -> None:
        events = [*stream(5), event(1, "sum", "none", id="bad")]

        code, _ = start(partial(send, shop, events), kill_at="ingest.counted").wait()
        connections.close_all()
        set_role("worker")
        found = send(shop, events)

        assert code == -signal.SIGKILL
        assert found == {"accepted": 20, "rejected": 1}
        with provider_scope(shop.provider_id):
            assert fetch_all("SELECT event_id, times FROM usage_refused_event") == [("bad", 1)]
