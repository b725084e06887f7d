"""Connections break and servers refuse: a run ends clean, and the next one finishes what it left."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import Error, connection

from accounts.services.audit import verify
from billing_platform.kernel.scope import provider_scope
from tests.roles import set_role
from tests.superuser import plain, superuser_url
from tests.usage.faults.cut import Cut
from tests.usage.faults.test_killed import build, expected, posted, run
from tests.usage.faults.workers import start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories.usage import Shop

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
    """Return a way to the server that is lost at a COMMIT which was done, or was not."""
    relay = Cut(connection.settings_dict, reaches=request.param)
    yield relay
    relay.close()


class TestConnection:
    def test_lost_during_commit_is_as_if_it_had_not_happened(self, cut: Cut) -> None:
        shop, tenants = build()

        def through_the_cut() -> str:
            known: dict[str, Any] = connection.settings_dict
            connection.close()
            known.update(HOST="127.0.0.1", PORT=str(cut.port))
            known["OPTIONS"] = {**known.get("OPTIONS", {}), "sslmode": "disable"}
            set_role("worker")
            return run_again(shop)

        ended = start(through_the_cut).wait()

        assert cut.is_cut
        assert ended == (0, "broke")
        check(shop, tenants)

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
