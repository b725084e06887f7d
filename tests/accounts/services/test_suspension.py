"""A wallet is suspended and comes back in the statement that changes it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.errors import WalletNotFound
from accounts.services import dues, periods, reservations, suspension_rules
from tenants.services.settings import set_setting
from tests.accounts.books import HOUR, NOW, Books, open_books, rows

pytestmark = pytest.mark.django_db


def watch(books: Books, now: datetime) -> int:
    result = dues.suspend_watched(
        provider_id=books.provider_id, tenant_from=0, tenant_to=2**62, now=now
    )
    return len(result.flips)


def change_rule(books: Books, *, on: bool = True, limit: int = 0, grace_h: int = 0) -> None:
    suspension_rules.change_suspension_rule(
        provider_id=books.provider_id,
        wallet_id=books.wallets[0],
        suspend_on=on,
        limit_minor=limit,
        grace=timedelta(hours=grace_h),
        now=NOW,
    )


class TestTheRule:
    def test_a_new_wallet_without_usage_is_not_suspended(self) -> None:
        with open_books() as books:
            assert books.wallet()["balance"] == 0
            assert not books.is_suspended()

    def test_it_suspends_at_the_limit_exactly(self) -> None:
        with open_books() as books:
            books.post(300)
            books.due(299)
            assert not books.is_suspended()

            result = books.due(300)

            assert books.is_suspended()
            assert [(flip.tenant_id, flip.source, flip.suspended) for flip in result.flips] == [
                (books.tenants[0], "USD", True)
            ]

    def test_it_returns_in_the_posting_that_credits(self) -> None:
        with open_books() as books:
            books.due(300)

            assert books.post(300).flips == ()
            assert books.is_suspended()
            assert [flip.suspended for flip in books.post(1).flips] == [False]
            assert not books.is_suspended()

    def test_it_respects_the_credit_limit(self) -> None:
        with open_books(credit_limit_minor=500) as books:
            books.due(499)
            assert not books.is_suspended()
            books.due(500)
            assert books.is_suspended()

    def test_it_does_nothing_where_the_provider_switched_it_off(self) -> None:
        with open_books(suspension_enabled=False) as books:
            assert books.due(10_000).flips == ()

    def test_a_flexible_tenant_is_invoiced_instead(self) -> None:
        with open_books(billing_plan="FLEXIBLE") as books:
            assert books.due(10_000).flips == ()

    def test_a_debt_without_usage_does_not_suspend(self) -> None:
        with open_books() as books:
            books.post(-500)
            assert not books.is_suspended()

            books.due(1)

            assert books.is_suspended()

    def test_a_new_period_does_not_lift_it(self) -> None:
        with open_books() as books:
            books.due(300)
            until = NOW + timedelta(days=31)

            periods.roll_periods(
                provider_id=books.provider_id,
                tenant_from=0,
                tenant_to=2**62,
                until=until,
                now=until,
            )

            assert books.is_suspended()
            books.post(10, now=until)
            assert books.is_suspended()

    def test_a_correction_that_lifts_the_balance_lifts_it(self) -> None:
        with open_books() as books:
            books.post(250)
            books.due(300)
            assert books.is_suspended()

            books.due(200)

            assert not books.is_suspended()

    def test_the_reserved_part_counts_as_gone(self) -> None:
        with open_books() as books:
            books.post(500)
            books.due(100)

            reserve(books, 400)
            assert books.is_suspended()
            reserve(books, 399)

            assert not books.is_suspended()


def reserve(books: Books, amount: int) -> None:
    reservations.set_reserved(
        provider_id=books.provider_id,
        wallet_id=books.wallets[0],
        key="tax:1",
        amount_minor=amount,
        now=NOW,
    )


class TestChangesOfTheRule:
    def test_limit_and_switch_work_at_once_in_both_directions(self) -> None:
        with open_books() as books:
            books.post(500)
            books.due(100)

            change_rule(books, limit=400)
            assert books.is_suspended()
            change_rule(books, limit=399)
            assert not books.is_suspended()
            change_rule(books, limit=1000)
            assert books.is_suspended()
            change_rule(books, on=False, limit=1000)
            assert not books.is_suspended()

    def test_an_unknown_wallet_is_refused(self) -> None:
        with open_books() as books:
            books.wallets[0] = 10**9
            with pytest.raises(WalletNotFound):
                change_rule(books)

    def test_wallets_follow_the_provider_setting(self) -> None:
        with open_books(size=2) as books:
            books.due(100, 0)
            assert books.is_suspended(0)
            set_setting(
                provider_id=books.provider_id, name="suspension.enabled", value=False, now=NOW
            )

            assert (
                suspension_rules.follow_provider_rule(provider_id=books.provider_id, now=NOW) == 2
            )

            assert not books.is_suspended(0)
            assert (
                suspension_rules.follow_provider_rule(provider_id=books.provider_id, now=NOW) == 0
            )


class TestGrace:
    def test_it_waits_for_the_grace(self) -> None:
        with open_books() as books:
            change_rule(books, grace_h=2)
            books.due(100)
            assert books.wallet()["below_since"] == NOW
            assert not books.is_suspended()

            assert watch(books, NOW + HOUR) == 0
            assert watch(books, NOW + 2 * HOUR) == 1

            assert books.is_suspended()
            assert watch(books, NOW + 3 * HOUR) == 0

    def test_credit_within_the_grace_forgets_the_fall(self) -> None:
        with open_books() as books:
            change_rule(books, grace_h=2)
            books.due(100)

            result = books.post(200)

            assert result.flips == ()
            assert books.wallet()["below_since"] is None
            assert books.messages("wallet.state") == []

    def test_a_longer_grace_lifts_it_for_the_rest(self) -> None:
        with open_books() as books:
            books.due(100)
            assert books.is_suspended()

            change_rule(books, grace_h=5)

            assert not books.is_suspended()
            assert books.wallet()["below_since"] == NOW


class TestMessages:
    def test_states_alternate_and_versions_have_no_gap(self) -> None:
        with open_books() as books:
            for amount in (100, 200, 300):
                books.due(amount)
                books.post(amount)

            sent = books.messages("wallet.state")

            assert [message["version"] for message in sent] == [1, 2, 3, 4]
            assert [message["suspended"] for message in sent] == [True, False, True, False]

    def test_every_change_of_state_is_written_down(self) -> None:
        with open_books() as books:
            books.due(100)
            books.post(500)

            changes = rows("SELECT cause, suspended_at FROM accounts_wallet_change ORDER BY id")

            assert [row["cause"] for row in changes] == ["opened", "dues", "posting"]
            assert [row["suspended_at"] for row in changes] == [None, NOW, None]
