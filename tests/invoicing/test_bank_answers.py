"""One answer for many possible duplicates: each is decided on by itself, and says what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_answers import answer_equal_lines
from invoicing.services.bank_decisions import set_aside
from payments.errors_bank import MatchReasonMissing
from payments.models import BankLine
from payments.selectors.bank_lines import count_equal_lines
from payments.services.bank_accounts import save_profile
from tests.invoicing.bank_desk import NOW, BankDesk, by_hand
from tests.payments.statements.bank import Bank, Moved
from tests.payments.statements.test_reading import PROFILE
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

COUNT = 30


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, which imports CSV, as worker."""
    with as_role("worker"):
        found = BankDesk.open(cast.nimbus)
        save_profile(provider_id=cast.nimbus, profile=PROFILE, now=NOW)
        yield found


def overlap(desk: BankDesk, cast: Cast) -> list[str]:
    """Import two CSVs of which the second has all lines of the first; returns the lines that are asked about."""
    order = desk.order(cast.acme)
    came = [desk.paid(order), *(Moved(cents=100 + at, text="fees") for at in range(COUNT - 1))]
    desk.bring(Bank().came(*came).csv(), "csv", "one.csv")
    desk.match()
    desk.bring(Bank().came(*came, Moved(cents=7)).csv(), "csv", "two.csv")
    desk.match()
    return asked(desk)


def asked(desk: BankDesk) -> list[str]:
    """Return the lines that are asked about, oldest first."""
    with provider_scope(desk.provider_id):
        rows = BankLine.objects.filter(state="open", reason="duplicate").order_by("pk")
        assert rows.count() == count_equal_lines(desk.provider_id)
        return list(rows.values_list("public_id", flat=True))


class TestAnswers:
    def test_the_same_sets_all_aside_once(self, desk: BankDesk, cast: Cast) -> None:
        lines = overlap(desk, cast)
        assert len(lines) == COUNT
        said: Any = {"provider_id": desk.provider_id, "are_same": True, "decision": by_hand()}

        done = answer_equal_lines(lines=lines, **said)

        assert [(each.line, each.state, each.refused) for each in done] == [
            (line, "aside", "") for line in lines
        ]
        assert asked(desk) == []
        assert desk.balance(cast.acme) == 10_000
        again = answer_equal_lines(lines=lines, **said)
        assert {(each.state, bool(each.refused)) for each in again} == {("aside", True)}
        # A third file with the same lines asks nothing any more.
        more = Bank().came(*self.same(desk), Moved(cents=9))
        (third,) = desk.bring(more.csv(), "csv", "three.csv")
        assert (third.lines, third.known) == (1, COUNT)

    def test_others_are_matched_by_what_they_say(self, desk: BankDesk, cast: Cast) -> None:
        lines = overlap(desk, cast)

        done = answer_equal_lines(
            provider_id=desk.provider_id, lines=lines, are_same=False, decision=by_hand()
        )

        assert [each.state for each in done] == ["matched"] + ["open"] * (COUNT - 1)
        assert desk.balance(cast.acme) == 20_000
        assert asked(desk) == []
        assert desk.agrees()

    def test_one_that_is_refused_holds_back_none(self, desk: BankDesk, cast: Cast) -> None:
        lines = overlap(desk, cast)
        with provider_scope(desk.provider_id):
            plain = BankLine.objects.get(amount_minor=7).public_id
        set_aside(provider_id=desk.provider_id, line=lines[1], decision=by_hand())

        done = answer_equal_lines(
            provider_id=desk.provider_id,
            lines=[plain, "bkl_none", *lines[:3], lines[0]],
            are_same=True,
            decision=by_hand(),
        )

        assert [(each.state, bool(each.refused)) for each in done] == [
            ("open", True),
            ("", True),
            ("aside", False),
            ("aside", True),
            ("aside", False),
        ]
        assert len(asked(desk)) == COUNT - 3

    def test_nothing_without_a_reason_or_of_others(self, desk: BankDesk, cast: Cast) -> None:
        lines = overlap(desk, cast)
        with pytest.raises(MatchReasonMissing):
            answer_equal_lines(
                provider_id=desk.provider_id, lines=lines, are_same=True, decision=by_hand(" ")
            )

        done = answer_equal_lines(
            provider_id=cast.sonora, lines=lines[:2], are_same=True, decision=by_hand()
        )

        assert [(each.state, bool(each.refused)) for each in done] == [("", True)] * 2
        assert len(asked(desk)) == COUNT

    def same(self, desk: BankDesk) -> list[Moved]:
        """Return the lines of the first file."""
        order = desk.orders[0]
        return [desk.paid(order), *(Moved(cents=100 + at, text="fees") for at in range(COUNT - 1))]
