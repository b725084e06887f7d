"""The page of charging runs: what each did, and the button that asks for one now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app

from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.roles import as_role
from usage.services.charging import JOB
from usage.tasks import charge_now

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/jobs/"


def rung() -> list[dict[str, Any]]:
    """Take what was handed to the workers."""
    with current_app.connection_for_read() as line, line.SimpleQueue("celery") as queue:
        found = []
        while queue.qsize():
            message = queue.get(block=False)
            message.ack()
            found.append({**message.headers, "kwargs": message.payload[1]})
        return found


@pytest.fixture(autouse=True)
def quiet() -> None:
    """Begin with nothing handed over."""
    rung()


class TestRuns:
    def test_say_what_each_did(self, world: World, as_person: AsPerson) -> None:
        body = as_person("rita").get(URL).content.decode()

        assert "2 balances changed" in body
        assert "Charged through" in body

    def test_a_failed_one_says_why(self, cast: Cast, as_person: AsPerson) -> None:
        with (
            as_role("worker"),
            pytest.raises(RuntimeError),
            job_run(job=JOB, provider_id=cast.nimbus),
        ):
            raise RuntimeError("the disk is full")

        body = as_person("paula").get(URL).content.decode()

        assert "Failed" in body
        assert "the disk is full" in body

    def test_none_yet_says_so(self, cast: Cast, as_person: AsPerson) -> None:
        assert "No run yet" in as_person("paula").get(URL).content.decode()

    def test_another_provider_sees_none_of_them(self, world: World, as_person: AsPerson) -> None:
        body = as_person("oskar").get(URL, HTTP_HOST="sonora.localhost").content.decode()

        assert "No run yet" in body


class TestChargeNow:
    def test_hands_one_run_to_the_workers(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("paula").post(f"{URL}charge", follow=True)

        assert "A run was asked for" in answer.content.decode()
        ((message),) = rung()
        assert message["task"] == "usage.charge_now"
        assert message["kwargs"] == {"provider_id": world.cast.nimbus}

    def test_a_run_under_way_is_said_and_none_is_added(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        with as_role("worker"), job_run(job=JOB, provider_id=world.cast.nimbus), as_role("app"):
            answer = client.post(f"{URL}charge", follow=True)

        assert "under way already" in answer.content.decode()
        assert rung() == []

    def test_who_only_reads_may_not(self, world: World, as_person: AsPerson) -> None:
        client = as_person("rita")

        assert "Charge now" not in client.get(URL).content.decode()
        assert client.post(f"{URL}charge").status_code == 403
        assert rung() == []

    def test_charges_once_however_often_it_rings(self, world: World) -> None:
        with as_role("worker"):
            charge_now(provider_id=world.cast.nimbus)
            once = balances(world)
            charge_now(provider_id=world.cast.nimbus)

            assert balances(world) == once


def balances(world: World) -> list[tuple[Any, ...]]:
    """Return every wallet's balance of the provider."""
    with provider_scope(world.cast.nimbus):
        return fetch_all("SELECT id, balance, period_posted FROM accounts_wallet ORDER BY id")
