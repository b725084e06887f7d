"""The main job in plain Python: a list of what happened, and what it costs by the definition of each pricing model.

No tiers, no totals, no differences: everything is added up anew from the facts, in exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

HOUR: Final = timedelta(hours=1)
START: Final = datetime(2026, 11, 28, tzinfo=UTC)
MONTHS: Final = [
    (
        datetime(2026, month, 1, tzinfo=UTC),
        datetime(2026 + month // 12, month % 12 + 1, 1, tzinfo=UTC),
    )
    for month in (11, 12)
]
FEE: Final = 3000
# The first month of the contract has three of thirty days.
FIRST_SHARE: Final = Fraction(3, 30)
INCLUDED: Final = 30
FAR: Final = datetime.max.replace(tzinfo=UTC)


class Fact(NamedTuple):
    """One measured fact; the order of the list is the order of receipt."""

    meter: str
    at: datetime
    quantity: Decimal
    identity: str


@dataclass
class Reference:
    """What one tenant owes.

    Attributes:
        changes: per meter, from when on its unit price (cents) holds.
        posted: what is charged per month, cents.
        is_suspended: at or below zero since something was charged; a new month alone does not lift it.
    """

    facts: list[Fact] = field(default_factory=list)
    changes: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    credit: int = 0
    posted: dict[datetime, int] = field(default_factory=dict)
    until: datetime = START
    is_suspended: bool = False

    def charge(self, until: datetime) -> None:
        """Post what is due of every month, rounded once."""
        self.until = max(self.until, until)
        before = dict(self.posted)
        for starts, ends in MONTHS:
            if starts < self.until:
                self.posted[starts] = _rounded(self.due(starts, ends))
        (running,) = [starts for starts, ends in MONTHS if starts <= self.until < ends]
        has_fallen = self.posted.get(running, 0) > 0 or any(
            amount > before.get(starts, 0) for starts, amount in self.posted.items()
        )
        self.is_suspended = self.balance <= 0 and (has_fallen or self.is_suspended)

    def pay(self, amount: int) -> None:
        """Add credit, cents; enough of it lifts a suspension."""
        self.credit += amount
        self.is_suspended = self.is_suspended and self.balance <= 0

    @property
    def balance(self) -> int:
        """What is left, cents."""
        return self.credit - sum(self.posted.values())

    def due(self, starts: datetime, ends: datetime) -> Fraction:
        """Everything a month costs so far, in exact cents."""
        total = sum((MODELS[meter](self, starts, ends) for meter in MODELS), Fraction(0))
        first = START if starts < START else starts
        if first < self.until:
            total += FEE * (FIRST_SHARE if starts < START else 1)
        return total

    def stretches(
        self, meter: str, starts: datetime, ends: datetime
    ) -> Iterator[tuple[int, list[Fact]]]:
        """The facts of a month under each price of a meter, and that price."""
        changes = self.changes[meter]
        for number, (since, price) in enumerate(changes):
            to = changes[number + 1][0] if number + 1 < len(changes) else FAR
            low, high = max(since, starts), min(to, ends, self.until)
            yield price, [f for f in self.facts if f.meter == meter and low <= f.at < high]


def _rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


def _sum(facts: list[Fact]) -> Fraction:
    return sum((Fraction(fact.quantity) for fact in facts), Fraction(0))


def _calls(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Per unit; each price counts for itself, corrections below zero are given back."""
    found = world.stretches("calls", starts, ends)
    return sum((price * _sum(facts) for price, facts in found), Fraction(0))


def _graduated(quantity: Fraction, price: int) -> Fraction:
    """The first ten units at the price, further ones at half of it."""
    quantity = max(quantity, Fraction(0))
    return min(quantity, Fraction(10)) * price + max(quantity - 10, Fraction(0)) * Fraction(
        price, 2
    )


def _data(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Graduated, and the tiers go on counting after a change of price."""
    total, before = Fraction(0), Fraction(0)
    for price, facts in world.stretches("data", starts, ends):
        quantity = _sum(facts)
        total += _graduated(before + quantity, price) - _graduated(before, price)
        before += quantity
    return total


def _peak(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """The highest value of the month."""
    found = world.stretches("peak", starts, ends)
    return sum(
        (price * Fraction(max(f.quantity for f in facts)) for price, facts in found if facts),
        Fraction(0),
    )


def _level(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """The last value of the month."""
    total = Fraction(0)
    for price, facts in world.stretches("level", starts, ends):
        if facts:
            last = max(fact.at for fact in facts)
            total += price * Fraction([f.quantity for f in facts if f.at == last][-1])
    return total


def _users(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Each identity once a month; from the third on all of them at half the price."""
    total = Fraction(0)
    for price, facts in world.stretches("users", starts, ends):
        count = len({fact.identity for fact in facts})
        total += count * (Fraction(price) if count <= 2 else Fraction(price, 2))
    return total


def _minutes(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Begun packages of seven behind the included units, which are cut in the month that begins late."""
    share = FIRST_SHARE if starts < START else Fraction(1)
    total = Fraction(0)
    for price, facts in world.stretches("minutes", starts, ends):
        above = _sum(facts) - INCLUDED * share
        if above > 0:
            total += price * -(-above // 7)
    return total


MODELS: Final[dict[str, Callable[[Reference, datetime, datetime], Fraction]]] = {
    "calls": _calls,
    "data": _data,
    "peak": _peak,
    "level": _level,
    "users": _users,
    "minutes": _minutes,
}
