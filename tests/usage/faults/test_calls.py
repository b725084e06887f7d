"""A worker that reads calls is killed, or has another one beside it: every call counts exactly once."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import set_role
from tests.usage.faults.workers import start, together
from tests.usage.importers.asterisk_file import BASE, call
from usage.services.call_files import MARKERS
from usage.services.call_folders import read_folders, watch_folder
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
CALLS = 2_500


@pytest.fixture
def shop(committed_db: str, tmp_path: Path) -> Shop:
    """A provider whose watched folder holds calls of a second each, some without an id and equal."""
    set_role("worker")
    shop = Shop.open()
    at = now().isoformat(sep=" ")[:19]
    lines = [call(BASE, start=at, billsec=1, src=str(number // 2)) for number in range(CALLS)]
    (tmp_path / "Master.csv").write_text("".join(lines))
    with provider_scope(shop.provider_id):
        shop.tenant("acme")
        create_meter(
            provider_id=shop.provider_id,
            code="talk",
            name="Talk",
            event_type="voice.call",
            aggregation="sum",
            now=now(),
        )
        watch_folder(
            provider_id=shop.provider_id,
            path=tmp_path,
            pattern="Master.csv*",
            columns="",
            source="asterisk",
            now=now(),
        )
    return shop


def read(shop: Shop) -> int:
    return read_folders(provider_id=shop.provider_id, now=now()).calls.counts()["accepted"]


def seconds(shop: Shop) -> list[tuple[int, int]]:
    """Return the seconds that were counted, and the events that were kept."""
    with provider_scope(shop.provider_id):
        return fetch_all(
            "SELECT (SELECT sum(quantity)::int FROM usage_hour), (SELECT count(*)::int FROM usage_event)"
        )


class TestKilled:
    @pytest.mark.parametrize("step", MARKERS)
    def test_the_next_worker_goes_on(self, shop: Shop, step: str) -> None:
        code, _ = start(partial(read, shop), kill_at=f"{step}:2").wait()
        connections.close_all()
        set_role("worker")
        taken = read(shop)

        assert code == -signal.SIGKILL
        # The first batch was whole; the second one left nothing behind.
        assert taken == CALLS - 1_000
        assert seconds(shop) == [(CALLS, CALLS)]


class TestTogether:
    def test_two_workers_count_each_call_once(self, shop: Shop) -> None:
        ended = together(*[partial(read, shop)] * 3)
        connections.close_all()
        set_role("worker")
        rest = read(shop)

        assert [code for code, _ in ended] == [0, 0, 0]
        assert sum(found for _, found in ended) + rest == CALLS
        assert seconds(shop) == [(CALLS, CALLS)]
