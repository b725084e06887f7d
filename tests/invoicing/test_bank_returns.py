"""Returns of transfers: a part, several at once, money that was nobody's; ledger, orders and documents to the cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.selectors.balances import wallets_of
from accounts.services.grants import grant_credit
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.selectors.proofs import document_faults
from invoicing.services.bank_decisions import (
    match_by_hand,
    return_by_hand,
    take_match_back,
    take_up,
)
from invoicing.services.drafting import discard_draft
from invoicing.services.payment_documents import (
    issue_payment_document,
    issue_payment_documents,
)
from payments.errors_bank import LineDecided, PartlyReturned, ReturnDiffers
from payments.models import BankReturn
from tenants.models import Provider
from tests.factories.promotions import campaign, in_euros
from tests.invoicing.bank_desk import NOW, BankDesk, by_hand
from tests.payments.statements.bank import Batch, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from invoicing.models import BankOrder
    from tests.cast import Cast


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, as worker."""
    with as_role("worker"):
        yield BankDesk.open(cast.nimbus)


def went_back(desk: BankDesk, cents: int, order: BankOrder | None = None, number: str = "9") -> str:
    """Import a return of an amount; returns its line."""
    named = {"reference": order.reference} if order else {}
    back = Moved(cents=-cents, is_reversal=True, reason="AC04", bank_ref=f"R{number}", **named)
    desk.take(back, number=number)
    return desk.line().public_id


def book(desk: BankDesk, line: str, *credited: str) -> None:
    """Book a return by hand."""
    return_by_hand(
        provider_id=desk.provider_id, line=line, credited=credited, decision=by_hand("recalled")
    )


class TestBonus:
    """A transfer with a code of 20 %: 100 came, 120 are there."""

    @pytest.fixture
    def source(self, desk: BankDesk, cast: Cast) -> str:
        with provider_scope(desk.provider_id):
            campaign(desk.provider_id, "WELCOME", in_euros("bonus_percent", 20))
        desk.take(desk.paid(desk.order(cast.acme, code="WELCOME")))
        assert desk.balance(cast.acme) == 12_000
        return desk.line().public_id

    def test_goes_with_the_whole(self, desk: BankDesk, cast: Cast, source: str) -> None:
        book(desk, went_back(desk, 10_000), source)

        assert desk.balance(cast.acme) == 0
        assert desk.agrees()

    def test_a_transfer_without_a_document_is_named(self, desk: BankDesk, source: str) -> None:
        with provider_scope(desk.provider_id):
            draft = Document.objects.get(kind="receipt")
            discard_draft(provider_id=desk.provider_id, document_id=draft.pk)
            found = [(one.check, one.about) for one in document_faults(desk.provider_id)]

        assert found == [("undocumented", draft.source_id)]

    def test_goes_by_its_share_with_a_part(self, desk: BankDesk, cast: Cast, source: str) -> None:
        book(desk, went_back(desk, 3000, number="2"), source)
        assert (desk.balance(cast.acme), desk.granted(cast.acme)) == (8400, 1400)

        book(desk, went_back(desk, 7000, number="3"), source)
        assert (desk.balance(cast.acme), desk.granted(cast.acme)) == (0, 0)
        assert desk.agrees()

    def test_goes_with_a_match_that_is_taken_back(
        self, desk: BankDesk, cast: Cast, source: str
    ) -> None:
        take_match_back(provider_id=desk.provider_id, line=source, decision=by_hand("not theirs"))

        assert (desk.balance(cast.acme), desk.granted(cast.acme)) == (0, 0)

    def test_what_was_given_for_another_reason_stays(
        self, desk: BankDesk, cast: Cast, source: str
    ) -> None:
        with provider_scope(desk.provider_id):
            grant_credit(
                provider_id=desk.provider_id,
                tenant_id=cast.acme,
                amount=Money(500, "EUR"),
                key="goodwill",
                now=NOW,
            )

        book(desk, went_back(desk, 10_000), source)

        assert (desk.balance(cast.acme), desk.granted(cast.acme)) == (500, 500)


