"""The three faces of a balance and how long it lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from accounts.selectors.grants import GrantView
from accounts.types import WalletView
from billing_platform.kernel.money import Money
from billing_platform.portal.pages.balance import balance_blocks, runway_block

WALLET = WalletView(
    id=1,
    tenant_id=1,
    currency="USD",
    settled=2500,
    reserved=100,
    available=2400,
    period_id=1,
    period_posted=300,
    is_charged=True,
    suspend_on=True,
    suspend_limit=0,
    grace=timedelta(0),
    below_since=None,
    suspended_at=None,
)
UNTIL = datetime(2026, 11, 26, 14, tzinfo=UTC)


class TestBalanceBlocks:
    def test_one_per_currency(self) -> None:
        blocks = balance_blocks([WALLET, replace(WALLET, currency="EUR")])

        assert [block.settled for block in blocks] == [Money(2500, "USD"), Money(2500, "EUR")]
        assert blocks[0].settled - blocks[0].reserved == blocks[0].available

    def test_bonus_stands_under_its_wallet_and_the_rest_in_one_line(self) -> None:
        grants = [
            GrantView(
                id=number,
                tenant_id=1,
                wallet_id=1,
                posting_id=number,
                kind="grant",
                source_type="",
                source_id="",
                granted=Money(100, "USD"),
                left=Money(number, "USD"),
                granted_at=UNTIL,
                expires_at=UNTIL,
            )
            for number in range(1, 8)
        ]

        one, other = balance_blocks([WALLET, replace(WALLET, id=2)], grants)

        assert [line.left.amount_minor for line in one.grants] == [1, 2, 3, 4, 5]
        assert one.further == Money(13, "USD")
        assert (list(other.grants), other.further) == ([], None)


class TestRunwayBlock:
    def test_names_the_hour(self) -> None:
        block = runway_block([WALLET], UNTIL + timedelta(minutes=12))

        assert block is not None
        assert block.until == UNTIL

    def test_says_when_nothing_is_used(self) -> None:
        block = runway_block([WALLET], None)

        assert block is not None
        assert (block.until, "Nothing" in block.words) == (None, True)

    def test_says_when_nothing_is_left(self) -> None:
        block = runway_block([replace(WALLET, available=0)], UNTIL)

        assert block is not None
        assert (block.until, "used up" in block.words) == (None, True)

    def test_is_silent_where_nothing_is_charged(self) -> None:
        assert runway_block([replace(WALLET, is_charged=False)], None) is None
        assert runway_block([], None) is None
