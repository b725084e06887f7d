"""Other transactions stand in the run's way: the victim is undone whole and repeated, and holds up nobody."""

from __future__ import annotations

import time
from contextlib import closing, suppress

import psycopg2
import pytest
from django.db import OperationalError, connection

from accounts.services.audit import verify
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import as_role, set_role
from tests.superuser import superuser_url
from tests.usage.faults.workers import start
from tests.usage.services.test_poisoned_chunks import balances, run, sell, use
from usage.services import chunks

pytestmark = pytest.mark.processes


@pytest.fixture
def shop(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Return a provider whose five clients will stand in chunks of two."""
    monkeypatch.setattr(chunks, "CHUNK_TENANTS", 2)
    set_role("worker")
    return Shop.open()


def fail_once(code: str) -> None:
    """Let the first change of a wallet fail with a code, and none after it: sequences are not undone."""
    with as_role("owner"):
        execute("CREATE SEQUENCE tries; GRANT USAGE ON tries TO billing_worker")
        execute(
            "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF nextval('tries') = 1 THEN"
            f" RAISE EXCEPTION 'in the way' USING ERRCODE = '{code}'; END IF; RETURN NEW; END $$"
        )
        execute(
            "CREATE TRIGGER fail_once BEFORE UPDATE ON accounts_wallet"
            " FOR EACH ROW EXECUTE FUNCTION fail_once()"
        )


class TestVictims:
    @pytest.mark.parametrize("code", ["40P01", "40001", "55P03"])
    def test_are_repeated_by_the_same_run(self, shop: Shop, code: str) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        fail_once(code)

        assert run(shop, 1) == 5

        assert balances(shop, tenants) == [-100] * 5
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()

    def test_of_a_lock_that_stays_hold_up_nobody_else(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as holder:
            holder.cursor().execute(
                "SELECT FROM accounts_wallet WHERE tenant_id = %s FOR UPDATE", [tenants[2]]
            )
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                run(shop, 1)
            assert balances(shop, tenants) == [-100, -100, 0, 0, -100]
            holder.rollback()

        assert run(shop, 1) == 2
        assert balances(shop, tenants) == [-100] * 5

    def test_of_a_real_deadlock_are_charged_once(self, shop: Shop) -> None:
        tenants = sell(shop)
        use(shop, tenants, 0)
        name = connection.settings_dict["NAME"]
        with closing(psycopg2.connect(superuser_url(name))) as holder:
            other = holder.cursor()
            # The run finds the circle first; if it looked too early, this session does after a while.
            other.execute("SET deadlock_timeout = '5s'")
            other.execute(
                "SELECT FROM accounts_wallet WHERE tenant_id = %s FOR UPDATE", [tenants[2]]
            )
            worker = start(lambda: run(shop, 1))
            wait_for_a_waiter(name)
            with suppress(psycopg2.errors.DeadlockDetected):
                other.execute(
                    "SELECT FROM usage_charge_chunk WHERE %s >= t_from AND %s < t_to FOR UPDATE",
                    [tenants[2], tenants[2]],
                )
            holder.rollback()
            code, charged = worker.wait()
        set_role("worker")

        # A chunk that this session still held when the run came back to it is left to the next one.
        assert (code, charged + run(shop, 1)) == (0, 5)
        assert balances(shop, tenants) == [-100] * 5
        assert run(shop, 1) == 0


def wait_for_a_waiter(name: str) -> None:
    """Return as soon as a session of the database waits for a row."""
    with closing(psycopg2.connect(superuser_url(name))) as raw, raw.cursor() as cursor:
        raw.autocommit = True
        for _ in range(6000):
            cursor.execute(
                "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.rowcount:
                return
            time.sleep(0.01)
    raise AssertionError("Nobody waits.")
