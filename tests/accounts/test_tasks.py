"""The ledger's periodic work, in a database that commits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts import tasks
from accounts.services import grants
from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope, system_scope
from tests.accounts.books import HOUR, Books, fill_books, make_provider
from tests.roles import as_role
from tests.superuser import damage

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
# Every day since the first posting has one seal.
SEALED = """
SELECT sum(postings), count(*) = count(DISTINCT day) AND count(*) = max(day) - min(day) + 1
                  AND min(day) = (SELECT min(recorded_at AT TIME ZONE 'UTC')::date FROM accounts_posting)
  FROM accounts_seal
"""


@pytest.fixture
def books(committed_db: str) -> Books:
    provider_id = make_provider(suspension_enabled=True)
    with provider_scope(provider_id):
        found = fill_books(provider_id, size=1)
        found.post(500, now=LONG_AGO)
        grants.grant_credit(
            provider_id=provider_id,
            tenant_id=found.tenants[0],
            amount=Money(40, "USD"),
            key="grant",
            now=LONG_AGO,
            expires_at=LONG_AGO + HOUR,
        )
    return found


class TestCloseDay:
    def test_it_expires_credit_and_seals_each_day_once(self, books: Books) -> None:
        with as_role("worker"):
            tasks.close_day(provider_id=books.provider_id)
            tasks.close_day(provider_id=books.provider_id)

        with provider_scope(books.provider_id):
            assert books.balance() == 500
            assert fetch_one(SEALED) == (2, True)


class TestVerifyLedgers:
    def test_it_passes_right_books(self, books: Books) -> None:
        with as_role("worker"):
            tasks.verify_ledgers()
            with system_scope():
                assert fetch_one("SELECT error FROM kernel_job_run") == ("",)

    @pytest.mark.superuser
    def test_it_fails_loudly(self, books: Books, committed_db: str) -> None:
        damage(committed_db, "UPDATE accounts_wallet SET balance = balance + 1")

        with as_role("worker"), pytest.raises(tasks.LedgerIsWrongError, match="wallet"):
            tasks.verify_ledgers()


class TestCloseDays:
    def test_it_rings_for_each_provider(
        self, books: Books, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung = []
        monkeypatch.setattr(tasks.close_day, "delay", lambda **ids: rung.append(ids))

        with as_role("worker"):
            tasks.close_days()

        assert rung == [{"provider_id": books.provider_id}]

    @pytest.mark.parametrize("job", ["close_days", "verify_ledgers"])
    def test_a_second_beat_at_the_same_moment_is_dropped(self, books: Books, job: str) -> None:
        with as_role("worker"), job_run(job=job):
            getattr(tasks, job)()

        with as_role("worker"), system_scope():
            assert fetch_one("SELECT count(*) FROM kernel_job_run") == (1,)
