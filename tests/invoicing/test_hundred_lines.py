"""A statement of a hundred payments, in each format: every line ends where it belongs, to the cent with the ledger.

What a format cannot say is written as banks do: MT940 and CSV have one line without references for a batch, a CSV does
not name a return, and MT940 is in the account's currency alone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.services.bank_decisions import return_by_hand
from payments.models import BankLine
from payments.services.bank_accounts import save_profile
from tests.database import undone
from tests.invoicing.bank_desk import NOW, BankDesk, by_hand
from tests.payments.statements.bank import Bank, Batch, Moved
from tests.payments.statements.test_reading import PROFILE
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from invoicing.models import BankOrder
    from tests.cast import Cast, CastRows

EXACT, FREE, BATCH, FOREIGN, PART, NAMELESS, RETURNED = 45, 20, 10, 5, 5, 10, 5
PART_CENTS = 400


class Hundred:
    """The orders of two customers, and what comes in for them."""

    def __init__(self, desk: BankDesk, cast: Cast) -> None:
        """Let both order in turn, each order of another amount."""
        self.desk = desk
        count = EXACT + FREE + BATCH + FOREIGN + PART
        orders = [
            desk.order(cast.acme if at % 2 else cast.globex, 1000 + at) for at in range(count)
        ]
        self.cents = {order.pk: 1000 + at for at, order in enumerate(orders)}
        rest = iter(orders)
        self.exact, self.free, self.batch, self.foreign, self.part = (
            [next(rest) for _ in range(number)] for number in (EXACT, FREE, BATCH, FOREIGN, PART)
        )

    def plain(self) -> list[Moved]:
        """Return the 45 by their structured reference; of a format without one it stands in the purpose."""
        return [self._paid(each, bank_ref=f"X{each.pk}") for each in self.exact]

    def free_text(self) -> list[Moved]:
        """Return the 20 who write into the purpose: references with gaps, with dashes, and numbers of proformas."""
        words = [f"top-up {row.reference[:6]} {row.reference[6:]} thanks" for row in self.free[:8]]
        words += [f"ref: {'-'.join(row.reference)}." for row in self.free[8:12]]
        words += [f"Rechnung {self.desk.document(row).number}, danke" for row in self.free[12:]]
        return [
            Moved(cents=self.cents[row.pk], text=text)
            for row, text in zip(self.free, words, strict=True)
        ]

    def batches(self) -> list[Batch]:
        """Return the 10 in two bookings."""
        parts = [self._paid(each) for each in self.batch]
        return [Batch(parts=tuple(parts[at : at + 5]), bank_ref=f"B{at}") for at in (0, 5)]

    def summed(self) -> list[Moved]:
        """Return the 10 in two bookings, as banks write them that do not say what is in it."""
        cents = [sum(part.cents for part in each.parts) for each in self.batches()]
        return [Moved(cents=each, text="SAMMELGUTSCHRIFT 5 POSTEN", name="") for each in cents]

    def in_dollars(self) -> list[Moved]:
        """Return the 5 in another currency than their order's."""
        return [self._paid(each, currency="USD") for each in self.foreign]

    def in_part(self) -> list[Moved]:
        """Return the 5 that pay less than was ordered."""
        return [self.desk.paid(each, PART_CENTS) for each in self.part]

    def nameless(self) -> list[Moved]:
        """Return the 10 without a reference."""
        return [Moved(cents=70 + at, text="for your services") for at in range(NAMELESS)]

    def returns(self) -> list[Moved]:
        """Return the 5 that the bank takes back."""
        found = self.exact[:RETURNED]
        return [
            self.desk.paid(each, -self.cents[each.pk], is_reversal=True, reason="AC04")
            for each in found
        ]

    def assert_ends(self, *, batch_is_matched: bool) -> None:
        """Each proforma stands as its line says, and wallets, bank and ledger agree to the cent."""
        paid = [*self.exact[RETURNED:], *self.free, *(self.batch if batch_is_matched else ())]
        sent = [*self.exact[:RETURNED], *self.foreign, *(() if batch_is_matched else self.batch)]
        state = {each.pk: self.desk.document(each) for each in [*paid, *sent, *self.part]}
        assert {state[each.pk].state for each in paid} == {"paid"}
        assert {state[each.pk].state for each in sent} == {"sent"}
        assert {state[each.pk].state for each in self.part} == {"partially_paid"}
        assert {state[each.pk].paid_minor for each in self.part} == {PART_CENTS}
        came = Counter[int]()
        for each in paid:
            came[each.tenant_id] += self.cents[each.pk]
        for each in self.part:
            came[each.tenant_id] += PART_CENTS
        assert {tenant: self.desk.balance(tenant) for tenant in came} == dict(came)
        assert (self.desk.clearing(), self.desk.clearing("USD")) == (came.total(), 0)
        self.desk.issue()
        assert self.desk.agrees()

    def _paid(self, order: BankOrder, **more: str) -> Moved:
        return self.desk.paid(order, self.cents[order.pk], **more)


