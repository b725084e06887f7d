"""A long list is not sent but asked for: who may, how often, and what the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app

from billing_platform.kernel.scope import system_scope
from billing_platform.portal import list_batches, list_files, list_writing
from tenants.selectors.list_exports import open_exports
from tenants.services.list_exports import (
    OPEN_MAX,
)
from tests.cast import NOW
from tests.portal.views.exports.export_desk import (
    CLIENTS,
    PAGE,
    body,
    fetch,
    order,
    row,
    short_lists,
    write,
)
from tests.roles import as_role

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from tests.portal.views.conftest import AsPerson, World


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


class TestPage:
    @pytest.mark.parametrize(("person", "page"), [("rita", PAGE), ("bob", "/exports/")])
    def test_says_what_it_is_for_while_nothing_is_there(
        self, world: World, as_person: AsPerson, person: str, page: str
    ) -> None:
        assert "No export yet" in as_person(person).get(page).content.decode()
