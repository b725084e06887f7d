"""What was written is fetched by nobody else, and not for ever."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from billing_platform.portal.tasks import forget_old_exports
from tenants.models import ListExport
from tenants.services.list_exports import (
    KEPT,
)
from tenants.services.members import change_role, remove_member
from tests.cast import NOW
from tests.outbox import mails_of
from tests.portal.views.exports.export_desk import PAGE, fetch, order, row, write
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World


class TestCannot:
    @pytest.mark.parametrize(
        ("person", "page"),
        [("bill", PAGE), ("oskar", PAGE), ("alice", "/exports/"), ("mallory", PAGE)],
    )
    def test_be_fetched_or_seen_by_anybody_else(
        self, world: World, as_person: AsPerson, person: str, page: str
    ) -> None:
        export_id = order(as_person("paula"))
        write(export_id)

        assert fetch(as_person(person), export_id, page).status_code == 404
        assert "clients.csv" not in as_person(person).get(page).content.decode()

    def test_be_fetched_through_others_eyes(self, world: World, as_person: AsPerson) -> None:
        alice, sue = as_person("alice"), as_person("sue")
        export_id = order(alice, "/billing/transactions.csv")
        write(export_id)
        sue.post("/hijack/acquire/", {"user_pk": world.cast.users["alice"]})
        link = f"/exports/{export_id}/file"

        assert fetch(sue, export_id, "/exports/").status_code == 403
        page = sue.get("/exports/").content.decode()
        assert "transactions.csv" in page
        assert link not in page
        assert fetch(alice, export_id, "/exports/").status_code == 200
        assert link in alice.get("/exports/").content.decode()

    def test_be_read_in_another_tenant_s_scope(self, world: World, as_person: AsPerson) -> None:
        order(as_person("alice"), "/billing/transactions.csv")
        own = world.cast.nimbus

        with tenant_scope(own, world.cast.acme):
            assert ListExport.objects.count() == 1
        with tenant_scope(own, world.cast.globex):
            assert ListExport.objects.count() == 0
        with provider_scope(world.cast.sonora):
            assert ListExport.objects.count() == 0

    def test_be_written_for_who_is_no_member_any_more(
        self, world: World, as_person: AsPerson, uploads_folder: Path
    ) -> None:
        own, export_id = world.cast.nimbus, order(as_person("rita"))
        with provider_scope(own):
            remove_member(provider_id=own, tenant_id=0, user_id=world.cast.users["rita"])

        assert write(export_id)

        assert row(export_id).failure == "forbidden"
        assert [path for path in uploads_folder.rglob("*") if path.is_file()] == []
        assert mails_of(own) == []

    def test_be_fetched_by_who_is_no_member_any_more(
        self, world: World, as_person: AsPerson
    ) -> None:
        own, export_id = world.cast.nimbus, order(as_person("rita"))
        write(export_id)
        with provider_scope(own):
            remove_member(provider_id=own, tenant_id=0, user_id=world.cast.users["rita"])

        assert fetch(as_person("rita"), export_id).status_code == 404

    def test_be_had_by_whose_role_does_not_see_the_list_any_more(
        self, world: World, as_person: AsPerson
    ) -> None:
        own, bill = world.cast.nimbus, as_person("bill")
        done, waiting = order(bill, "/provider/audit.csv"), 0
        write(done)
        waiting = order(bill, "/provider/audit.csv", q="x")
        with provider_scope(own):
            change_role(
                provider_id=own, tenant_id=0, user_id=world.cast.users["bill"], role="support"
            )

        write(waiting)

        assert fetch(bill, done).status_code == 403
        assert row(waiting).failure == "forbidden"

    def test_be_had_after_a_week(
        self,
        world: World,
        as_person: AsPerson,
        time_machine: TimeMachineFixture,
        uploads_folder: Path,
    ) -> None:
        export_id = order(as_person("paula"))
        write(export_id)
        time_machine.move_to(NOW + KEPT, tick=False)

        assert fetch(as_person("paula"), export_id).status_code == 404
        assert "Removed" in as_person("paula").get(PAGE).content.decode()
        with as_role("worker"):
            forget_old_exports()
        assert [path for path in uploads_folder.rglob("*") if path.is_file()] == []
        assert row(export_id).stored_name == ""

    def test_be_written_into_memory(
        self, world: World, as_person: AsPerson, settings: Any, tmp_path: Path
    ) -> None:
        export_id = order(as_person("paula"))
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")

        with pytest.raises(FileNotFoundError, match="missing"):
            write(export_id)

    def test_leave_folders_of_killed_writers_for_ever(
        self, db: None, settings: Any, tmp_path: Path
    ) -> None:
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        yesterday = NOW.timestamp() - 90_000
        for name, at in (
            ("billing-list-dead", yesterday),
            ("billing-list-written", NOW.timestamp()),
            ("upload", yesterday),
        ):
            (tmp_path / name).mkdir()
            (tmp_path / name / "list.xlsx").touch()
            os.utime(tmp_path / name, (at, at))

        with as_role("worker"):
            forget_old_exports()

        assert not (tmp_path / "billing-list-dead").exists()
        assert (tmp_path / "billing-list-written" / "list.xlsx").exists()
        assert (tmp_path / "upload" / "list.xlsx").exists()
