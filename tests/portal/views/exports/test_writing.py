"""A worker writes what was asked for as the person who asked, and one follows the other."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.job_history import last_good_run
from billing_platform.kernel.scope import provider_scope, system_scope
from billing_platform.portal import list_writing
from billing_platform.portal.tasks import sweep_exports, write_list
from tenants.models import Tenant
from tenants.selectors.list_exports import open_exports
from tenants.services.list_exports import (
    LEASE,
    STALLS_MAX,
    WRITERS_MAX,
    TakenOverError,
    claim_export,
    count_rows,
)
from tests.cast import NOW
from tests.outbox import mails_of
from tests.portal.views.exports.export_desk import PAGE, body, fetch, order, row, short_lists, write
from tests.portal.views.test_workbooks import LISTS, NEEDS_A_LINE, person_of
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.portal.views.conftest import AsPerson, World


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
