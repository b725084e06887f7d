"""The database server goes down in the middle of the hourly run and of ingestion, and comes back: nobody is needed."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import Error, close_old_connections, connection

from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.api.conftest import ApiClient, key_of
from tests.embedded.conftest import wait_for
from tests.roles import set_role
from tests.usage.faults.private_server import PrivateServer, private_server
from tests.usage.faults.test_connections import check
from tests.usage.faults.test_killed import build, run
from tests.usage.faults.workers import start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.usage import Shop

pytestmark = [pytest.mark.processes, pytest.mark.superuser]
EVENTS = 20
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
RESTARTED_S = 60


@pytest.fixture
def server(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[PrivateServer]:
    with django_db_blocker.unblock(), private_server(template_database) as server:  # type: ignore[attr-defined]
        yield server


def charge_until_done(shop: Shop) -> int:
    """Run as a worker's tasks do, one after the other in one process, until one ends well; return how many failed."""
    deadline = time.monotonic() + RESTARTED_S
    failed = 0
    while True:
        close_old_connections()  # as Celery does around each task
        try:
            set_role("worker")
            run(shop)
        except Error:
            failed += 1
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return failed


def send_until_taken(api: ApiClient, batch: list[dict[str, Any]]) -> list[Any]:
    """Send as a provider's system does, in one process of the web, until the batch is taken; return the answers."""
    deadline = time.monotonic() + RESTARTED_S
    answers: list[Any] = []
    while not answers or answers[-1] != 200:
        assert time.monotonic() < deadline, answers
        close_old_connections()  # as Django does around each request
        answers.append(api.post(batch).status_code)
        time.sleep(0.1)
    return answers


def batch_of(tenant: str) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "s",
            "type": "late",
            "tenant": tenant,
            "time": (hour_floor(now()) - timedelta(hours=1)).isoformat(),
            "data": {"quantity": "1"},
        }
        for number in range(EVENTS)
    ]


def test_workers_and_senders_go_on_by_themselves(server: PrivateServer) -> None:
    shop, tenants = build()
    with provider_scope(shop.provider_id):
        shop.meter("late")
        ((tenant,),) = fetch_all(
            "SELECT external_id FROM tenants_tenant WHERE id = %s", [tenants[0]]
        )
    api, batch = ApiClient(key_of(shop.provider_id)), batch_of(tenant)
    with (
        closing(psycopg2.connect(server.url)) as holder,
        closing(psycopg2.connect(server.url)) as watcher,
        holder.cursor() as held,
        watcher.cursor() as seen,
    ):
        watcher.autocommit = True
        held.execute("LOCK TABLE accounts_entry, usage_event IN EXCLUSIVE MODE")
        charging = start(lambda: charge_until_done(shop))
        sending = start(lambda: send_until_taken(api, batch))

        def both_wait() -> bool:
            seen.execute(WAITING)
            return seen.fetchall() == [(2,)]

        wait_for(both_wait, RESTARTED_S)
        server.crash()
    time.sleep(0.5)  # while it is away, both come again
    server.come_back()
    charged, sent = charging.wait(), sending.wait()

    assert charged[0] == sent[0] == 0
    assert charged[1] > 0
    assert set(sent[1][:-1]) == {503}
    # This process did not ask while the server was away: its session died with it.
    connection.close()
    check(shop, tenants)
    with provider_scope(shop.provider_id):
        assert fetch_all(
            "SELECT sum(h.quantity)::int FROM usage_hour h WHERE meter_id = %s",
            [shop.meters["late"]],
        ) == [(EVENTS,)]
