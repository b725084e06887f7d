"""Sessions that want the same code at the same time, and processes that die on the way: it is used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.services.audit import verify
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from promotions.errors import CodeRefused
from promotions.models import Campaign, Code, Redemption
from promotions.services.codes import generate_codes
from promotions.services.redeeming import confirm, release, reserve, take_back
from tests.accounts.books import Books, fill_books, make_provider, rows
from tests.factories.promotions import NOW, campaign
from tests.payments.faults.forks import killed
from tests.roles import set_role

pytestmark = pytest.mark.processes
SESSIONS = 64


@pytest.fixture
def books(committed_db: str) -> Books:
    provider_id = make_provider(suspension_enabled=True)
    with provider_scope(provider_id):
        return fill_books(provider_id, size=4)


def redeem(books: Books, code: str, no: int, source: str) -> bool:
    """Use a code with a top-up of its own, in two transactions as a payment does."""
    whose: dict[str, Any] = {
        "provider_id": books.provider_id,
        "tenant_id": books.tenants[no % len(books.tenants)],
        "source": source,
        "now": NOW,
    }
    with provider_scope(books.provider_id):
        reserve(**whose, amount=Money(10_000, "USD"), code=code)
    with provider_scope(books.provider_id):
        return confirm(**whose) is not None


class TestASingleUseCode:
    def test_sixty_four_sessions_redeem_it_once(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            made = campaign(books.provider_id)
            options: dict[str, Any] = {"count": 1, "prefix": "NB", "request_key": "b", "now": NOW}
            generate_codes(provider_id=books.provider_id, campaign=made, **options)
            code = Code.objects.get(uses_limit=1).shown
        ready = Barrier(SESSIONS)

        def session(no: int) -> bool:
            try:
                set_role("app")
                ready.wait(60)
                return redeem(books, code, no, f"top_{no}")
            except CodeRefused:
                return False
            finally:
                connection.close()

        with ThreadPoolExecutor(SESSIONS) as pool:
            won = list(pool.map(session, range(SESSIONS)))

        assert won.count(True) == 1
        with provider_scope(books.provider_id):
            given = rows("SELECT kind FROM accounts_posting WHERE source_type = 'promotion'")
            assert [row["kind"] for row in given] == ["grant"]
            assert Redemption.objects.filter(state="confirmed").count() == 1
            assert Code.objects.get(uses_limit=1).uses == Campaign.objects.get().uses == 1
            assert verify(provider_id=books.provider_id).findings == ()


class TestKilled:
    @pytest.mark.parametrize("step", ["promotion.locked", "promotion.reserved", "promotion.given"])
    def test_whoever_comes_again_finds_it_as_it_was(self, books: Books, step: str) -> None:
        with provider_scope(books.provider_id):
            campaign(books.provider_id, total_limit=1)

        killed(partial(redeem, books, "AUTUMN", 0, "top_1"), step)

        assert redeem(books, "AUTUMN", 0, "top_1")
        with provider_scope(books.provider_id):
            assert books.balance() == 1000

    def test_what_was_taken_back_comes_or_does_not(self, books: Books) -> None:
        with provider_scope(books.provider_id):
            campaign(books.provider_id)
        redeem(books, "AUTUMN", 0, "top_1")
        taking = partial(back, books)

        killed(taking, "promotion.taken")
        with provider_scope(books.provider_id):
            assert books.balance() == 1000

        assert (taking(), taking()) == (1000, 1000)
        with provider_scope(books.provider_id):
            assert books.balance() == 0
            release(provider_id=books.provider_id, source="top_1", now=NOW)
            assert verify(provider_id=books.provider_id).findings == ()


def back(books: Books) -> int:
    with provider_scope(books.provider_id):
        return take_back(
            provider_id=books.provider_id,
            tenant_id=books.tenants[0],
            source="top_1",
            refunded=Money(10_000, "USD"),
            paid=Money(10_000, "USD"),
            key="r1",
            now=NOW,
        ).amount_minor
