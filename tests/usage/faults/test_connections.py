"""Connections break and servers refuse: a run ends clean, and the next one finishes what it left."""

from __future__ import annotations

import time
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import Error, connection

from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import set_role
from tests.superuser import plain, superuser_url
from tests.usage.faults.cut import COUNTS, Cut
from tests.usage.faults.test_killed import build, expected, posted, run
from tests.usage.faults.workers import start
from tests.usage.services.events import cloud_event, ingest, meter, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def run_again(shop: Shop) -> str:
    """Run, and once more in the same process when the connection breaks, as the next task of a worker does."""
    try:
        run(shop)
    except Error:
        connection.close()
        set_role("worker")
        run(shop)
        return "broke"
    return "whole"


def check(shop: Shop, tenants: list[int]) -> None:
    """Everything is charged once, after one more run at most."""
    set_role("worker")
    run(shop)
    assert posted(shop) == expected(tenants)
    assert run(shop) == {}
    with provider_scope(shop.provider_id):
        assert verify(provider_id=shop.provider_id).findings == ()


@pytest.fixture(params=[True, False], ids=["done", "not done"])
def cut(request: pytest.FixtureRequest, committed_db: str) -> Iterator[Cut]:
    """Return a way to the server that is lost at the COMMIT of a posting, which was done, or was not."""
    relay = Cut(connection.settings_dict, reaches=request.param)
    yield relay
    relay.close()


@pytest.fixture(params=[True, False], ids=["done", "not done"])
def counting_cut(request: pytest.FixtureRequest, committed_db: str) -> Iterator[Cut]:
    """Return the same for the COMMIT of a batch of events."""
    relay = Cut(connection.settings_dict, reaches=request.param, work=COUNTS)
    yield relay
    relay.close()


def go_through(cut: Cut) -> None:
    """Let this process reach the server through the cut."""
    known: dict[str, Any] = connection.settings_dict
    connection.close()
    known.update(HOST="127.0.0.1", PORT=str(cut.port))
    known["OPTIONS"] = {**known.get("OPTIONS", {}), "sslmode": "disable"}
    set_role("worker")


class TestConnection:
    def test_lost_during_commit_is_as_if_it_had_not_happened(self, cut: Cut) -> None:
        shop, tenants = build()

        def through_the_cut() -> str:
            go_through(cut)
            return run_again(shop)

        ended = start(through_the_cut).wait()

        assert cut.is_cut
        assert ended == (0, "broke")
        check(shop, tenants)

    def test_lost_during_the_commit_of_a_batch_every_event_counts_once(
        self, counting_cut: Cut
    ) -> None:
        set_role("worker")
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            meter(shop.provider_id)
            shop.tenant("acme")

        def send() -> list[str]:
            with provider_scope(shop.provider_id):
                return verdicts(ingest(shop.provider_id, *map(cloud_event, range(3))))

        def send_through_the_cut() -> list[str]:
            go_through(counting_cut)
            try:
                return ["whole", *send()]
            except Error:
                connection.close()
                set_role("worker")
                return send()

        code, found = start(send_through_the_cut).wait()
        set_role("worker")

        assert (code, found) == (0, ["duplicate" if counting_cut.reaches else "accepted"] * 3)
        assert send() == ["duplicate"] * 3
        with provider_scope(shop.provider_id):
            assert fetch_all("SELECT sum(quantity) FROM usage_hour") == [(Decimal("4.5"),)]

    def test_ended_by_the_server_in_mid_run_is_opened_anew(self, committed_db: str) -> None:
        shop, tenants = build()
        with closing(psycopg2.connect(superuser_url(committed_db))) as holder:
            with holder.cursor() as cursor:
                cursor.execute("SELECT FROM accounts_wallet FOR UPDATE")
            worker = start(lambda: run_again(shop))
            end_who_waits(committed_db)
            holder.rollback()
            ended = worker.wait()

        assert ended == (0, "broke")
        check(shop, tenants)


class TestServer:
    def test_that_takes_no_writes_is_charged_nothing_behind_its_back(
        self, committed_db: str
    ) -> None:
        shop, tenants = build()
        before = posted(shop)
        connection.close()
        plain(
            committed_db, f'ALTER DATABASE "{committed_db}" SET default_transaction_read_only = on'
        )

        code, _ = start(lambda: run(shop)).wait()
        back = f'ALTER DATABASE "{committed_db}" RESET default_transaction_read_only'
        plain(committed_db, f"SET TRANSACTION READ WRITE; {back}")
        set_role("worker")

        assert code == 1
        assert posted(shop) == before
        check(shop, tenants)


def end_who_waits(name: str) -> None:
    """End the connection that waits for a lock, as soon as there is one."""
    with closing(psycopg2.connect(superuser_url(name))) as raw, raw.cursor() as cursor:
        raw.autocommit = True
        for _ in range(1200):
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.rowcount:
                return
            time.sleep(0.05)
    raise AssertionError("Nobody waits.")
