"""A message is written with the change it tells of, once per key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import IntegrityError, ProgrammingError, transaction

from billing_platform.kernel import outbox
from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.models import OutboxMessage
from billing_platform.kernel.outbox import Message, enqueue, handlers, register_handler
from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.roles import as_role

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []

    def send_task(name: str, **_: Any) -> None:
        rung.append(name)

    monkeypatch.setattr(current_app, "send_task", send_task)
    return rung


def put(**changes: Any) -> bool:
    return enqueue(
        **{"provider_id": 1, "topic": "mail", "payload": {"a": 1}, "now": NOW, **changes}
    )


def rows(provider_id: int = 1) -> list[tuple[Any, ...]]:
    with provider_scope(provider_id):
        return fetch_all(
            "SELECT tenant_id, topic, dedupe_key, available_at FROM kernel_outbox ORDER BY id"
        )


@pytest.mark.django_db
class TestEnqueue:
    def test_it_writes_a_message(self) -> None:
        with tenant_scope(1, 7):
            assert put(tenant_id=7, dedupe_key="k", available_at=NOW + timedelta(hours=1))

        assert rows() == [(7, "mail", "k", NOW + timedelta(hours=1))]

    def test_a_tenant_s_action_may_tell_its_provider(self) -> None:
        with tenant_scope(1, 7):
            put()

        assert rows() == [(0, "mail", "", NOW)]

    def test_a_key_counts_once_per_provider_and_topic(self) -> None:
        with provider_scope(1):
            assert put(dedupe_key="k")
            assert not put(dedupe_key="k", payload={"a": 2})
            assert put(dedupe_key="k", topic="webhook")
        with provider_scope(2):
            assert put(dedupe_key="k", provider_id=2)

        assert len(rows(1)) == 2

    def test_without_a_key_each_is_new(self) -> None:
        with provider_scope(1):
            assert put()
            assert put()

    def test_another_provider_s_messages_are_hidden(self) -> None:
        with provider_scope(1):
            put()

        assert rows(2) == []

    def test_the_web_cannot_read_what_a_message_says(self) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), provider_scope(1):
            fetch_one("SELECT payload FROM kernel_outbox")

    def test_the_web_cannot_change_a_message(self) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), provider_scope(1):
            execute("UPDATE kernel_outbox SET sent_at = now()")


class TestBell:
    def test_it_rings_after_the_commit(self, committed_db: str, bells: list[str]) -> None:
        with provider_scope(1):
            put(dedupe_key="k")
            assert bells == []
        with provider_scope(1):
            put(dedupe_key="k")

        assert bells == [outbox.RELAY_TASK]

    def test_it_rings_once_for_many_messages(self, committed_db: str, bells: list[str]) -> None:
        with provider_scope(1):
            for _ in range(5):
                put()
            with transaction.atomic():
                put()

        assert bells == [outbox.RELAY_TASK]

    def test_a_bell_that_was_rolled_back_does_not_stand_for_another(
        self, committed_db: str, bells: list[str]
    ) -> None:
        with provider_scope(1):
            with transaction.atomic():
                put()
                transaction.set_rollback(True)
            put()

        assert bells == [outbox.RELAY_TASK]

    def test_it_is_silent_after_a_rollback(self, committed_db: str, bells: list[str]) -> None:
        with provider_scope(1):
            put()
            transaction.set_rollback(True)

        assert bells == []
        assert rows() == []

    def test_a_lost_bell_harms_nobody(
        self, committed_db: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broker_is_away(name: str, **_: Any) -> None:
            raise OSError("broker is away")

        monkeypatch.setattr(current_app, "send_task", broker_is_away)

        with provider_scope(1):
            assert put()

        assert len(rows()) == 1
        assert "broker is away" in caplog.text

    def test_it_refuses_to_work_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError):
            put()


class TestRegisterHandler:
    def test_a_topic_has_one_handler(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "_handlers", {})

        def first(message: Message) -> None: ...
        def second(message: Message) -> None: ...

        register_handler("mail", first)
        register_handler("mail", first)
        with pytest.raises(ValueError, match="handler already"):
            register_handler("mail", second)
        assert handlers() == {"mail": first}


@pytest.mark.django_db
class TestTable:
    @pytest.mark.parametrize(
        ("values", "constraint"),
        [
            ({"topic": ""}, "topic"),
            ({"attempts": -1}, "attempts"),
            ({"sent_at": NOW, "dead_at": NOW}, "one_end"),
            ({"dedupe_key": "k"}, "dedupe"),
        ],
    )
    def test_the_database_refuses_a_wrong_message(
        self, values: dict[str, Any], constraint: str
    ) -> None:
        with provider_scope(1):
            put(dedupe_key="k")
        row = {
            "provider_id": 1,
            "topic": "mail",
            "payload": {},
            "created_at": NOW,
            "available_at": NOW,
        }

        with (
            as_role("worker"),
            pytest.raises(IntegrityError, match=f"kernel_outbox_{constraint}"),
            provider_scope(1),
        ):
            OutboxMessage.objects.create(**{**row, **values})

    def test_a_set_based_producer_inserts_by_sql(self) -> None:
        insert = """
            INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at)
            SELECT 1, tenant, 'suspended', jsonb_build_object('tenant', tenant), 'e1/' || tenant, %(now)s, %(now)s
            FROM generate_series(1, 3) AS tenant
            ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING
        """
        with as_role("worker"), provider_scope(1):
            assert execute(insert, {"now": NOW}) == 3
            assert execute(insert, {"now": NOW}) == 0