@pytest.fixture(scope="module")
def ordered(cast_rows: CastRows, django_db_blocker: pytest.FixtureRequest) -> Iterator[Hundred]:
    """Return the orders, made once: half of a test's time; each test undoes what it brings."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        cast = cast_rows.copy()
        with as_role("worker"):
            found = Hundred(BankDesk.open(cast.nimbus), cast)
        yield found


@pytest.fixture
def told(ordered: Hundred, db: None) -> Iterator[Hundred]:
    """Return the orders on which nothing came in yet, as worker."""
    with as_role("worker"):
        yield ordered


def ends(desk: BankDesk) -> dict[tuple[str, str], int]:
    """Return how many lines ended where, and why."""
    with provider_scope(desk.provider_id):
        return dict(Counter(BankLine.objects.values_list("state", "reason")))


class TestCamt:
    @pytest.mark.parametrize("version", ["02", "08"])
    def test_each_ends_where_it_belongs(self, told: Hundred, version: str) -> None:
        desk = told.desk
        bank = Bank(version).came(
            *told.plain(),
            *told.free_text(),
            *told.batches(),
            *told.in_dollars(),
            *told.in_part(),
            *told.nameless(),
            *told.returns(),
        )
        assert len(bank.parts) == 100

        desk.bring(bank.camt())
        assert desk.match() == {"matched": 80, "open": 15, "returned": 5}

        assert ends(desk) == {
            ("matched", ""): EXACT + FREE + BATCH + PART,
            ("open", "currency"): FOREIGN,
            ("open", "missing"): NAMELESS,
            ("returned", ""): RETURNED,
        }
        told.assert_ends(batch_is_matched=True)


class TestMt940:
    def test_each_ends_where_it_belongs(self, told: Hundred) -> None:
        desk = told.desk
        bank = Bank().came(
            *told.plain(),
            *told.free_text(),
            *told.summed(),
            *told.in_part(),
            *told.nameless(),
            *told.returns(),
        )
        # The batches stand for five payments each, and the other currency is on another account's statement.
        assert len(bank.parts) == 100 - FOREIGN - (BATCH - 2)

        desk.bring(bank.mt940(), "mt940")
        assert desk.match() == {"matched": 70, "open": 12, "returned": 5}

        assert ends(desk) == {
            ("matched", ""): EXACT + FREE + PART,
            ("open", "missing"): NAMELESS + 2,
            ("returned", ""): RETURNED,
        }
        told.assert_ends(batch_is_matched=False)


class TestCsv:
    def test_each_ends_where_it_belongs(self, told: Hundred) -> None:
        desk = told.desk
        save_profile(provider_id=desk.provider_id, profile=PROFILE, now=NOW)
        bank = Bank().came(
            *told.plain(),
            *told.free_text(),
            *told.summed(),
            *told.in_dollars(),
            *told.in_part(),
            *told.nameless(),
            *told.returns(),
        )
        assert len(bank.parts) == 100 - (BATCH - 2)

        desk.bring(bank.csv(), "csv")
        assert desk.match() == {"matched": 70, "open": 17, "outgoing": 5}

        assert ends(desk) == {
            ("matched", ""): EXACT + FREE + PART,
            ("open", "currency"): FOREIGN,
            ("open", "missing"): NAMELESS + 2,
            ("outgoing", ""): RETURNED,
        }
        self.book_returns(desk, told)
        assert ends(desk)["returned", ""] == RETURNED
        told.assert_ends(batch_is_matched=False)

    def book_returns(self, desk: BankDesk, told: Hundred) -> None:
        """A CSV does not name its returns: a person says which payment came back."""
        for each in told.exact[:RETURNED]:
            cents = told.cents[each.pk]
            return_by_hand(
                provider_id=desk.provider_id,
                line=desk.line(amount_minor=-cents).public_id,
                credited=[desk.line(amount_minor=cents).public_id],
                decision=by_hand(),
            )
