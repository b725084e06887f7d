"""What one format told is a question when another one tells it again, whatever references they give (decision 49)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_decisions import set_aside, tell_apart
from payments.models import BankLine
from tests.invoicing.bank_desk import BankDesk, by_hand
from tests.payments.statements.bank import Bank, Batch, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, as worker."""
    with as_role("worker"):
        yield BankDesk.open(cast.nimbus)


def bring(desk: BankDesk, bank: Bank, kind: str) -> list[str]:
    """Import what a bank wrote and match it; returns what became of each line, in the file's order."""
    (done,) = desk.bring(bank.mt940() if kind == "mt940" else bank.camt(), kind)
    desk.match()
    with provider_scope(desk.provider_id):
        rows = BankLine.objects.filter(statement_id=done.id).order_by("number")
        return [f"{row.state} {row.reason}".strip() for row in rows]


class TestTwoFormats:
    @pytest.mark.parametrize("bank_ref", ["", "B1"])
    @pytest.mark.parametrize("first", ["mt940", "camt053"])
    def test_a_payment_is_credited_once(
        self, desk: BankDesk, cast: Cast, first: str, bank_ref: str
    ) -> None:
        paid = desk.paid(desk.order(cast.acme))
        again = desk.paid(desk.orders[0], bank_ref=bank_ref, name="ACME U. SOEHNE")
        second = "camt053" if first == "mt940" else "mt940"

        assert bring(desk, Bank().came(paid), first) == ["matched"]
        assert bring(desk, Bank().came(again), second) == ["open duplicate"]

        assert desk.balance(cast.acme) == 10_000
        set_aside(
            provider_id=desk.provider_id,
            line=desk.line().public_id,
            decision=by_hand("the same"),
        )
        # The same day once more, in a file that goes on further, asks nothing of it.
        later = Moved(cents=700, text="more")
        assert bring(desk, Bank().came(again, later), second) == ["open missing"]
        assert desk.balance(cast.acme) == 10_000
        assert desk.agrees()

    def test_what_a_batch_holds_comes_in_and_the_rest_of_its_day_is_asked_about(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        alone, one, two = (desk.order(cast.acme, cents) for cents in (1000, 2000, 3000))
        whole = Moved(cents=5000, text="Sammler")
        parts = Batch(parts=(desk.paid(one, 2000), desk.paid(two, 3000)))
        bring(desk, Bank().came(desk.paid(alone, 1000), whole), "mt940")

        told = bring(desk, Bank().came(desk.paid(alone, 1000), parts), "camt053")

        assert told == ["open duplicate", "matched", "matched"]
        assert desk.balance(cast.acme) == 6000
        assert desk.agrees()

    def test_another_day_amount_account_or_more_of_them_ask_nothing(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        paid = desk.paid(desk.order(cast.acme))
        bring(desk, Bank().came(paid), "mt940")

        assert bring(desk, Bank(day="2026-11-19").came(paid), "camt053") == ["matched over"]
        assert bring(desk, Bank(number="2").came(Moved(cents=10_001)), "camt053") == [
            "open missing"
        ]
        twice = Bank(number="3").came(paid, Moved(cents=10_000, text="one more"))
        assert bring(desk, twice, "camt053") == ["open duplicate", "open missing"]
        other = BankDesk.open(cast.sonora)
        assert bring(other, Bank().came(Moved(cents=10_000)), "camt053") == ["open missing"]

    def test_money_that_went_out_is_no_question_but_a_return_is(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        fee, told = Moved(cents=-500, text="fee"), Moved(cents=-500, text="fee of the bank")
        back = Moved(cents=-700, text="back", is_reversal=True)
        bring(desk, Bank().came(fee, back), "mt940")

        assert bring(desk, Bank().came(told, back), "camt053") == ["outgoing", "open duplicate"]

    def test_another_payment_is_credited_once_a_person_says_so(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        paid = desk.paid(desk.order(cast.acme))
        bring(desk, Bank().came(paid), "mt940")
        bring(desk, Bank().came(paid), "camt053")
        said: Any = {"provider_id": desk.provider_id, "line": desk.line().public_id}

        tell_apart(**said, decision=by_hand("paid twice"))

        assert desk.balance(cast.acme) == 20_000
        assert desk.agrees()
