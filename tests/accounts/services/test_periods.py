"""Billing periods follow the tenant's calendar, without gap or overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import PeriodNotFound, WalletNotFound
from accounts.selectors.periods import period_at, period_covering, periods_of
from accounts.services import periods, wallets
from accounts.services.calendar import Calendar, first_stretch, following_stretch
from billing_platform.kernel.errors import UnknownCurrencyError
from billing_platform.kernel.rows import execute
from tests.accounts.books import HOUR, NOW, Books, open_books, rows

pytestmark = pytest.mark.django_db


def roll(books: Books, until: datetime) -> int:
    return periods.roll_periods(
        provider_id=books.provider_id, tenant_from=0, tenant_to=2**62, until=until, now=until
    ).rolled


class TestOpenWallet:
    def test_its_first_period_is_the_present_one(self) -> None:
        with open_books() as books:
            (period,) = periods_of(books.provider_id, books.wallets[0])

            assert (period.starts, period.ends) == (
                datetime(2026, 11, 1, tzinfo=UTC),
                datetime(2026, 12, 1, tzinfo=UTC),
            )
            assert (period.state, period.is_charged, period.is_free) == ("current", True, False)

    def test_it_follows_zone_and_anchor(self) -> None:
        with open_books(time_zone="Asia/Kolkata", anchor_day=31) as books:
            (period,) = periods_of(books.provider_id, books.wallets[0])

            # Midnight in Kolkata is 18:30 UTC; the first full hour after it is 19:00.
            assert (period.starts, period.ends) == (
                datetime(2026, 10, 30, 19, tzinfo=UTC),
                datetime(2026, 11, 29, 19, tzinfo=UTC),
            )

    def test_it_opens_once(self) -> None:
        with open_books() as books:
            again = wallets.open_wallet(
                provider_id=books.provider_id, tenant_id=books.tenants[0], currency="USD", now=NOW
            )
            other = wallets.open_wallet(
                provider_id=books.provider_id, tenant_id=books.tenants[0], currency="EUR", now=NOW
            )

            assert again.id == books.wallets[0]
            assert other.id != again.id

    def test_imported_history_begins_where_it_says(self) -> None:
        with open_books() as books:
            opened = wallets.open_wallet(
                provider_id=books.provider_id,
                tenant_id=books.tenants[0],
                currency="EUR",
                now=NOW,
                at=datetime(2024, 9, 5, tzinfo=UTC),
            )
            (period,) = periods_of(books.provider_id, opened.id)
            assert period.starts == datetime(2024, 9, 1, tzinfo=UTC)

    def test_it_refuses_the_unknown(self) -> None:
        with open_books() as books:
            options: dict[str, Any] = {"provider_id": books.provider_id, "now": NOW}
            with pytest.raises(WalletNotFound):
                wallets.open_wallet(**options, tenant_id=10**9, currency="USD")
            with pytest.raises(UnknownCurrencyError):
                wallets.open_wallet(**options, tenant_id=books.tenants[0], currency="XXQ")


class TestRollPeriods:
    def test_nothing_happens_before_the_end(self) -> None:
        with open_books() as books:
            assert roll(books, datetime(2026, 11, 30, 23, tzinfo=UTC)) == 0

    def test_what_was_posted_moves_into_the_period(self) -> None:
        with open_books(size=2) as books:
            books.due(300, 0)

            assert roll(books, datetime(2026, 12, 1, tzinfo=UTC)) == 2

            old, new = periods_of(books.provider_id, books.wallets[0])
            assert (old.state, old.posted_minor) == ("late", 300)
            assert (new.state, new.posted_minor) == ("current", 0)
            assert (new.starts, new.id) == (old.ends, books.wallet()["period_id"])
            assert roll(books, datetime(2026, 12, 1, tzinfo=UTC)) == 0

    def test_after_downtime_each_period_is_made(self) -> None:
        with open_books() as books:
            assert roll(books, datetime(2027, 3, 2, tzinfo=UTC)) == 4

            made = periods_of(books.provider_id, books.wallets[0])
            assert [period.state for period in made] == ["late"] * 4 + ["current"]

    def test_a_trial_ends_at_a_boundary_of_its_own(self) -> None:
        trial_end = NOW + timedelta(days=3, minutes=20)
        with open_books(trial_ends_at=trial_end) as books:
            assert not books.wallet()["is_charged"]

            roll(books, NOW + timedelta(days=4))

            free, paid = periods_of(books.provider_id, books.wallets[0])
            assert (free.is_free, free.is_charged, paid.is_free, paid.is_charged) == (
                True,
                False,
                False,
                True,
            )
            assert free.ends == paid.starts == NOW + timedelta(days=3, hours=1)
            assert paid.ends == datetime(2026, 12, 1, tzinfo=UTC)
            assert books.wallet()["is_charged"]

    def test_a_change_of_plan_works_from_the_next_period(self) -> None:
        with open_books() as books:
            books.due(300)
            execute("UPDATE tenants_tenant SET billing_plan = 'POSTPAID'")

            roll(books, datetime(2026, 12, 1, tzinfo=UTC))

            assert books.due(50).wallets == 0
            late = periods_of(books.provider_id, books.wallets[0])[0]
            assert books.due_periods({late.id: 310}, late=True).posted_minor == {"USD": 10}

    def test_the_end_of_charging_lifts_a_suspension(self) -> None:
        with open_books() as books:
            books.due(300)
            execute("UPDATE tenants_tenant SET billing_plan = 'POSTPAID'")

            roll(books, datetime(2026, 12, 1, tzinfo=UTC))

            assert not books.is_suspended()

    def test_a_period_made_ahead_is_used(self) -> None:
        with open_books() as books:
            ahead = ensure(books, datetime(2026, 12, 1, tzinfo=UTC))

            roll(books, datetime(2026, 12, 1, tzinfo=UTC))

            assert books.wallet()["period_id"] == ahead


def ensure(books: Books, at: datetime) -> int:
    found = periods.ensure_period(provider_id=books.provider_id, wallet_id=books.wallets[0], at=at)
    assert found.starts <= at < found.ends
    return found.id


class TestEnsurePeriod:
    def test_it_finds_the_present_one(self) -> None:
        with open_books() as books:
            assert ensure(books, NOW) == books.wallet()["period_id"]

    def test_it_makes_those_ahead_and_those_before(self) -> None:
        with open_books() as books:
            ensure(books, datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
            ensure(books, datetime(2026, 9, 1, tzinfo=UTC))

            made = periods_of(books.provider_id, books.wallets[0])

            assert [period.state for period in made] == ["late", "late", "current", "next", "next"]
            assert all(a.ends == b.starts for a, b in pairwise(made))

    def test_it_refuses_an_unknown_wallet(self) -> None:
        with open_books() as books:
            books.wallets[0] = 10**9
            with pytest.raises(WalletNotFound):
                ensure(books, NOW)

    def test_nothing_lies_outside(self) -> None:
        with open_books() as books:
            outside = (books.provider_id, books.wallets[0], NOW + 900 * HOUR)
            assert period_at(*outside) is None
            with pytest.raises(PeriodNotFound):
                period_covering(*outside)


class TestLatePeriodIds:
    def test_it_names_those_that_ended_long_enough_ago(self) -> None:
        with open_books() as books:
            late = books.wallet()["period_id"]
            end = datetime(2026, 12, 1, tzinfo=UTC)
            roll(books, end)

            def ids(ended_by: datetime) -> list[int]:
                return periods.late_period_ids(
                    provider_id=books.provider_id, tenant_from=0, tenant_to=2**62, ended_by=ended_by
                )

            assert (ids(end - HOUR), ids(end)) == ([], [late])
            assert rows("SELECT count(*) AS n FROM accounts_period")[0]["n"] == 2


ZONES = ["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]


class TestCalendarsNeverGapOrOverlap:
    @settings(
        max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        at=st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        zone=st.sampled_from(ZONES),
        anchor=st.integers(1, 31),
        trial_hours=st.one_of(st.none(), st.integers(-50, 3000)),
    )
    def test_each_begins_where_the_last_ended(
        self, at: datetime, zone: str, anchor: int, trial_hours: int | None
    ) -> None:
        trial_end = None if trial_hours is None else at + trial_hours * HOUR
        calendar = Calendar(zone, anchor, "PREPAID", trial_end)

        stretch = first_stretch(at, calendar)

        assert stretch.period.starts <= at < stretch.period.ends
        for _ in range(14):
            following = following_stretch(stretch.period, calendar)
            assert following.period.starts == stretch.period.ends
            if trial_end is not None:
                assert following.is_free == (following.period.starts < trial_end)
            stretch = following
