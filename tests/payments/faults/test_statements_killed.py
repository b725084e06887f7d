"""kill -9 between any two steps of a statement, and two at once: each line once, each cent once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from payments.models import BankLine, BankStatement
from payments.services import bank_import, bank_lines, bank_money, bank_returns
from payments.statements.errors import StatementKnown
from tests.invoicing.bank_desk import BankDesk
from tests.payments.faults.forks import at_once, killed
from tests.payments.statements.bank import Bank, Moved

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Return the cast in a database that commits."""
    return committed_cast


def test_whatever_dies_each_line_counts_once(cast: Cast) -> None:
    desk = BankDesk.open(cast.nimbus)
    orders = [desk.order(cast.acme) for _ in range(3)]
    data = Bank().came(*(desk.paid(each) for each in orders), Moved(cents=5)).camt()

    noted, stored = bank_import.MARKERS
    killed(lambda: desk.bring(data), noted)
    with provider_scope(cast.nimbus):
        assert not BankStatement.objects.exists()
        assert not BankLine.objects.exists()
    killed(lambda: desk.bring(data), stored)
    with pytest.raises(StatementKnown):
        desk.bring(data)
    for marker in (*bank_lines.MARKERS, *bank_money.MARKERS, "match.settled", "match.done"):
        killed(desk.match, marker)
        assert desk.balance(cast.acme) == desk.clearing()
    assert desk.match() == {"matched": 2, "open": 1}

    assert desk.balance(cast.acme) == desk.clearing() == 30_000
    desk.issue()
    assert desk.agrees()


def test_a_return_that_dies_is_booked_whole_by_the_next(cast: Cast) -> None:
    desk = BankDesk.open(cast.nimbus)
    order = desk.order(cast.acme)
    desk.take(desk.paid(order))
    back = Moved(
        cents=-10_000, is_reversal=True, reason="AC04", bank_ref="R9", reference=order.reference
    )
    desk.bring(Bank(number="9").came(back).camt())

    for marker in (*bank_returns.MARKERS, *bank_lines.MARKERS):
        killed(desk.match, marker)
        assert desk.balance(cast.acme) == desk.clearing() == 10_000
    desk.match()

    assert (desk.line().state, desk.balance(cast.acme), desk.clearing()) == ("returned", 0, 0)
    desk.issue()
    assert desk.agrees()


def test_two_at_once_take_each_line_once(cast: Cast) -> None:
    desk = BankDesk.open(cast.nimbus)
    orders = [desk.order(cast.acme) for _ in range(6)]
    paid = [desk.paid(each, bank_ref=f"R{each.pk}") for each in orders]
    first, second = Bank().came(*paid[:4]).camt(), Bank(number="2").came(*paid[2:]).camt()

    def bring(data: bytes) -> list[int]:
        try:
            return [one.lines for one in desk.bring(data)]
        except StatementKnown:
            return []

    ends = at_once(
        lambda: bring(first), lambda: bring(first), lambda: bring(second), lambda: bring(second)
    )
    assert sorted(lines for _, found in ends for lines in found) == [2, 4]
    at_once(desk.match, desk.match, desk.match)

    with provider_scope(cast.nimbus):
        assert list(BankLine.objects.values_list("state", flat=True)) == ["matched"] * 6
    assert desk.balance(cast.acme) == desk.clearing() == 60_000
    desk.issue()
    assert desk.agrees()
