"""The disk is full in the middle of the work: a clear answer, nothing half done, and it goes on once there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection
from psycopg2.errors import DiskFull

from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.api.conftest import ApiClient, fresh_buckets, key_of
from tests.factories.usage import HOUR, Shop
from tests.full_disk import no_room_for_files, no_room_for_rows
from tests.roles import as_role, set_role
from tests.usage.faults.test_connections import check
from tests.usage.faults.test_killed import build, posted, run
from tests.usage.services.events import meter
from tests.usage.services.upload_files import event, json_lines, read, upload
from usage.enums import UploadState
from usage.errors import UploadNotStoredError
from usage.models import UsageUpload

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["fresh_buckets"]
pytestmark = [pytest.mark.superuser, pytest.mark.usefixtures("committed_db")]

# What the run writes, as it comes to it.
OF_A_RUN = (
    "accounts_period",
    "accounts_posting",
    "accounts_entry",
    "accounts_wallet",
    "kernel_job_run",
)
OF_A_BATCH = ("usage_event", "usage_event_key", "usage_hour")


class TestHourlyRun:
    def test_nothing_is_half_charged_and_the_next_run_charges_all(self, committed_db: str) -> None:
        shop, tenants = build()
        before = posted(shop)

        for table in OF_A_RUN:
            connection.close()
            with no_room_for_rows(committed_db, table):
                set_role("worker")
                with pytest.raises(OperationalError) as raised:
                    run(shop)
                connection.close()
            assert isinstance(raised.value.__cause__, DiskFull), table
            set_role("worker")
            assert posted(shop) == before, table

        check(shop, tenants)


class TestIngestion:
    def test_the_sender_is_asked_to_come_again_and_every_event_counts_once(
        self, committed_db: str
    ) -> None:
        set_role("worker")
        shop = Shop.open()
        moment = hour_floor(now()) - HOUR
        with provider_scope(shop.provider_id):
            shop.meter("calls")
            shop.tenant("acme")
        api = ApiClient(key_of(shop.provider_id))
        set_role("app")
        batch = [
            {
                "specversion": "1.0",
                "id": f"e{number}",
                "source": "s",
                "type": "calls",
                "tenant": "acme",
                "time": moment.isoformat(),
                "data": {"quantity": "1"},
            }
            for number in range(3)
        ]

        for table in OF_A_BATCH:
            connection.close()
            with no_room_for_rows(committed_db, table):
                answer: Any = api.post(batch)
                connection.close()
            assert (answer.status_code, answer.json()["code"]) == (503, "try_again"), table
            assert answer.headers["Retry-After"] == "1"

        answers: list[Any] = [api.post(batch) for _ in range(2)]
        verdicts = [[each["verdict"] for each in answer.json()["results"]] for answer in answers]
        assert verdicts == [["accepted"] * 3, ["duplicate"] * 3]
        with as_role("worker"), provider_scope(shop.provider_id):
            assert fetch_all("SELECT sum(quantity)::int FROM usage_hour") == [(3,)]


class TestUpload:
    def test_nothing_is_kept_of_what_had_no_room_and_it_may_come_again(
        self, uploads_folder: Path
    ) -> None:
        set_role("worker")
        shop = Shop.open()
        with provider_scope(shop.provider_id):
            shop.tenant("acme")
            meter(shop.provider_id)
        content = json_lines(*[event(number) for number in range(400)])

        with no_room_for_files(32_000), pytest.raises(UploadNotStoredError):
            upload(shop.provider_id, content)

        assert [path for path in uploads_folder.rglob("*") if path.is_file()] == []
        with provider_scope(shop.provider_id):
            assert not UsageUpload.objects.exists()
        view = read(shop.provider_id, content)
        assert (view.state, view.accepted) == (UploadState.DONE, 400)
