"""Of one provider only so many calls are worked on at once; the others find a process free."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from billing_platform.api.at_work import LARGE_FROM_BYTES
from billing_platform.settings.parts.api import places_of_calls
from tests.api.conftest import ApiClient, key_of
from tests.api.test_events import event, meter, problem, verdicts
from tests.superuser import superuser_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse
    from pytest_django.fixtures import Settings

    from tests.cast import Cast

__all__ = ["meter"]
PAD = " " * LARGE_FROM_BYTES


@pytest.fixture(autouse=True)
def places(settings: Settings) -> None:
    settings.API_CALLS_AT_ONCE = 2
    settings.API_LARGE_CALLS_AT_ONCE = 1


@contextmanager
def at_work(provider_id: int, *places: int) -> Iterator[Any]:
    """Hold places as other processes do that work on calls of the provider."""
    with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as other:
        for place in places:
            other.cursor().execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))",
                [f"api.events/{place}", provider_id],
            )
        yield other


def refused(response: HttpResponse) -> None:
    assert problem(response, 429)["code"] == "too_much_at_once"
    assert response.headers["Retry-After"] == "1"


class TestOneProvider:
    def test_has_its_calls_refused_while_all_places_are_taken(
        self, api: ApiClient, cast: Cast
    ) -> None:
        with at_work(cast.nimbus, 1, 2):
            refused(api.post([event()]))

    def test_is_refused_before_the_body_is_looked_into(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 1, 2):
            refused(api.post("["))

    def test_may_call_beside_its_own_calls(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 2):
            assert verdicts(api.post([event()])) == [("e-1", "accepted", None)]

    def test_sends_a_refused_event_again_and_it_counts_once(
        self, api: ApiClient, cast: Cast
    ) -> None:
        with at_work(cast.nimbus, 1, 2):
            refused(api.post([event()], **{"Idempotency-Key": "k"}))

        sent = [api.post([event()], **{"Idempotency-Key": key}) for key in ("k", "other")]

        assert [verdicts(answer)[0][1] for answer in sent] == ["accepted", "duplicate"]

    def test_that_was_killed_leaves_its_places(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 1, 2) as killed, ExitStack() as watching:
            refused(api.post([event()]))
            admin: Any = watching.enter_context(
                closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"])))
            )
            admin.cursor().execute(
                "SELECT pg_terminate_backend(%s, 5000)", [killed.info.backend_pid]
            )

            assert verdicts(api.post([event()])) == [("e-1", "accepted", None)]


class TestLargeCalls:
    def test_have_fewer_places(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 1):
            refused(api.post(f"[{PAD}]"))
            assert verdicts(api.post("[]")) == []

    def test_find_theirs_beside_short_ones(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 2):
            assert verdicts(api.post(f"[{PAD}]")) == []


class TestOthers:
    def test_are_not_touched(self, api: ApiClient, cast: Cast) -> None:
        other = ApiClient(key_of(cast.sonora))
        with at_work(cast.nimbus, 1, 2):
            refused(api.post([event()]))
            assert verdicts(other.post([event(tenant="aria")])) == [("e-1", "accepted", None)]

    def test_and_what_a_client_may_do_is_answered(self, api: ApiClient, cast: Cast) -> None:
        with at_work(cast.nimbus, 1, 2):
            assert api.get("/tenants/acme/entitlement").status_code == 200


class TestPlaces:
    @pytest.mark.parametrize(
        ("environ", "places"),
        [
            ({"WEB_CONCURRENCY": "1"}, (1, 1)),
            ({"WEB_CONCURRENCY": "4"}, (2, 1)),
            ({"WEB_CONCURRENCY": "16"}, (8, 4)),
            ({"WEB_CONCURRENCY": "4", "API_CALLS_AT_ONCE": "3"}, (3, 1)),
            ({"API_CALLS_AT_ONCE": "9", "API_LARGE_CALLS_AT_ONCE": "5"}, (9, 5)),
        ],
    )
    def test_are_a_part_of_the_web_processes(
        self, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], places: tuple[int, int]
    ) -> None:
        for name in ("WEB_CONCURRENCY", "API_CALLS_AT_ONCE", "API_LARGE_CALLS_AT_ONCE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

        assert places_of_calls() == places

    def test_and_429_are_documented(self, db: None) -> None:
        assert "too_much_at_once" in Client().get("/api/v1/docs").content.decode()
