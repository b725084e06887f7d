"""Wallets follow the provider's settings once the change is committed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.errors import WalletNotFound
from accounts.receivers import follow_setting
from accounts.services import suspension_rules
from accounts.services.audit import verify
from billing_platform.kernel.rows import execute
from tenants.events import SettingChanged
from tenants.services.settings import set_setting
from tests.accounts.books import HOUR, NOW, Books, open_books, rows

pytestmark = pytest.mark.django_db


def change(books: Books, name: str, value: object) -> None:
    set_setting(provider_id=books.provider_id, name=name, value=value, now=NOW)
    follow_setting(SettingChanged(provider_id=books.provider_id, name=name))


class TestFollowSetting:
    def test_the_rule_follows(self) -> None:
        with open_books() as books:
            change(books, "suspension.limit_minor", -500)
            change(books, "suspension.grace_hours", 3)

            wallet = books.wallet()

            assert (wallet["suspend_limit"], wallet["grace"]) == (-500, 3 * HOUR)

    def test_the_warnings_follow(self) -> None:
        with open_books() as books:
            change(books, "warnings.levels_minor", [700])
            change(books, "warnings.levels_hours", [5])

            levels = rows("SELECT basis, level FROM accounts_warning_level ORDER BY 1")

            assert [tuple(row.values()) for row in levels] == [("amount", 700), ("hours", 5)]
            again = suspension_rules.follow_provider_warnings(
                provider_id=books.provider_id, now=NOW
            )
            assert again == 0

    def test_no_levels_at_all(self) -> None:
        with open_books() as books:
            change(books, "warnings.levels_minor", [])
            change(books, "warnings.levels_hours", [])

            assert rows("SELECT 1 FROM accounts_warning_level") == []

    def test_many_wallets_follow_range_by_range(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(suspension_rules, "_RANGE_WALLETS", 2)
        with open_books(size=5) as books:
            change(books, "suspension.limit_minor", -500)

            assert {books.wallet(no)["suspend_limit"] for no in range(5)} == {-500}
            assert suspension_rules.follow_settings(provider_id=books.provider_id, now=NOW) == 0

    def test_a_new_credit_limit_is_followed_too(self) -> None:
        with open_books() as books:
            books.due(300)
            execute("UPDATE tenants_tenant SET credit_limit_minor = 301")

            assert suspension_rules.follow_settings(provider_id=books.provider_id, now=NOW) == 1

            assert not books.is_suspended()

    def test_other_settings_change_nothing(self) -> None:
        with open_books() as books:
            before = books.wallet()
            change(books, "ingestion.late_days", 3)

            assert books.wallet() == before


class TestOwnRule:
    def test_a_wallet_with_its_own_rule_stays_until_it_is_dropped(self) -> None:
        with open_books() as books:
            options = {"provider_id": books.provider_id, "wallet_id": books.wallets[0]}
            suspension_rules.change_suspension_rule(
                **options, suspend_on=True, limit_minor=-9, grace=timedelta(0), now=NOW
            )
            change(books, "suspension.limit_minor", -500)
            assert books.wallet()["suspend_limit"] == -9

            suspension_rules.drop_own_rule(**options, now=NOW)

            assert books.wallet()["suspend_limit"] == -500
            assert verify(provider_id=books.provider_id).findings == ()

    def test_an_unknown_wallet_is_refused(self) -> None:
        with open_books() as books, pytest.raises(WalletNotFound):
            suspension_rules.drop_own_rule(provider_id=books.provider_id, wallet_id=10**9, now=NOW)
