"""Events reach their receivers inside the transaction or after its commit, never after a rollback."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from billing_platform.kernel.errors import TransactionRequiredError
from billing_platform.kernel.events import Dispatcher, DomainEvent


@dataclass(frozen=True, kw_only=True)
class CreditPosted(DomainEvent):
    may_join_transaction: ClassVar[bool] = True

    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class BalanceLow(DomainEvent):
    pass


class Unfrozen(DomainEvent):
    pass


POSTED = CreditPosted(provider_id=1, tenant_id=7, amount_minor=500)


class TestJoinTransaction:
    @pytest.mark.django_db
    def test_it_runs_at_once(self) -> None:
        dispatcher, seen = Dispatcher(), list[CreditPosted]()
        dispatcher.join_transaction(CreditPosted, seen.append)

        dispatcher.send(POSTED)

        assert seen == [POSTED]

    def test_its_failure_aborts_the_sender(self, committed_db: str) -> None:
        dispatcher, after = Dispatcher(), list[CreditPosted]()

        def refuse(event: CreditPosted) -> None:
            raise ZeroDivisionError

        dispatcher.join_transaction(CreditPosted, refuse)
        dispatcher.after_commit(CreditPosted, after.append)

        with pytest.raises(ZeroDivisionError), transaction.atomic():
            dispatcher.send(POSTED)
        assert after == []

    def test_an_event_must_allow_it(self) -> None:
        with pytest.raises(TypeError, match="after commit only"):
            Dispatcher().join_transaction(BalanceLow, print)


class TestAfterCommit:
    def test_it_runs_after_the_commit(self, committed_db: str) -> None:
        dispatcher, seen = Dispatcher(), list[CreditPosted]()
        dispatcher.after_commit(CreditPosted, seen.append)

        with transaction.atomic():
            dispatcher.send(POSTED)
            assert seen == []

        assert seen == [POSTED]

    def test_it_never_runs_after_a_rollback(self, committed_db: str) -> None:
        dispatcher, seen = Dispatcher(), list[CreditPosted]()
        dispatcher.after_commit(CreditPosted, seen.append)

        with transaction.atomic():
            dispatcher.send(POSTED)
            transaction.set_rollback(True)

        assert seen == []

    def test_its_failure_hurts_nobody_else(
        self, committed_db: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        dispatcher, seen = Dispatcher(), list[BalanceLow]()

        def fail(event: BalanceLow) -> None:
            raise ZeroDivisionError

        dispatcher.after_commit(BalanceLow, fail)
        dispatcher.after_commit(BalanceLow, seen.append)

        with transaction.atomic():
            dispatcher.send(BalanceLow(provider_id=1))

        assert seen == [BalanceLow(provider_id=1)]
        assert "fail" in caplog.text


class TestDispatcher:
    @pytest.mark.django_db
    def test_a_receiver_registered_twice_runs_once(self) -> None:
        dispatcher, seen = Dispatcher(), list[CreditPosted]()
        receiver = seen.append
        dispatcher.join_transaction(CreditPosted, receiver)
        dispatcher.join_transaction(CreditPosted, receiver)

        dispatcher.send(POSTED)

        assert seen == [POSTED]

    @pytest.mark.django_db
    def test_other_events_pass_by(self) -> None:
        dispatcher, seen = Dispatcher(), list[CreditPosted]()
        dispatcher.join_transaction(CreditPosted, seen.append)

        dispatcher.send(BalanceLow(provider_id=1))

        assert seen == []

    def test_it_refuses_to_send_without_a_transaction(self, committed_db: str) -> None:
        with pytest.raises(TransactionRequiredError):
            Dispatcher().send(POSTED)

    def test_an_event_is_a_frozen_dataclass(self) -> None:
        with pytest.raises(TypeError, match="frozen dataclass"):
            Dispatcher().after_commit(Unfrozen, print)
        with pytest.raises(FrozenInstanceError):
            POSTED.amount_minor = 1  # type: ignore[misc]
