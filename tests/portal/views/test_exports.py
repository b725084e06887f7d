"""Files of long lists: written by a worker as the person who asked, told once, fetched by nobody else."""

from __future__ import annotations

import os
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.urls import reverse
from openpyxl import load_workbook

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.job_history import last_good_run
from billing_platform.kernel.scope import provider_scope, system_scope, tenant_scope
from billing_platform.portal import list_batches, list_files, list_writing
from billing_platform.portal.list_writing import write_export
from billing_platform.portal.tasks import forget_old_exports, sweep_exports, write_list
from tenants.models import ListExport, Tenant
from tenants.selectors.list_exports import open_exports
from tenants.services.list_exports import (
    KEPT,
    LEASE,
    OPEN_MAX,
    STALLS_MAX,
    WRITERS_MAX,
    TakenOverError,
    claim_export,
    count_rows,
)
from tenants.services.members import change_role, remove_member
from tests.cast import NOW
from tests.outbox import mails_of
from tests.portal.views.test_workbooks import LISTS, NEEDS_A_LINE, person_of
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

CLIENTS = "/provider/clients.csv"
PAGE = "/provider/exports/"


@pytest.fixture(autouse=True)
def _at_now(
    time_machine: TimeMachineFixture, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let every list be a long one, even an empty one, and read it row by row."""
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(list_files, "ROWS_MAX", -1)
    monkeypatch.setattr(list_writing, "BATCH", 1)


def order(browser: Client, url: str = CLIENTS, **query: str) -> int:
    """Press a list's button and return the number of the export that is waited for."""
    answer = browser.get(url, query)
    assert answer.status_code == 302, answer.content
    assert answer["Location"].endswith("/exports/")
    with as_role("worker"), system_scope():
        return ListExport.objects.latest("pk").pk


def row(export_id: int) -> ListExport:
    with as_role("worker"), system_scope():
        return ListExport.objects.get(pk=export_id)


def write(export_id: int, at: datetime = NOW) -> bool:
    """Do what a worker does with an export."""
    provider_id = row(export_id).provider_id
    with as_role("worker"):
        return write_export(provider_id=provider_id, export_id=export_id, clock=lambda: at)


def fetch(browser: Client, export_id: int, page: str = PAGE) -> Any:
    return browser.get(f"{page}{export_id}/file")


def body(answer: Any) -> bytes:
    return b"".join(answer)


@contextmanager
def short_lists() -> Iterator[None]:
    """Send lists at once, as they are sent while they are not too long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_files, "ROWS_MAX", 10_000)
        yield


class TestAsking:
    @pytest.mark.parametrize(("most", "status"), [(2, 200), (1, 302)])
    def test_at_the_limit_it_is_sent_and_beyond_it_is_waited_for(
        self,
        world: World,
        as_person: AsPerson,
        monkeypatch: pytest.MonkeyPatch,
        most: int,
        status: int,
    ) -> None:
        monkeypatch.setattr(list_files, "ROWS_MAX", most)

        # Acme and Globex.
        assert as_person("paula").get(CLIENTS).status_code == status
        with as_role("worker"), system_scope():
            assert len(open_exports(NOW)) == (status == 302)

    def test_few_heavy_rows_are_waited_for_too_and_are_all_written(
        self, world: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paula = as_person("paula")
        monkeypatch.setattr(list_writing, "BATCH", 2_000)
        with short_lists():
            whole = body(paula.get(CLIENTS))
            monkeypatch.setattr(list_batches, "BYTES_MAX", 1)
            export_id = order(paula)

        assert write(export_id)

        assert body(fetch(paula, export_id)) == whole
        assert row(export_id).rows == 2

    def test_leads_to_a_page_that_says_why_and_rings_for_a_worker(
        self,
        world: World,
        as_person: AsPerson,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        rung: list[Any] = []
        monkeypatch.setattr(
            current_app, "send_task", lambda name, **said: rung.append((name, said["kwargs"]))
        )
        monkeypatch.setattr(list_files, "ROWS_MAX", 1)

        with django_capture_on_commit_callbacks(execute=True):
            answer = as_person("paula").get(CLIENTS, {"q": "canary"}, follow=True)

        page = answer.content.decode()
        export = row(_only_open())
        assert "too long to be sent at once" in page
        for words in ("clients.csv", "q canary", "Waiting", 'hx-trigger="every 2s"'):
            assert words in page
        assert (
            "portal.write_export",
            {"provider_id": world.cast.nimbus, "export_id": export.pk},
        ) in rung

    def test_twice_makes_one_until_it_is_written(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")

        first, again = order(paula), order(paula)
        other = order(paula, q="acme")
        write(first)

        assert first == again != other
        assert order(paula) not in {first, other}

    def test_nobody_waits_for_more_than_a_few(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        for number in range(OPEN_MAX):
            order(paula, q=str(number))

        page = paula.get(CLIENTS, {"q": "more"}, follow=True).content.decode()

        assert "Several files are being written for you already" in page
        assert "q more" not in page
        with as_role("worker"), system_scope():
            assert len(open_exports(NOW)) == OPEN_MAX

    def test_a_look_at_the_head_asks_for_nothing(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").head(CLIENTS).status_code == 302
        with as_role("worker"), system_scope():
            assert open_exports(NOW) == []

    def test_who_looks_through_others_eyes_has_none_written(
        self, world: World, as_person: AsPerson
    ) -> None:
        sue = as_person("sue")
        sue.post("/hijack/acquire/", {"user_pk": world.cast.users["alice"]})

        page = sue.get("/billing/transactions.csv", follow=True).content.decode()

        assert "Only the customer can have it" in page
        with as_role("worker"), system_scope():
            assert open_exports(NOW) == []


def _only_open() -> int:
    with as_role("worker"), system_scope():
        ((_, export_id),) = open_exports(NOW)
    return export_id


class TestWriting:
    @pytest.mark.parametrize("name", [name for name in LISTS if name != NEEDS_A_LINE])
    def test_every_list_has_the_rows_that_are_sent_while_it_is_short(
        self, world: World, as_person: AsPerson, name: str
    ) -> None:
        browser, url = as_person(person_of(name)), reverse(name)
        with short_lists():
            whole = body(browser.get(url))

        export_id = order(browser, url)
        assert write(export_id)

        page = PAGE if name.startswith("provider-") else "/exports/"
        answer = fetch(browser, export_id, page)
        assert body(answer) == whole
        assert answer["Content-Disposition"].endswith('.csv"')
        assert answer["Cache-Control"] == "private, no-store"
        assert row(export_id).rows == len(whole.decode().splitlines()) - 1

    def test_a_line_s_hours_and_a_client_s_ledger_are_lists_too(
        self, world: World, as_person: AsPerson
    ) -> None:
        for person, url, query in (
            ("alice", "/billing/usage.csv", {"line": "calls", "currency": "USD"}),
            ("paula", f"/provider/clients/{world.acme}/ledger.csv", {}),
        ):
            with short_lists():
                whole = body(as_person(person).get(url, query))
            export_id = order(as_person(person), url, **query)
            write(export_id)
            page = PAGE if person == "paula" else "/exports/"
            assert body(fetch(as_person(person), export_id, page)) == whole
            assert len(whole.splitlines()) > 1

    def test_keeps_the_filter_and_writes_workbooks(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        export_id = order(paula, q="acme", file="xlsx")

        write(export_id)

        answer = fetch(paula, export_id)
        (sheet,) = load_workbook(BytesIO(body(answer))).worksheets
        head, only = ([cell.value for cell in line] for line in sheet.iter_rows())
        assert only[head.index("name")] == "Acme Canary-Acme"
        assert answer["Content-Disposition"].endswith('clients.xlsx"')

    def test_sees_what_the_person_may_see(self, world: World, as_person: AsPerson) -> None:
        export_id = order(as_person("alice"), "/billing/transactions.csv")

        write(export_id)

        text = body(fetch(as_person("alice"), export_id, "/exports/")).decode()
        assert "40.00" in text
        assert "12.00" not in text  # Globex's credit

    def test_tells_the_person_once_in_the_own_language(
        self, world: World, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        export_id = order(paula)
        assert mails_of(world.cast.nimbus) == []

        assert write(export_id)
        assert not write(export_id)

        (mail,) = mails_of(world.cast.nimbus)
        assert mail["to"] == "paula@example.com"
        assert "clients.csv" in mail["subject"]
        assert f"http://nimbus.localhost{PAGE}" in mail["text"]
        done = paula.get(PAGE).content.decode()
        assert "Ready" in done
        assert "hx-trigger" not in done

    def test_formulas_stay_disarmed(self, world: World, as_person: AsPerson) -> None:
        with as_role("owner"), provider_scope(world.cast.nimbus):
            Tenant.objects.filter(pk=world.cast.acme).update(name="=1+1")
        export_id = order(as_person("paula"))

        write(export_id)

        assert b"'=1+1" in body(fetch(as_person("paula"), export_id))


class TestWorkers:
    def test_a_dead_one_is_followed_by_another_and_one_mail(
        self, world: World, as_person: AsPerson, uploads_folder: Path
    ) -> None:
        own, export_id = world.cast.nimbus, order(as_person("paula"))
        with as_role("worker"):
            dead = claim_export(provider_id=own, export_id=export_id, now=NOW)
            assert dead is not None
            with provider_scope(own):
                count_rows(dead, 2, now=NOW)

        assert not write(export_id, NOW + LEASE / 2)
        assert write(export_id, NOW + LEASE)

        assert row(export_id).rows == 2
        assert len(mails_of(own)) == 1
        with as_role("worker"), provider_scope(own), pytest.raises(TakenOverError):
            count_rows(dead, 1, now=NOW + LEASE)

    def test_who_was_overtaken_leaves_no_file_and_no_mail(
        self,
        world: World,
        as_person: AsPerson,
        uploads_folder: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        own, export_id = world.cast.nimbus, order(as_person("paula"))

        def overtake(step: str) -> None:
            """Let another worker write the whole file while the slow one has stored it and not noted it."""
            if step == "export.stored":
                monkeypatch.setattr(list_writing, "marker", lambda _: None)
                assert write(export_id, NOW + LEASE)

        monkeypatch.setattr(list_writing, "marker", overtake)

        assert not write(export_id)

        assert [path.name for path in uploads_folder.rglob("*") if path.is_file()] == [
            row(export_id).stored_name.rpartition("/")[2]
        ]
        assert len(mails_of(own)) == 1

    def test_one_that_breaks_off_again_and_again_is_given_up(
        self, world: World, as_person: AsPerson
    ) -> None:
        own, export_id, at = world.cast.nimbus, order(as_person("paula")), NOW
        for _ in range(STALLS_MAX):
            with as_role("worker"):
                assert claim_export(provider_id=own, export_id=export_id, now=at)
            at += LEASE

        assert not write(export_id, at)

        page = as_person("paula").get(PAGE).content.decode()
        assert "The writing broke off several times in a row" in page
        assert mails_of(own) == []

    def test_those_beyond_a_few_wait_whoever_s_they_are(
        self, world: World, as_person: AsPerson
    ) -> None:
        own = world.cast.nimbus
        paulas = [order(as_person("paula"), q=str(number)) for number in range(WRITERS_MAX + 1)]
        oskars = order(as_person("oskar"))
        with as_role("worker"):
            held = [
                claim_export(provider_id=own, export_id=number, now=NOW)
                for number in paulas[:WRITERS_MAX]
            ]

        assert None not in held
        for number in (paulas[-1], oskars):
            assert not write(number)
            waiting = row(number)
            assert (waiting.state, waiting.stalls, waiting.lease_until) == ("waiting", 0, None)
        with as_role("worker"), system_scope():
            assert [number for _, number in open_exports(NOW)] == [paulas[-1], oskars]
        # A dead writer's place is free once its lease is over.
        assert write(oskars, NOW + LEASE)
        assert write(paulas[-1], NOW + LEASE)

    def test_the_end_of_one_rings_for_those_that_wait(
        self, world: World, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own, export_id, rung = world.cast.nimbus, order(as_person("paula")), []
        monkeypatch.setattr(sweep_exports, "apply_async", lambda **said: rung.append(said))

        with as_role("worker"):
            for _ in range(2):
                write_list(provider_id=own, export_id=export_id)

        assert len(rung) == 1
        assert row(export_id).state == "done"

    def test_the_sweep_finds_what_nobody_writes(self, world: World, as_person: AsPerson) -> None:
        order(as_person("paula"))

        with as_role("worker"):
            sweep_exports()
            run = last_good_run(job="sweep_exports")

        assert run is not None
        assert run.counts == {"exports": 1}
        scheduled = {entry["task"] for entry in SCHEDULE.values()}
        assert {"portal.sweep_exports", "portal.forget_exports"} <= scheduled
        assert {"sweep_exports", "forget_exports"} <= set(HEARTBEATS)


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


class TestPage:
    @pytest.mark.parametrize(("person", "page"), [("rita", PAGE), ("bob", "/exports/")])
    def test_says_what_it_is_for_while_nothing_is_there(
        self, world: World, as_person: AsPerson, person: str, page: str
    ) -> None:
        assert "No export yet" in as_person(person).get(page).content.decode()
