"""A worker that reads an uploaded file is killed, or has others beside it: every row counts exactly once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from datetime import timedelta
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
from tests.usage.services.events import meter
from tests.usage.services.upload_files import event, figures, json_lines, see, upload
from usage.enums import UploadState
from usage.errors import AlreadyUploadedError
from usage.services import upload_reading
from usage.services.upload_reading import LEASE, MARKERS, read_upload

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db", "uploads_folder")]
EVENTS = 2_100
# Behind the events: each second one again, and three that are none.
CONTENT = json_lines(
    *[event(number) for number in range(EVENTS)],
    *[event(number) for number in range(0, EVENTS, 2)],
    *["{broken"] * 3,
)
FIGURES = {"accepted": EVENTS, "duplicates": EVENTS // 2, "rejected": 3}


@pytest.fixture
def shop(committed_db: str) -> Shop:
    """A provider whose tenant is metered."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        shop.tenant("acme")
        meter(shop.provider_id)
    return shop


def read(shop: Shop, upload_id: int, *, later: timedelta = timedelta(0)) -> bool:
    return read_upload(
        provider_id=shop.provider_id, upload_id=upload_id, clock=lambda: now() + later
    )


def check(shop: Shop, upload_id: int) -> None:
    """The figures are those of the file, and so is what was counted and noted."""
    view = see(shop.provider_id, upload_id)
    assert (view.state, figures(view)) == (UploadState.DONE, FIGURES)
    with provider_scope(shop.provider_id):
        assert fetch_all(
            "SELECT (SELECT sum(quantity)::int FROM usage_hour), (SELECT count(*)::int FROM usage_event),"
            " (SELECT count(*)::int FROM usage_upload_row)"
        ) == [(EVENTS, EVENTS, EVENTS // 2 + 3)]


class TestKilled:
    @pytest.mark.parametrize("step", [f"{MARKERS[0]}:1", *(f"{step}:2" for step in MARKERS[1:])])
    def test_the_next_worker_goes_on(self, shop: Shop, step: str) -> None:
        upload_id = upload(shop.provider_id, CONTENT)

        code, _ = start(partial(read, shop, upload_id), kill_at=step).wait()
        connections.close_all()
        set_role("worker")
        left = see(shop.provider_id, upload_id)
        at_once, later = read(shop, upload_id), read(shop, upload_id, later=2 * LEASE)

        assert code == -signal.SIGKILL
        # What was counted before it died stands on the page, whole batches only.
        assert left.state == UploadState.READING
        assert left.rows_read == sum(figures(left).values())
        assert left.rows_read % 1_000 == 0
        # Its lease must run out first.
        assert (at_once, later) == (False, True)
        check(shop, upload_id)


class TestTogether:
    def test_of_several_workers_one_reads(self, shop: Shop) -> None:
        upload_id = upload(shop.provider_id, CONTENT)

        ended = together(*[partial(read, shop, upload_id)] * 3)
        connections.close_all()
        set_role("worker")

        assert sorted(ended) == [(0, False), (0, False), (0, True)]
        check(shop, upload_id)

    def test_a_worker_that_was_thought_dead_spoils_nothing(self, shop: Shop) -> None:
        upload_id = upload(shop.provider_id, CONTENT)

        # To each of them the others' leases have run out.
        ended = together(
            *[partial(read, shop, upload_id, later=step * 2 * LEASE) for step in range(3)]
        )
        connections.close_all()
        set_role("worker")

        assert [code for code, _ in ended] == [0, 0, 0]
        check(shop, upload_id)

    def test_a_worker_that_slept_beyond_its_lease_writes_nothing(self, shop: Shop) -> None:
        upload_id = upload(shop.provider_id, CONTENT)

        def sleeping() -> bool:
            """Read one batch, sleep until somebody wakes us, and go on."""
            count = upload_reading._count
            slept: list[bool] = []

            def sleep_behind(*args: object) -> None:
                count(*args)  # type: ignore[arg-type]  # passed on as they came
                if not slept:
                    slept.append(True)
                    os.kill(os.getpid(), signal.SIGSTOP)

            upload_reading._count = sleep_behind  # type: ignore[assignment]  # in a process of its own
            return read(shop, upload_id)

        worker = start(sleeping)
        _, status = os.waitpid(worker.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        set_role("worker")
        assert not read(shop, upload_id), "its lease still holds"
        assert read(shop, upload_id, later=2 * LEASE)
        connections.close_all()

        os.kill(worker.pid, signal.SIGCONT)
        ended = worker.wait()
        set_role("worker")

        assert ended == (0, False)
        check(shop, upload_id)

    def test_the_same_file_from_two_people_is_one_upload(
        self, shop: Shop, uploads_folder: Path
    ) -> None:
        ended = together(*[partial(upload_or_refuse, shop)] * 3)
        connections.close_all()
        set_role("worker")

        assert Counter(found > 0 for _, found in ended) == {True: 1, False: 2}
        assert len(list((uploads_folder / str(shop.provider_id)).iterdir())) == 1


def upload_or_refuse(shop: Shop) -> int:
    try:
        return upload(shop.provider_id, CONTENT)
    except AlreadyUploadedError as refusal:
        return -refusal.upload_id
