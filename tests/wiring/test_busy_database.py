"""Somebody else holds what a page or a call wants to change, or the server takes no writes: told soon, in words."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from accounts.services.wallets import open_wallet
from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.tenants import tenant_by_id
from tests.api.conftest import ApiClient, fresh_buckets, key_of
from tests.cast import Cast, build_cast, client_of
from tests.portal.views.test_client_actions import filled, url
from tests.roles import as_role, set_role
from tests.superuser import plain, superuser_url
from tests.tenants.test_ops import MIDDLEWARE
from tests.usage.services.events import meter

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["fresh_buckets"]


@pytest.fixture
def cast(committed_db: str) -> Cast:
    """Return the cast, whose client Acme has a wallet, in a database that commits."""
    cast = build_cast()
    with as_role("worker"), provider_scope(cast.nimbus):
        open_wallet(provider_id=cast.nimbus, tenant_id=cast.acme, currency="USD", now=now())
        meter(cast.nimbus)
    return cast


@contextmanager
def held(sql: str) -> Iterator[None]:
    """Hold locks in another session; ours waits a moment for them."""
    with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as raw:
        raw.cursor().execute(sql)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        yield
        raw.rollback()


@contextmanager
def read_only() -> Iterator[None]:
    """Let the server take no writes, as a standby does."""
    name = connection.settings_dict["NAME"]
    connection.close()
    plain(name, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        yield
    finally:
        connection.close()
        reset = f'ALTER DATABASE "{name}" RESET default_transaction_read_only'
        plain(name, f"SET TRANSACTION READ WRITE; {reset}")


def person(cast: Cast, name: str) -> Client:
    """Return a person's browser, which sees the page of an error instead of the error."""
    client = client_of(cast, name)
    client.raise_request_exception = False
    return client


def postings(cast: Cast) -> int:
    with as_role("worker"), provider_scope(cast.nimbus):
        ((count,),) = fetch_all("SELECT count(*) FROM accounts_posting")
    return int(count)


def is_told(answer: Any, wait: str) -> bool:
    body = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, wait)
    return "Please try again in a moment" in body and "Traceback" not in body


class TestPages:
    def test_a_held_row_ends_the_wait_and_nothing_is_posted(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            address = url(tenant_by_id(cast.nimbus, cast.acme).public_id, "credit")
        client = person(cast, "bill")
        form = filled(client, address)

        with held("SELECT FROM accounts_wallet FOR UPDATE"):
            assert is_told(client.post(address, form), "1")
        assert postings(cast) == 0

        assert client.post(address, form).status_code == 302
        assert postings(cast) == 1

    def test_so_does_one_that_is_met_before_the_view(self, cast: Cast) -> None:
        client = person(cast, "bill")
        with held("LOCK TABLE tenants_provider"):
            assert is_told(client.get("/provider/"), "1")

        assert client.get("/provider/").status_code == 200

    def test_a_statement_that_takes_too_long_is_the_same(self, cast: Cast) -> None:
        client = person(cast, "bill")
        with held("LOCK TABLE tenants_provider"), connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0; SET statement_timeout = '50ms'")
            assert is_told(client.get("/provider/"), "30")
            cursor.execute("RESET statement_timeout")

    def test_a_server_without_writes_is_told_too(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            address = url(tenant_by_id(cast.nimbus, cast.acme).public_id, "credit")
        client = person(cast, "bill")
        form = filled(client, address)

        with read_only():
            assert is_told(client.post(address, form), "30")
        assert postings(cast) == 0

    def test_another_fault_stays_one_of_ours(self, cast: Cast) -> None:
        client = person(cast, "bill")
        with as_role("owner"), connection.cursor() as cursor:
            cursor.execute("REVOKE SELECT ON tenants_provider FROM billing_app")

        answer = client.get("/provider/")

        assert answer.status_code == 500
        assert "Retry-After" not in answer.headers


class TestOperators:
    def test_are_told_in_plain_text(self, cast: Cast) -> None:
        client = person(cast, "paula")
        set_role("ops")
        with (
            override_settings(ROOT_URLCONF="billing_platform.urls_ops", MIDDLEWARE=MIDDLEWARE),
            held("LOCK TABLE tenants_user"),
        ):
            answer = client.get("/ops/")

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert (
            answer.content == b"The database is busy or out of reach. Please try again in a moment."
        )


class TestApi:
    @staticmethod
    def batch() -> list[dict[str, Any]]:
        return [
            {
                "specversion": "1.0",
                "id": "e1",
                "source": "s",
                "type": "call",
                "tenant": "acme",
                "time": hour_floor(now()).isoformat(),
                "data": {"quantity": "1"},
            }
        ]

    def test_a_held_row_and_a_server_without_writes_are_answered_with_a_problem(
        self, cast: Cast
    ) -> None:
        set_role("worker")
        api = ApiClient(key_of(cast.nimbus))
        set_role("app")

        with held("LOCK TABLE usage_event_key"):
            busy: Any = api.post(self.batch())
        with read_only():
            closed: Any = api.post(self.batch())
            ready = Client().get("/health/ready")

        for answer, wait in ((busy, "1"), (closed, "30")):
            assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Retry-After"] == wait
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "takes no writes")
        again: Any = api.post(self.batch())
        assert [each["verdict"] for each in again.json()["results"]] == ["accepted"]


class TestSessions:
    def test_of_pages_wait_for_a_while_only(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
            )
            assert cursor.fetchone() == ("15s", "50s")
        assert settings.DATABASE_ROLE == "app"
