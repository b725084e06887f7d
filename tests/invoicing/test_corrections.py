"""Staff credits an invoice, whole or in part, or writes it off: documents and ledger say the same, and two decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope
from invoicing.errors import CreditRefused, DocumentNotFound, SettlementRefused
from invoicing.errors_corrections import (
    CorrectionChanged,
    CorrectionReasonMissing,
    CorrectionWaits,
    IsWrittenOff,
    NoCorrectionWaits,
    NotCorrectable,
    NothingOpen,
    NotWrittenOff,
    PaidByPayment,
    SameCorrectionPerson,
)
from invoicing.models import Correction, Document
from invoicing.selectors.proofs import document_faults
from invoicing.services.corrections import (
    approve_correction,
    decline_correction,
    take_write_off_back,
)
from invoicing.services.issuing import issue_now
from invoicing.services.settling import undo_settlement
from tenants.services.settings import set_setting
from tests.invoicing.drafts import NOW, invoice, stored
from tests.invoicing.owing import TOTAL, Owed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.kernel.errors import DomainError
    from tests.cast import Cast

WHOLE = {
    "receivable": -TOTAL,
    "revenue_usage": 10001,
    "revenue_one_time": 5000,
    "tax_payable": 2250,
}


@pytest.fixture
def owed(cast: Cast, seller: int) -> Iterator[Owed]:
    """Return an invoice of 172.51 that Acme owes; in the end nothing is wrong with the documents."""
    yield Owed.open(seller, cast.acme)
    assert list(document_faults(seller)) == []


def note() -> Document:
    return Document.objects.filter(kind="credit_note").latest("pk")


class TestCredit:
    def test_a_void_invoice_leaves_nothing_in_the_books(self, owed: Owed) -> None:
        assert owed.books() == WHOLE

        assert [owed.correct("credit", TOTAL) for _ in range(2)] == ["made", "made"]

        assert owed.books() == {}
        assert stored(owed.document_id).state == "cancelled"
        assert (note().total_minor, note().state, note().content["reason"]) == (
            TOTAL,
            "paid",
            "Fault",
        )
        with pytest.raises(CreditRefused):
            owed.correct("credit", TOTAL, key="again")

    def test_a_form_that_asked_for_other_figures_before_is_refused(self, owed: Owed) -> None:
        assert [owed.correct("credit", 3966, {1: 3333}) for _ in range(2)] == ["made", "made"]
        books = owed.books()

        for kind, minor, nets in (
            ("credit", 3967, {1: 3333}),
            ("credit", 3966, {2: 3333}),
            ("credit", 3966, None),
            ("write_off", 3966, {1: 3333}),
        ):
            with pytest.raises(CorrectionChanged):
                owed.correct(kind, minor, nets)
        assert (owed.books(), Correction.objects.count()) == (books, 1)

    def test_parts_come_to_exactly_the_whole(self, owed: Owed) -> None:
        owed.correct("credit", 3966, {1: 3333}, key="a")
        owed.correct("credit", 3967, {1: 3333, 2: 1}, key="b")

        assert stored(owed.document_id).state == "sent"
        owed.correct("credit", TOTAL - 3966 - 3967, key="c")
        assert owed.books() == {}

    def test_what_was_paid_is_credit_again(self, owed: Owed) -> None:
        owed.pay(17000)

        owed.correct("credit", 5350, {2: 5000})

        assert (stored(owed.document_id).state, note().state) == ("paid", "paid")
        books = owed.books()
        assert (books["wallet"], books.get("receivable")) == (5350 - 251, None)

    @pytest.mark.parametrize("nets", [{}, {1: 10002}, {1: 0}, {3: 1}])
    def test_more_than_is_left_is_refused(self, owed: Owed, nets: dict[int, int]) -> None:
        with pytest.raises(CreditRefused):
            owed.correct("credit", 100, nets)
        assert owed.books() == WHOLE

    def test_other_figures_than_were_shown_are_refused(self, owed: Owed) -> None:
        with pytest.raises(CorrectionChanged):
            owed.correct("credit", TOTAL - 1)
        with pytest.raises(CorrectionReasonMissing):
            owed.correct("credit", TOTAL, reason=" ")
        assert owed.books() == WHOLE

    def test_where_the_money_goes_is_what_was_shown_or_refused(self, owed: Owed) -> None:
        owed.pay(17000)

        for lowered in (5350, 252, 0):
            with pytest.raises(CorrectionChanged):
                owed.correct("credit", 5350, {2: 5000}, lowered=lowered)
        assert owed.correct("credit", 5350, {2: 5000}, lowered=251) == "made"

    def test_shares_of_three_accounts_may_go_either_way_by_a_cent(
        self, cast: Cast, seller: int
    ) -> None:
        """40, 40 and 20 % of 2 cents are 1, 1 and 0; of the first cent 0, 0 and 1."""
        bill = Owed.open(
            seller,
            cast.acme,
            revenue={"revenue_usage": 6000, "revenue_one_time": 6001, "revenue_recurring": 3000},
        )

        for key in "ab":
            bill.correct("credit", 1, {2: 1}, key=key)

        assert list(document_faults(seller)) == []
        assert bill.books()["receivable"] == 2 - TOTAL

    @pytest.mark.parametrize(
        ("source", "refusal"), [("payment", PaidByPayment), ("hand", NotCorrectable)]
    )
    def test_what_nobody_owes_is_refused(
        self, cast: Cast, seller: int, source: str, refusal: type[DomainError]
    ) -> None:
        draft = invoice(cast.acme, source_type=source)
        bill = Owed(seller, cast.acme, issue_now(provider_id=seller, draft=draft, now=NOW))

        for kind in ("credit", "write_off"):
            with pytest.raises(refusal):
                bill.correct(kind, TOTAL)

    def test_another_provider_finds_none(self, cast: Cast, owed: Owed) -> None:
        foreign = Owed(cast.sonora, cast.aria, owed.document_id)
        with pytest.raises(DocumentNotFound), provider_scope(cast.sonora):
            foreign.correct("credit", TOTAL)


class TestWriteOff:
    def test_what_is_open_becomes_bad_debt_and_tax_stays_due(self, owed: Owed) -> None:
        owed.pay(10000)

        assert [owed.correct("write_off", 7251) for _ in range(2)] == ["made", "made"]

        assert stored(owed.document_id).state == "written_off"
        books = owed.books()
        assert (books["bad_debt"], books["tax_payable"]) == (-7251, 2250)
        assert "receivable" not in books
        for kind in ("write_off", "credit"):
            with pytest.raises(IsWrittenOff):
                owed.correct(kind, 7251, key="again")

    @pytest.mark.parametrize("minor", [7252, 7250, 0])
    def test_only_what_is_open_is_written_off(self, owed: Owed, minor: int) -> None:
        owed.pay(10000)

        with pytest.raises(CorrectionChanged):
            owed.correct("write_off", minor)
        assert stored(owed.document_id).state == "partially_paid"

    def test_a_paid_one_is_refused(self, owed: Owed) -> None:
        owed.pay(TOTAL)

        with pytest.raises(NothingOpen):
            owed.correct("write_off", TOTAL)

    def test_it_is_taken_back_once(self, owed: Owed) -> None:
        owed.correct("write_off", TOTAL)

        def back() -> None:
            take_write_off_back(
                provider_id=owed.provider_id, document_id=owed.document_id, user_id=1, now=NOW
            )

        back()

        assert owed.books() == WHOLE
        assert stored(owed.document_id).state == "sent"
        with pytest.raises(NotWrittenOff):
            back()
        assert owed.correct("write_off", TOTAL, key="again") == "made"

    @pytest.mark.parametrize(("minor", "state"), [(TOTAL, "paid"), (5000, "partially_paid")])
    def test_a_payment_that_comes_after_all_takes_it_back(
        self, owed: Owed, minor: int, state: str
    ) -> None:
        owed.correct("write_off", TOTAL)

        assert owed.pay(minor) == state

        books = owed.books()
        assert "bad_debt" not in books
        assert books.get("receivable", 0) == minor - TOTAL
        (row,) = Correction.objects.filter(document_id=owed.document_id)
        assert (row.state, row.ended_by) == ("taken_back", None)

    def test_more_than_was_written_off_is_no_payment_of_it(self, owed: Owed) -> None:
        owed.correct("write_off", TOTAL)

        with pytest.raises(SettlementRefused), transaction.atomic():
            owed.pay(TOTAL + 1)
        assert stored(owed.document_id).state == "written_off"

    def test_a_payment_that_goes_back_is_owed_with_it(self, owed: Owed) -> None:
        owed.pay(10000)
        owed.correct("write_off", 7251)

        state = undo_settlement(
            provider_id=owed.provider_id,
            document_id=owed.document_id,
            key="payment/1",
            now=NOW,
        )

        assert state == "sent"
        assert "bad_debt" not in owed.books()


class TestSecondPerson:
    @pytest.fixture(autouse=True)
    def limited(self, seller: int) -> None:
        set_setting(provider_id=seller, name="approval.limit_minor", value=10_000, now=NOW)

    def decide(self, owed: Owed, how: object, user_id: int) -> None:
        assert callable(how)
        how(provider_id=owed.provider_id, document_id=owed.document_id, user_id=user_id, now=NOW)

    @pytest.mark.parametrize(
        ("kind", "state"), [("credit", "cancelled"), ("write_off", "written_off")]
    )
    def test_approves_what_another_one_asked_for(self, owed: Owed, kind: str, state: str) -> None:
        assert owed.correct(kind, TOTAL) == "waiting"
        assert owed.books() == WHOLE
        with pytest.raises(CorrectionWaits):
            owed.correct(kind, TOTAL, key="other", user_id=2)
        with pytest.raises(SameCorrectionPerson):
            self.decide(owed, approve_correction, 1)

        self.decide(owed, approve_correction, 2)

        assert stored(owed.document_id).state == state
        for how in (approve_correction, decline_correction):
            with pytest.raises(NoCorrectionWaits):
                self.decide(owed, how, 3)

    def test_is_not_asked_within_the_limit(self, owed: Owed) -> None:
        assert owed.correct("credit", 5350, {2: 5000}) == "made"

    @pytest.mark.parametrize(("user_id", "state"), [(1, "withdrawn"), (2, "declined")])
    def test_declines_and_nothing_is_posted(self, owed: Owed, user_id: int, state: str) -> None:
        owed.correct("write_off", TOTAL)

        self.decide(owed, decline_correction, user_id)

        assert Correction.objects.get().state == state
        assert owed.books() == WHOLE
        assert owed.correct("write_off", TOTAL, key="again") == "waiting"

    def test_does_not_approve_another_way_of_the_money(self, owed: Owed) -> None:
        owed.correct("credit", TOTAL)
        owed.pay(TOTAL)

        with pytest.raises(CorrectionChanged):
            self.decide(owed, approve_correction, 2)
        assert "wallet" not in owed.books()

    def test_does_not_approve_what_has_changed_meanwhile(self, owed: Owed) -> None:
        owed.correct("write_off", TOTAL)
        owed.pay(1)

        with pytest.raises(CorrectionChanged):
            self.decide(owed, approve_correction, 2)
        assert Correction.objects.get().state == "waiting"

    @pytest.mark.parametrize(
        "change",
        [
            {"amount_minor": 1},
            {"lowered_minor": 1},
            {"reason": "other"},
            {"decided_by": 1, "state": "declined"},
        ],
    )
    def test_the_database_keeps_what_was_asked_for(
        self, owed: Owed, change: dict[str, object]
    ) -> None:
        owed.correct("write_off", TOTAL)

        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.update(**change)