class TestPart:
    def test_lowers_order_and_balance_and_the_last_part_ends_it(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line().public_id
        (receipt,) = desk.issue()

        first = went_back(desk, 3000, order, "2")
        assert (desk.line().state, desk.line().reason) == ("open", "return")
        book(desk, first, source)

        assert (desk.balance(cast.acme), desk.clearing()) == (7000, 7000)
        assert desk.document(order).state == "partially_paid"
        assert desk.document(order).paid_minor == 7000
        assert desk.topup(order) == "open"
        assert [one.end for one in desk.credits()] == [""]
        assert [one.state for one in desk.issue()] == [receipt.state]
        assert desk.agrees()

        # All that is left of it, named by the bank: nobody is needed.
        went_back(desk, 7000, order, "3")

        assert desk.line().state == "returned"
        assert (desk.balance(cast.acme), desk.clearing()) == (0, 0)
        assert (desk.document(order).state, desk.document(order).paid_minor) == ("sent", 0)
        assert [one.end for one in desk.credits()] == ["returned"]
        assert [one.state for one in desk.issue()] == ["cancelled"]
        assert desk.agrees()

    def test_takes_what_was_more_than_the_order_first(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order, 12_000))
        source = desk.line().public_id

        book(desk, went_back(desk, 1500, number="2"), source)
        assert (desk.document(order).state, desk.topup(order)) == ("paid", "credited")
        book(desk, went_back(desk, 1500, number="3"), source)

        assert desk.document(order).paid_minor == 9000
        assert (desk.balance(cast.acme), desk.topup(order)) == (9000, "open")
        assert desk.agrees()

    def test_of_a_taxed_topup_takes_its_share_of_the_tax(self, desk: BankDesk, cast: Cast) -> None:
        desk.tax_topups()
        order = desk.order(cast.acme)
        desk.take(desk.paid(order, 11_900))
        source = desk.line().public_id
        desk.issue()

        # 19 % is in it: of 33.33 it is 5.32, of all of it 19.00.
        book(desk, went_back(desk, 3333, number="2"), source)
        assert (desk.balance(cast.acme), desk.tax()) == (10_000 - 2801, 1900 - 532)
        assert desk.clearing() == 11_900 - 3333
        assert self.notes(desk) == [(3333, 532, "paid")]
        book(desk, went_back(desk, 3333, number="3"), source)
        book(desk, went_back(desk, 5234, number="4"), source)

        assert (desk.balance(cast.acme), desk.clearing(), desk.tax()) == (0, 0, 0)
        assert sum(total for total, _tax, _state in self.notes(desk)) == 11_900
        assert sum(tax for _total, tax, _state in self.notes(desk)) == 1900
        assert [one.state for one in desk.issue()] == ["cancelled"]
        assert desk.document(order).state == "sent"
        assert desk.agrees()

    def test_before_its_invoice_is_issued_has_its_note_with_it(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        desk.tax_topups()
        order = desk.order(cast.acme)
        desk.take(desk.paid(order, 11_900))
        source = desk.line(amount_minor=11_900).public_id
        # Nothing can be issued meanwhile; the money is gone all the same.
        seller = Provider.objects.filter(pk=desk.provider_id)
        with provider_scope(desk.provider_id):
            seller.update(address="")

        book(desk, went_back(desk, 1190, number="2"), source)
        book(desk, went_back(desk, 2380, number="3"), source)

        assert (desk.balance(cast.acme), desk.tax()) == (7000, 1330)
        failed = issue_payment_documents(provider_id=desk.provider_id, now=NOW).failed
        assert (failed, self.notes(desk)) == ({"seller_incomplete": 1}, [])
        with provider_scope(desk.provider_id):
            seller.update(address="Wolkenweg 1")
        (invoice,) = desk.issue()
        assert self.notes(desk) == [(1190, 190, "paid"), (2380, 380, "paid")]
        # Another round with the same list comes to it once more.
        with provider_scope(desk.provider_id):
            issue_payment_document(provider_id=desk.provider_id, document_id=invoice.pk, now=NOW)
            invoice.refresh_from_db()
        assert (invoice.credited_minor, len(self.notes(desk))) == (3570, 2)
        assert desk.agrees()

    def test_keeps_the_match_and_is_no_more_than_came(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line().public_id
        more = went_back(desk, 10_001, order, "2")
        with pytest.raises(ReturnDiffers):
            book(desk, more, source)
        book(desk, went_back(desk, 4000, order, "3"), source)

        with pytest.raises(PartlyReturned):
            take_match_back(provider_id=desk.provider_id, line=source, decision=by_hand())
        with pytest.raises(ReturnDiffers):
            book(desk, went_back(desk, 6001, order, "4"), source)

        assert desk.balance(cast.acme) == 6000
        assert desk.agrees()

    def test_is_held_by_the_database_too(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line()
        book(desk, went_back(desk, 4000, order, "2"), source.public_id)
        went_back(desk, 6001, order, "3")
        back = desk.line()
        with provider_scope(desk.provider_id):
            (row,) = BankReturn.objects.all()
            for change, rule in (
                ({"amount_minor": 6001}, "not what came in"),
                ({"amount_minor": 6002}, "more than went out"),
                ({"line_id": source.pk}, "takes back what came in"),
            ):
                found = {
                    "provider_id": desk.provider_id,
                    "line_id": back.pk,
                    "source_id": source.pk,
                    "credit_id": row.credit_id,
                    "posting_id": desk.credits()[0].posting_id,
                    "at": row.at,
                    **change,
                }
                found.setdefault("amount_minor", 1)
                with pytest.raises(IntegrityError, match=rule), transaction.atomic():
                    BankReturn.objects.create(**found)

    def notes(self, desk: BankDesk) -> list[tuple[int, int, str]]:
        """Return total, tax and state of the credit notes, oldest first."""
        with provider_scope(desk.provider_id):
            rows = Document.objects.filter(kind="credit_note").order_by("pk")
            return list(rows.values_list("total_minor", "tax_minor", "state"))


class TestBatch:
    def test_that_says_what_is_in_it_is_booked_by_itself(self, desk: BankDesk, cast: Cast) -> None:
        one, two = desk.order(cast.acme), desk.order(cast.globex, 5000)
        desk.take(Batch(parts=(desk.paid(one), desk.paid(two, 5000)), bank_ref="B1"))

        back = (
            desk.paid(one, -10_000, is_reversal=True, reason="AC04"),
            desk.paid(two, -5000, is_reversal=True, reason="AC04"),
        )
        assert desk.take(Batch(parts=back, bank_ref="B2"), number="2") == {"returned": 2}

        assert (desk.balance(cast.acme), desk.balance(cast.globex), desk.clearing()) == (0, 0, 0)
        assert {desk.document(each).state for each in (one, two)} == {"sent"}
        assert desk.agrees()

    def test_of_one_sum_waits_and_is_booked_against_several(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        one, two = desk.order(cast.acme), desk.order(cast.globex, 5000)
        desk.take(desk.paid(one, bank_ref="A"), desk.paid(two, 5000, bank_ref="B"))
        sources = [desk.line(bank_ref=ref).public_id for ref in "AB"]
        back = tuple(Moved(cents=-each, is_reversal=True) for each in (10_000, 5000))
        states = desk.take(Batch(parts=back, bank_ref="C", has_details=False), number="2")
        assert states == {"open": 1}
        line = desk.line().public_id

        with pytest.raises(ReturnDiffers):
            book(desk, line, sources[0])
        with pytest.raises(ReturnDiffers):
            book(desk, line)
        book(desk, line, *sources)

        assert desk.line().state == "returned"
        assert (desk.balance(cast.acme), desk.balance(cast.globex), desk.clearing()) == (0, 0, 0)
        assert [each.end for each in desk.credits()] == ["returned", "returned"]
        with pytest.raises(LineDecided):
            book(desk, line, *sources)
        assert desk.agrees()

    def test_of_several_locks_all_their_balances_before_any_moves(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        orders = [desk.order(cast.acme), desk.order(cast.globex, 5000)]
        desk.take(desk.paid(orders[0], bank_ref="A"), desk.paid(orders[1], 5000, bank_ref="B"))
        sources = [desk.line(bank_ref=ref).public_id for ref in "AB"]
        line = went_back(desk, 15_000)

        with CaptureQueriesContext(connection) as told:
            book(desk, line, *sources)

        asked = [query["sql"] for query in told]
        locks = [at for at, sql in enumerate(asked) if "w.id = ANY" in sql and "FOR NO KEY" in sql]
        posted = [at for at, sql in enumerate(asked) if "INSERT INTO accounts_posting" in sql]
        with provider_scope(desk.provider_id):
            wallets = wallets_of(desk.provider_id, [cast.acme, cast.globex])
        euros = sorted(wallet.id for wallet in wallets if wallet.currency == "EUR")
        assert "ARRAY[{},{}]".format(*euros) in asked[locks[0]]
        assert locks[0] < posted[0]

    def test_its_own_line_is_none_of_them(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(desk.paid(desk.order(cast.acme)))
        source, back = desk.line().public_id, went_back(desk, 3000)

        with pytest.raises(LineDecided):
            book(desk, back, source, back)

    def test_one_payment_of_a_batch_comes_back(self, desk: BankDesk, cast: Cast) -> None:
        one, two = desk.order(cast.acme), desk.order(cast.globex, 5000)
        desk.take(Batch(parts=(desk.paid(one), desk.paid(two, 5000)), bank_ref="B1"))

        went_back(desk, 5000, two, "2")

        assert desk.line().state == "returned"
        assert (desk.balance(cast.acme), desk.balance(cast.globex)) == (10_000, 0)
        assert [desk.document(each).state for each in (one, two)] == ["paid", "sent"]
        assert desk.agrees()


class TestNobodys:
    def test_an_unmatched_line_goes_back_without_a_posting(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line().public_id
        take_match_back(provider_id=desk.provider_id, line=source, decision=by_hand())
        was = (desk.balance(cast.acme), desk.clearing())

        went_back(desk, 10_000, order, "2")

        assert desk.line().state == "returned"
        line = desk.line(public_id=source)
        assert (line.state, line.reason) == ("aside", "went_back")
        assert (desk.balance(cast.acme), desk.clearing()) == was == (0, 0)
        with pytest.raises(LineDecided):
            take_up(provider_id=desk.provider_id, line=source, decision=by_hand())
        with pytest.raises(LineDecided):
            match_by_hand(
                provider_id=desk.provider_id, line=source, target="acme", decision=by_hand()
            )
        desk.issue()
        assert desk.agrees()

    def test_a_part_of_it_waits_until_it_is_somebodys(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(Moved(cents=10_000, text="for you"))
        source = desk.line().public_id
        back = went_back(desk, 4000, number="2")

        with pytest.raises(ReturnDiffers):
            book(desk, back, source)
        match_by_hand(provider_id=desk.provider_id, line=source, target="acme", decision=by_hand())
        book(desk, back, source)

        assert (desk.balance(cast.acme), desk.clearing()) == (6000, 6000)
        assert desk.agrees()

    def test_what_was_credited_anew_goes_back_as_the_new_credit(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line().public_id
        take_match_back(provider_id=desk.provider_id, line=source, decision=by_hand())
        match_by_hand(
            provider_id=desk.provider_id, line=source, target="globex", decision=by_hand()
        )

        book(desk, went_back(desk, 2500, order, "2"), source)

        assert (desk.balance(cast.acme), desk.balance(cast.globex)) == (0, 7500)
        assert [each.end for each in desk.credits()] == ["unmatched", ""]
        assert desk.agrees()
