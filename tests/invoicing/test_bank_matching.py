"""Lines of bank statements end where they belong, to the cent with the ledger, whatever payers write."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope, tenant_scope
from invoicing.errors_bank import NotCancellable, TargetUnknown
from invoicing.services.bank_decisions import (
    match_by_hand,
    return_by_hand,
    set_aside,
    take_match_back,
    take_up,
)
from invoicing.services.bank_orders import EXPIRES_AFTER, cancel_bank_order, expire_bank_orders
from invoicing.services.second_payments import TOPIC, tell_second
from payments.errors_bank import (
    BankLineNotFound,
    LineDecided,
    MatchReasonMissing,
    NothingToTakeBack,
)
from payments.models import BankLine
from payments.statements.errors import ForeignAccount, StatementKnown
from tests.invoicing.bank_desk import NOW, BankDesk, by_hand
from tests.outbox import mails_of, messages_of
from tests.payments.statements.bank import IBAN, PAYER, Bank, Batch, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

# Documents are due after 14 days.
DUE = NOW + timedelta(days=14) + EXPIRES_AFTER
OVER = DUE + timedelta(days=1)


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, as worker."""
    with as_role("worker"):
        yield BankDesk.open(cast.nimbus)


class TestRules:
    def test_more_than_is_open_is_credit(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)

        desk.take(desk.paid(order, 6000, bank_ref="A"), number="1")
        assert desk.document(order).state == "partially_paid"
        desk.take(desk.paid(order, 6000, bank_ref="B"), number="2")
        desk.take(desk.paid(order, 700), number="3")

        assert (desk.document(order).state, desk.document(order).paid_minor) == ("paid", 10_000)
        assert desk.balance(cast.acme) == 12_700
        with provider_scope(desk.provider_id):
            found = BankLine.objects.order_by("pk").values_list("state", "reason")
            assert list(found) == [("matched", ""), ("matched", "over"), ("matched", "over")]
        assert desk.agrees()

    def test_a_second_payment_of_a_paid_order_is_told_to_both_sides_once(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order, 12_000, bank_ref="A"), number="1")
        assert messages_of(desk.provider_id, TOPIC) == []

        desk.take(desk.paid(order, 700), number="2")

        for message in messages_of(desk.provider_id, TOPIC) * 2:
            tell_second(message)
        number = desk.document(order).number
        told = {mail["to"].split("@")[0]: mail for mail in mails_of(desk.provider_id)}
        assert {"alice", "paula", "bill"} <= set(told)
        assert len(told) == len(mails_of(desk.provider_id))
        assert not {"bob", "sue", "charlie", "oskar"} & set(told)
        for mail in told.values():
            assert number in mail["subject"]
            assert "7.00" in mail["text"]

    def test_two_references_wait_and_so_does_a_wrong_one(self, desk: BankDesk, cast: Cast) -> None:
        one, two = desk.order(cast.acme), desk.order(cast.globex)
        wrong = f"RF00{one.reference[4:]}"

        states = desk.take(
            Moved(cents=10_000, text=f"{one.reference} and {two.reference}"),
            Moved(cents=10_000, text=wrong),
            Moved(cents=10_000, reference="RF18539007547034"),
            Moved(cents=300, text="back", is_reversal=True, reason="AC01"),
            Moved(cents=-900, text=one.reference),
            Batch(parts=(desk.paid(one), desk.paid(two)), has_details=False),
        )

        assert states == {"open": 5, "outgoing": 1}
        with provider_scope(desk.provider_id):
            found = BankLine.objects.order_by("pk").values_list("reason", flat=True)
            assert list(found) == ["ambiguous", "missing", "unknown", "own_return", "", "batch"]
        assert desk.balance(cast.acme) == 0

    def test_what_comes_for_a_cancelled_order_is_credit(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        proforma = desk.document(order).public_id
        for _ in range(2):
            cancel_bank_order(
                provider_id=desk.provider_id, public_id=proforma, tenant_id=cast.acme, now=NOW
            )

        desk.take(desk.paid(order))

        assert desk.document(order).state == "cancelled"
        assert desk.balance(cast.acme) == 10_000
        other = desk.order(cast.acme)
        desk.take(desk.paid(other, 1), number="2")
        with pytest.raises(NotCancellable):
            cancel_bank_order(
                provider_id=desk.provider_id,
                public_id=desk.document(other).public_id,
                tenant_id=None,
                now=NOW,
            )

    def test_another_providers_reference_is_unknown(self, desk: BankDesk, cast: Cast) -> None:
        theirs = BankDesk.open(cast.sonora, PAYER).order(cast.aria)

        assert desk.take(Moved(cents=10_000, reference=theirs.reference)) == {"open": 1}
        assert desk.line().reason == "unknown"


class TestOrders:
    def test_a_form_sent_twice_is_one_order(self, desk: BankDesk, cast: Cast) -> None:
        one, two = desk.order(cast.acme, key="k"), desk.order(cast.acme, key="k")
        other = desk.order(cast.acme, key="l")

        assert one.pk == two.pk
        assert one.reference != other.reference
        row = desk.document(one)
        assert (row.kind, row.state, row.total_minor) == ("proforma", "sent", 10_000)
        assert row.content["payment"]["iban"] == IBAN
        assert row.content["payment"]["reference"] == one.reference
        assert desk.document(other).series_number == (row.series_number or 0) + 1

    def test_one_that_is_long_overdue_is_cancelled_and_its_money_still_counts(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        late, partly = desk.order(cast.acme), desk.order(cast.acme)
        desk.take(desk.paid(partly, 1))
        days = [expire_bank_orders(provider_id=cast.nimbus, now=at) for at in (DUE, OVER, OVER)]

        assert days == [0, 1, 0]
        assert [desk.document(each).state for each in (late, partly)] == [
            "cancelled",
            "partially_paid",
        ]
        assert desk.topup(late) == "closed"
        desk.take(desk.paid(late), number="2")
        assert (desk.topup(late), desk.balance(cast.acme)) == ("credited", 10_001)
        assert desk.agrees()


class TestHands:
    def test_a_match_is_taken_back_and_made_anew(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        desk.issue()
        line = desk.line().public_id

        take_match_back(provider_id=desk.provider_id, line=line, decision=by_hand())

        assert (desk.line().state, desk.line().reason) == ("open", "unmatched")
        assert (desk.balance(cast.acme), desk.document(order).state) == (0, "sent")
        assert [row.state for row in desk.issue()] == ["cancelled"]
        with pytest.raises(NothingToTakeBack):
            take_match_back(provider_id=desk.provider_id, line=line, decision=by_hand())
        match_by_hand(provider_id=desk.provider_id, line=line, target="globex", decision=by_hand())
        assert (desk.balance(cast.globex), desk.document(order).state) == (10_000, "sent")
        assert [(each.end, each.matched_by) for each in desk.credits()] == [
            ("unmatched", None),
            ("", 7),
        ]
        with pytest.raises(LineDecided):
            match_by_hand(
                provider_id=desk.provider_id, line=line, target="acme", decision=by_hand()
            )
        desk.issue()
        assert desk.agrees()

    def test_an_order_by_its_number_and_money_in_another_currency(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        one, two = desk.order(cast.acme), desk.order(cast.globex)
        desk.take(Moved(cents=10_000), desk.paid(two, currency="USD"))

        for currency, target in (("EUR", desk.document(one).number), ("USD", two.reference)):
            line = desk.line(currency=currency).public_id
            match_by_hand(
                provider_id=desk.provider_id, line=line, target=target, decision=by_hand()
            )

        assert (desk.document(one).state, desk.document(two).state) == ("paid", "sent")
        assert (desk.balance(cast.acme), desk.balance(cast.globex, "USD")) == (10_000, 10_000)
        assert desk.agrees()

    def test_a_return_may_leave_less_than_nothing(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        desk.take(desk.paid(order))
        source = desk.line().public_id
        desk.use(cast.acme, 4000)
        desk.take(Moved(cents=-10_000, text="RUECKLASTSCHRIFT"), number="2")
        back = desk.line()
        assert back.state == "outgoing"

        with pytest.raises(MatchReasonMissing):
            return_by_hand(
                provider_id=desk.provider_id,
                line=back.public_id,
                credited=[source],
                decision=by_hand(" "),
            )
        return_by_hand(
            provider_id=desk.provider_id,
            line=back.public_id,
            credited=[source],
            decision=by_hand(),
        )

        assert (desk.line().state, desk.document(order).state) == ("returned", "sent")
        assert (desk.balance(cast.acme), desk.clearing()) == (-4000, 0)
        with pytest.raises(NothingToTakeBack):
            take_match_back(provider_id=desk.provider_id, line=source, decision=by_hand())
        with pytest.raises(LineDecided):
            return_by_hand(
                provider_id=desk.provider_id,
                line=back.public_id,
                credited=[source],
                decision=by_hand(),
            )
        desk.issue()
        assert desk.agrees()

    def test_aside_and_back(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(Moved(cents=5, text="interest"))
        line = desk.line().public_id

        set_aside(provider_id=desk.provider_id, line=line, decision=by_hand())
        with pytest.raises(LineDecided):
            match_by_hand(
                provider_id=desk.provider_id, line=line, target="acme", decision=by_hand()
            )
        take_up(provider_id=desk.provider_id, line=line, decision=by_hand())
        with pytest.raises(TargetUnknown):
            match_by_hand(
                provider_id=desk.provider_id, line=line, target="aria", decision=by_hand()
            )

        assert desk.line().state == "open"

    def test_nobody_else_can(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(Moved(cents=5))
        line = desk.line().public_id

        with pytest.raises(BankLineNotFound):
            match_by_hand(provider_id=cast.sonora, line=line, target="aria", decision=by_hand())
        with as_role("app"), tenant_scope(cast.nimbus, cast.acme):
            assert not BankLine.objects.exists()


class TestTaxed:
    def test_tax_comes_and_goes_with_the_money(self, desk: BankDesk, cast: Cast) -> None:
        desk.tax_topups()
        order = desk.order(cast.acme)
        assert desk.document(order).total_minor == 11_900
        desk.take(desk.paid(order, 11_900, bank_ref="A"))
        assert (desk.balance(cast.acme), desk.clearing(), desk.tax()) == (10_000, 11_900, 1900)
        (invoice,) = desk.issue()
        assert (invoice.kind, invoice.state, invoice.tax_minor) == ("invoice", "paid", 1900)

        take_match_back(
            provider_id=desk.provider_id, line=desk.line().public_id, decision=by_hand()
        )

        assert (desk.balance(cast.acme), desk.clearing(), desk.tax()) == (0, 0, 0)
        assert desk.documents() == {
            "proforma": "sent",
            "invoice": "cancelled",
            "credit_note": "paid",
        }
        desk.take(desk.paid(order, 11_900, bank_ref="B"), number="2")
        desk.issue()
        desk.take(
            desk.paid(order, -11_900, is_reversal=True, reason="AC04", bank_ref="C"), number="3"
        )
        # Two transfers name the order, one of them nobody's by now: the bank may mean either.
        assert (desk.line().state, desk.line().reason) == ("open", "return")
        return_by_hand(
            provider_id=desk.provider_id,
            line=desk.line().public_id,
            credited=[desk.line(bank_ref="B").public_id],
            decision=by_hand(),
        )
        assert (desk.balance(cast.acme), desk.clearing(), desk.tax()) == (0, 0, 0)
        assert desk.line().state == "returned"
        assert desk.document(order).state == "sent"
        assert desk.agrees()


class TestFiles:
    def test_the_same_file_is_said_to_be_known(self, desk: BankDesk, cast: Cast) -> None:
        bank = Bank().came(desk.paid(desk.order(cast.acme)), Moved(cents=5), Moved(cents=5))
        (done,) = desk.bring(bank.camt())
        desk.match()

        with pytest.raises(StatementKnown):
            desk.bring(bank.camt(), name="other name.xml")
        (again,) = desk.bring(bank.came(Moved(cents=9)).camt())

        assert (done.lines, done.known) == (3, 0)
        assert (again.lines, again.known) == (1, 3)
        assert desk.match() == {"open": 1}
        assert desk.balance(cast.acme) == 10_000

    def test_another_account_is_refused_and_an_old_one_is_known(self, desk: BankDesk) -> None:
        desk.bring(Bank().came(Moved(cents=5)).camt())
        with pytest.raises(ForeignAccount, match=PAYER):
            desk.bring(Bank(iban=PAYER).came(Moved(cents=5)).camt())

        BankDesk.open(desk.provider_id, PAYER)
        desk.bring(Bank(iban=PAYER).came(Moved(cents=5)).camt())
        (old,) = desk.bring(Bank().came(Moved(cents=6)).mt940(), "mt940")

        assert (old.iban, old.lines) == (IBAN, 1)
