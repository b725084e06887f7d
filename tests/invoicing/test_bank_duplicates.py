"""An equal line of a second file is nobody's money until a person says whether it is the same payment (decision 37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_decisions import match_by_hand, set_aside, take_up, tell_apart
from payments.errors_bank import BankLineNotFound, LineDecided, MatchReasonMissing
from payments.models import BankLine
from payments.statements.errors import StatementKnown
from tests.invoicing.bank_desk import BankDesk, by_hand
from tests.payments.statements.bank import Bank, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

FIVE = Moved(cents=500, text="for your services")
_ANSWERED = "may be a duplicate, and somebody says so once"


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, as worker."""
    with as_role("worker"):
        yield BankDesk.open(cast.nimbus)


def bring(desk: BankDesk, *entries: Any, number: str, opening: int = 100_000) -> tuple[int, int]:
    """Import a statement and match it; returns how many lines were stored and how many known."""
    (done,) = desk.bring(Bank(number=number, opening=opening).came(*entries).camt())
    desk.match()
    return done.lines, done.known


def asked(desk: BankDesk) -> int:
    """Return how many questions wait."""
    with provider_scope(desk.provider_id):
        return BankLine.objects.filter(state="open", reason="duplicate").count()


class TestAnswers:
    def test_another_payment_is_credited_by_its_reference_once_a_person_says_so(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme)
        assert bring(desk, desk.paid(order), number="1") == (1, 0)
        assert bring(desk, desk.paid(order), number="2") == (1, 0)
        row = desk.line()
        said: Any = {"provider_id": desk.provider_id, "line": row.public_id}

        assert (row.state, row.reason, desk.balance(cast.acme)) == ("open", "duplicate", 10_000)
        for refused in (LineDecided, MatchReasonMissing):
            reason = "" if refused is MatchReasonMissing else "by phone"
            with pytest.raises(refused):
                match_by_hand(**said, target="acme", decision=by_hand(reason))
        with pytest.raises(BankLineNotFound):
            tell_apart(**{**said, "provider_id": cast.sonora}, decision=by_hand())
        tell_apart(**said, decision=by_hand())

        row = desk.line()
        assert (row.state, row.reason, row.decided_by) == ("matched", "over", 7)
        assert (desk.balance(cast.acme), desk.credits()[-1].matched_by) == (20_000, 7)
        for answer in (tell_apart, set_aside):
            with pytest.raises(LineDecided):
                answer(**said, decision=by_hand())
        assert desk.agrees()

    def test_nobody_credits_it_before_anybody_was_asked(self, desk: BankDesk, cast: Cast) -> None:
        bring(desk, FIVE, number="1")
        desk.bring(Bank(number="2").came(FIVE).camt())
        row = desk.line()
        assert (row.state, row.equal_line_id is None) == ("new", False)

        with pytest.raises(LineDecided):
            match_by_hand(
                provider_id=desk.provider_id,
                line=row.public_id,
                target="acme",
                decision=by_hand(),
            )

        desk.match()
        assert asked(desk) == 1

    def test_without_a_reference_it_waits_for_a_match_by_hand(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        for number in "12":
            bring(desk, FIVE, number=number)
        said: Any = {"provider_id": desk.provider_id, "line": desk.line().public_id}

        tell_apart(**said, decision=by_hand())
        row = desk.line()
        assert (row.state, row.reason, row.decided_by) == ("open", "missing", 7)
        match_by_hand(**said, target="acme", decision=by_hand())

        assert desk.balance(cast.acme) == 500

    def test_the_same_is_not_asked_about_again(self, desk: BankDesk, cast: Cast) -> None:
        bring(desk, FIVE, number="1")
        bring(desk, FIVE, number="2")
        assert bring(desk, FIVE, number="3") == (0, 1)
        said: Any = {"provider_id": desk.provider_id, "line": desk.line().public_id}
        set_aside(**said, decision=by_hand("the bank says it twice"))

        row = desk.line()
        assert (row.state, row.reason, row.decided_by) == ("aside", "duplicate", 7)
        for answer in (tell_apart, set_aside):
            with pytest.raises(LineDecided):
                answer(**said, decision=by_hand())
        with pytest.raises(StatementKnown):
            bring(desk, FIVE, number="3")
        assert bring(desk, FIVE, number="4") == (0, 1)
        # Two in one file are two payments: the second is new, and no question.
        assert bring(desk, FIVE, FIVE, number="5") == (1, 1)
        assert desk.line().reason == "missing"
        take_up(**said, decision=by_hand())
        assert asked(desk) == 1

    def test_two_that_came_are_not_credited_a_third_time(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        for number in "12":
            bring(desk, desk.paid(order), number=number)
        twice = (desk.paid(order), desk.paid(order))

        # The question of the second file is open: one of these is the first payment, the other may be either.
        assert bring(desk, *twice, number="3") == (1, 1)
        assert (asked(desk), desk.balance(cast.acme)) == (2, 10_000)
        with provider_scope(desk.provider_id):
            second = BankLine.objects.order_by("pk")[1].public_id
        tell_apart(provider_id=desk.provider_id, line=second, decision=by_hand())
        set_aside(provider_id=desk.provider_id, line=desk.line().public_id, decision=by_hand())

        assert bring(desk, *twice, number="4") == (1, 1)
        assert (asked(desk), desk.balance(cast.acme)) == (1, 20_000)


class TestWhatTheBankNames:
    def test_lines_with_references_and_statements_with_a_number_stay_silent(
        self, desk: BankDesk
    ) -> None:
        named = Moved(cents=700, text="x", bank_ref="R1")
        bring(desk, FIVE, named, Moved(cents=-90, text="fees"), number="1")

        # The same statement, written anew; then an overlapping one.
        again = (FIVE, Moved(cents=9, text="late"), named)
        assert bring(desk, *again, number="1") == (1, 2)
        assert bring(desk, named, Moved(cents=-90, text="fees"), number="2") == (0, 2)
        assert asked(desk) == 0
        # A number that comes again is not the same statement when it begins with another balance.
        assert bring(desk, FIVE, number="1", opening=5) == (1, 0)
        assert asked(desk) == 1

    @pytest.mark.parametrize("number", ["", "0", "00000/001"])
    def test_a_bank_that_does_not_number_names_none(self, desk: BankDesk, number: str) -> None:
        bring(desk, FIVE, number=number)
        assert bring(desk, FIVE, Moved(cents=1), number=number) == (2, 0)
        assert asked(desk) == 1

    def test_a_return_is_asked_about_too(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme)
        bring(desk, desk.paid(order), Moved(cents=10_000, reference=order.reference), number="1")
        back = desk.paid(order, -10_000, is_reversal=True, reason="AC04", end_to_end="E1")
        bring(desk, back, number="2")
        first = desk.balance(cast.acme)

        bring(desk, back, number="3")

        assert (asked(desk), desk.balance(cast.acme)) == (1, first)


class TestDatabase:
    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("bank_line_duplicate", {"state": "matched", "decided_by": 7}),
            (_ANSWERED, {"state": "matched", "reason": "", "decided_by": 7}),
            (_ANSWERED, {"reason": "missing"}),
            ("bank_line_duplicate", {"state": "aside"}),
            ("stays as the bank wrote it", {"equal_line_id": None}),
        ],
    )
    def test_a_question_is_answered_by_a_person_or_stays(
        self, desk: BankDesk, name: str, change: dict[str, Any]
    ) -> None:
        for number in "12":
            bring(desk, FIVE, number=number)

        assert refused(desk, desk.line(), name, **change)

    def test_it_is_never_matched_as_new_and_is_of_this_provider(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        bring(desk, FIVE, number="1")
        first = desk.line()
        assert refused(desk, first, _ANSWERED, reason="duplicate")
        desk.bring(Bank(number="2").came(FIVE).camt())
        assert refused(desk, desk.line(), _ANSWERED, state="matched", decided_by=7)
        other = BankDesk.open(cast.sonora)
        bring(other, FIVE, number="1")
        row = other.line()
        row.pk, row.public_id, row.key, row.state = None, "bkl_x", "x:1", "new"
        row.reason, row.equal_line_id = "", first.pk
        with (
            provider_scope(cast.sonora),
            pytest.raises(IntegrityError, match="equal_line_id_scoped_fk"),
            transaction.atomic(),
        ):
            row.save(force_insert=True)


def refused(desk: BankDesk, row: BankLine, name: str, **change: Any) -> bool:
    """Return that the database refuses a change by a rule."""
    with (
        provider_scope(desk.provider_id),
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
    ):
        BankLine.objects.filter(pk=row.pk).update(**change)
    return True


def test_a_number_that_is_cut_names_no_other_statement(desk: BankDesk) -> None:
    # Nine numbers of 29 signs and a part of the tenth are as much as a stored file tells of its statements.
    numbers = [f"{no:02}{'A' * 27}" for no in range(10)]
    whole = [
        Bank(number=number, opening=100_000 + 500 * no).came(FIVE).camt().decode()
        for no, number in enumerate(numbers)
    ]
    head, tail = whole[0].split("<Stmt>")[0], whole[0].split("</Stmt>")[1]
    parts = [one.split("<Stmt>")[1].split("</Stmt>")[0] for one in whole]
    file = head + "".join(f"<Stmt>{part}</Stmt>" for part in parts) + tail
    (done,) = desk.bring(file.encode())
    assert done.lines == 10

    assert bring(desk, FIVE, number=numbers[1]) == (0, 1), "the bank names it as known"
    assert bring(desk, FIVE, number=numbers[9][:21]) == (1, 0)
    assert asked(desk) == 1
