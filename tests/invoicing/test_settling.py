"""Money settles a document once by its key; overdue, partly paid and credited ones say so."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.money import Money
from invoicing.errors import CreditRefused, DocumentNotFound, SettlementRefused
from invoicing.selectors.documents import (
    DocumentQuery,
    document_totals,
    list_documents,
    whole_document,
)
from invoicing.selectors.proofs import document_faults
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document, undo_settlement
from tests.invoicing.drafts import NOW, TODAY, invoice, line, stored, tax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cast import Cast

LATER = date(2027, 1, 1)


@pytest.fixture
def bill(cast: Cast, seller: int) -> int:
    """Return an invoice of 172.51 to Acme."""
    return issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW)


def pay(seller: int, bill: int, minor: int, key: str = "payment/1", currency: str = "USD") -> str:
    money = Money(minor, currency)
    return settle_document(provider_id=seller, document_id=bill, amount=money, key=key, now=NOW)


def credit(
    seller: int, bill: int, nets: Mapping[int, int] | None = None, key: str = "a"
) -> tuple[int, int, int]:
    note = stored(
        credit_invoice(
            provider_id=seller, document_id=bill, reason="Fault", key=key, now=NOW, nets=nets
        )
    )
    return note.subtotal_minor, note.tax_minor, note.total_minor


class TestSettle:
    def test_parts_add_up_and_a_key_counts_once(self, seller: int, bill: int) -> None:
        states = [pay(seller, bill, 10000), pay(seller, bill, 10000), pay(seller, bill, 7251, "2")]

        assert states == ["partially_paid", "partially_paid", "paid"]
        assert list(document_faults(seller)) == []

    @pytest.mark.parametrize(
        ("minor", "currency"), [(17252, "USD"), (0, "USD"), (-1, "USD"), (1, "EUR")]
    )
    def test_what_does_not_fit_is_refused(
        self, seller: int, bill: int, minor: int, currency: str
    ) -> None:
        with pytest.raises(SettlementRefused):
            pay(seller, bill, minor, currency=currency)
        assert stored(bill).paid_minor == 0

    def test_a_return_opens_it_again_once(self, seller: int, bill: int) -> None:
        pay(seller, bill, 17251)

        found = [
            undo_settlement(provider_id=seller, document_id=bill, key="payment/1", now=NOW)
            for _ in range(2)
        ]

        assert found == ["sent", "sent"]
        assert stored(bill).paid_minor == 0
        with pytest.raises(SettlementRefused):
            undo_settlement(provider_id=seller, document_id=bill, key="payment/2", now=NOW)

    def test_it_is_overdue_when_its_day_has_passed(
        self, cast: Cast, seller: int, bill: int
    ) -> None:
        def listed(status: str, today: date) -> list[str]:
            found = list_documents(seller, DocumentQuery(status=status), today=today, limit=9)
            return [row.status for row in found]

        assert (listed("sent", TODAY), listed("overdue", TODAY)) == (["sent"], [])
        assert (listed("sent", LATER), listed("overdue", LATER)) == ([], ["overdue"])
        pay(seller, bill, 17251)
        assert listed("overdue", LATER) == []
        (totals,) = document_totals(seller, DocumentQuery(), today=LATER) or []
        assert (totals.total, totals.due) == (Money(17251, "USD"), Money(0, "USD"))

    def test_a_foreign_tenant_sees_nothing(self, cast: Cast, seller: int, bill: int) -> None:
        public_id = stored(bill).public_id

        assert whole_document(seller, public_id, today=TODAY, tenant_id=cast.acme).lines
        with pytest.raises(DocumentNotFound):
            whole_document(seller, public_id, today=TODAY, tenant_id=cast.globex)


class TestCredit:
    def test_a_whole_one_cancels_the_invoice_at_its_own_rates(self, seller: int, bill: int) -> None:
        assert credit(seller, bill) == (15001, 2250, 17251)
        assert credit(seller, bill) == (15001, 2250, 17251)

        row = stored(bill)
        assert (row.state, row.credited_minor) == ("cancelled", 17251)
        assert list(document_faults(seller)) == []
        with pytest.raises(CreditRefused):
            credit(seller, bill, key="b")

    def test_parts_come_to_exactly_the_whole(self, seller: int, bill: int) -> None:
        parts = [
            credit(seller, bill, {1: 3333}, "a"),
            credit(seller, bill, {1: 3333, 2: 1}, "b"),
            credit(seller, bill, None, "c"),
        ]

        assert [sum(column) for column in zip(*parts, strict=True)] == [15001, 2250, 17251]
        assert list(document_faults(seller)) == []

    def test_a_discount_goes_back_with_its_lines(self, cast: Cast, seller: int) -> None:
        draft = invoice(
            cast.acme,
            "off",
            lines=(line(10000), line(5000)),
            taxes=(tax(13500, 2565),),
            discount_minor=1500,
        )
        bill = issue_now(provider_id=seller, draft=draft, now=NOW)

        first = credit(seller, bill, {2: 5000}, "a")
        rest = credit(seller, bill, None, "b")

        assert (first[2], rest[2]) == (5355, 10710)
        assert stored(bill).state == "cancelled"

    def test_what_was_paid_is_owed_back(self, seller: int, bill: int) -> None:
        pay(seller, bill, 17000)

        note_id = credit_invoice(
            provider_id=seller, document_id=bill, reason="Fault", key="a", now=NOW, nets={2: 5000}
        )

        note = stored(note_id)
        assert (note.total_minor, note.paid_minor, note.state) == (5350, 251, "partially_paid")
        assert stored(bill).state == "paid"

    @pytest.mark.parametrize("nets", [{}, {1: 10002}, {1: 0}, {1: -5}, {3: 1}])
    def test_more_than_is_left_is_refused(
        self, seller: int, bill: int, nets: dict[int, int]
    ) -> None:
        with pytest.raises(CreditRefused):
            credit(seller, bill, nets)
        assert stored(bill).credited_minor == 0

    def test_a_credit_note_is_not_credited(self, seller: int, bill: int) -> None:
        note_id = credit_invoice(
            provider_id=seller, document_id=bill, reason="x", key="a", now=NOW, nets={1: 1}
        )
        with pytest.raises(CreditRefused):
            credit(seller, note_id)
