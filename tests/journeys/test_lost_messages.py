"""A real Redis and real workers: messages may be lost or repeated, and every cent is charged exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import redis as redis_client

from accounts.services.audit import verify
from billing_platform.embedded.places import PROJECT_DIR
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from tests.bells import ringer
from tests.database import owner_url
from tests.embedded.conftest import query, wait_for
from tests.factories.usage import HOUR, Shop
from tests.loopback import redis_server
from tests.roles import set_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.processes

TENANTS = 5
CELERY = [sys.executable, "-m", "celery", "-A", "billing_platform.celery"]
CHARGED = "SELECT coalesce(-sum(amount_minor), 0)::bigint FROM accounts_entry WHERE tenant_id > 0"
RUNS = "SELECT count(*) FROM kernel_job_run WHERE job = 'charge_hours' AND finished_at IS NOT NULL"
ENTRIES = "SELECT count(*) FROM accounts_entry WHERE tenant_id > 0"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[redis_client.Redis]:
    """A Redis of our own on loopback."""
    with redis_server(tmp_path) as port:
        client = redis_client.Redis(host="127.0.0.1", port=port)
        wait_for(lambda: answers(client))
        yield client
        client.close()


def answers(client: redis_client.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis_client.ConnectionError:
        return False


@pytest.fixture
def environ(committed_db: str, redis: redis_client.Redis, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": owner_url(committed_db),
        "DATABASE_ROLE": "worker",
        "DJANGO_SETTINGS_MODULE": "billing_platform.settings.dev",
        "REDIS_URL": f"redis://127.0.0.1:{redis.connection_pool.connection_kwargs['port']}/0",
        "VAR_DIR": str(tmp_path),
        "ENV_FILE": os.devnull,
    }


@pytest.fixture
def shop(committed_db: str) -> Shop:
    """A few tenants with 1.00 of usage each, three hours ago by the wall clock that the workers read."""
    starts = hour_floor(datetime.now(UTC)) - 3 * HOUR
    set_role("worker")
    shop = Shop.open()
    shop.now = starts
    with provider_scope(shop.provider_id):
        shop.price("calls", {"unit": "0.10"})
        version, _ = shop.version()
        for _ in range(TENANTS):
            tenant = shop.tenant()
            shop.subscribe(tenant, version, starts_at=starts)
            shop.use(tenant, "calls", 10, starts)
    return shop


@contextmanager
def workers(environ: dict[str, str], count: int) -> Iterator[None]:
    running = [
        subprocess.Popen(
            [*CELERY, "worker", "--concurrency=1", "--loglevel=ERROR", f"--hostname=w{n}@%h"],
            cwd=PROJECT_DIR,
            env=environ,
        )
        for n in range(count)
    ]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


class TestLostMessages:
    def test_an_emptied_or_restarted_redis_and_repeated_bells_charge_once(
        self, environ: dict[str, str], redis: redis_client.Redis, shop: Shop, tmp_path: Path
    ) -> None:
        database = environ["DATABASE_URL"]
        bells = ringer(environ, "usage.charge_provider", provider_id=shop.provider_id)
        with ExitStack() as until_workers_end, bells as ring:
            ring(10)
            assert redis.llen("celery") == 10
            redis.flushall()

            with workers(environ, 2):
                ring(10)
                wait_for(lambda: query(database, CHARGED) == TENANTS * 100, 60)
                redis.flushall()
                before = query(database, RUNS)
                ring(1)
                wait_for(lambda: query(database, RUNS) > before, 60)

                port = redis.connection_pool.connection_kwargs["port"]
                redis.shutdown(nosave=True)
                until_workers_end.enter_context(redis_server(tmp_path, port))
                wait_for(lambda: answers(redis))
                before = query(database, RUNS)
                # The same workers: they come back by themselves.
                ring(1)
                wait_for(lambda: query(database, RUNS) > before, 90)

        assert (query(database, CHARGED), query(database, ENTRIES)) == (TENANTS * 100, TENANTS)
        with provider_scope(shop.provider_id):
            assert verify(provider_id=shop.provider_id).findings == ()
