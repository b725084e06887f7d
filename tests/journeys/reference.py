"""The main job in plain Python: a list of what happened, and what it costs by the definition of each pricing model.

No tiers, no totals, no differences: everything is added up anew from the facts, in exact fractions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
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
INCLUDED: Final = 30
# The other plan has calls and a fee, and nothing else.
OTHER_FEE: Final = 5000
OTHER_CALLS: Final = 13
# Cents per second of a running machine of size 1.
MACHINE: Final = Fraction(1, 100)
FAR: Final = datetime.max.replace(tzinfo=UTC)


class Fact(NamedTuple):
    """One measured fact; the order of the list is the order of receipt."""

    meter: str
    at: datetime
    quantity: Decimal
    identity: str


class Point(NamedTuple):
    """From `at` on a machine runs at `size`; 0 stops it."""

    at: datetime
    size: int


@dataclass
class Reference:
    """What one tenant owes.

    Attributes:
        changes: per meter, from when on its unit price (cents) holds, for everybody.
        own: from when on the tenant has which price of its own for calls.
        machine: in the order of receipt; of two at the same time the later one holds.
        ends: until when the first plan's contract runs; `is_replaced` when the other plan follows it.
        posted: what is charged per month, cents.
        is_suspended: at or below zero since something was charged; a new month alone does not lift it.
        trial_ends: the full hour until which all is rated and nothing is posted; a period ends there.
    """

    changes: dict[str, list[tuple[datetime, int]]]
    facts: list[Fact] = field(default_factory=list)
    own: list[tuple[datetime, int]] = field(default_factory=list)
    machine: list[Point] = field(default_factory=list)
    ends: datetime = FAR
    is_replaced: bool = False
    credit: int = 0
    granted: int = 0
    expired: int = 0
    posted: dict[datetime, int] = field(default_factory=dict)
    until: datetime = START
    is_suspended: bool = False
    trial_ends: datetime | None = None

    @property
    def periods(self) -> list[tuple[datetime, datetime]]:
        """The months; the one in which a trial ends in two."""
        edges = {edge for month in MONTHS for edge in month}
        return list(pairwise(sorted(edges | {self.trial_ends or START.replace(day=1)})))

    @property
    def status(self) -> str:
        """What the tenant is to everybody."""
        if self.trial_ends is not None and self.until < self.trial_ends:
            return "trial"
        return "suspended" if self.is_suspended else "active"

    def charge(self, until: datetime) -> None:
        """Post what is due of every period, rounded once; nothing of those in trial."""
        self.until = max(self.until, until)
        before = dict(self.posted)
        for starts, ends in self.periods:
            if starts < self.until:
                is_free = self.trial_ends is not None and starts < self.trial_ends
                self.posted[starts] = 0 if is_free else _rounded(self.due(starts, ends))
        has_fallen = self.posted.get(self.running, 0) > 0 or any(
            amount > before.get(starts, 0) for starts, amount in self.posted.items()
        )
        self.is_suspended = self.balance <= 0 and (has_fallen or self.is_suspended)

    def pay(self, amount: int) -> None:
        """Add credit, cents; enough of it lifts a suspension."""
        self.credit += amount
        self.is_suspended = self.is_suspended and self.balance <= 0

    def expire(self, expired: int) -> None:
        """Take what is left of grants that are over, all in all; it falls like a charge, where anything was charged."""
        taken, self.expired = expired - self.expired, expired
        self.credit -= taken
        has_fallen = taken > 0 and self.posted.get(self.running, 0) > 0
        self.is_suspended = self.balance <= 0 and (has_fallen or self.is_suspended)

    @property
    def running(self) -> datetime:
        """The period that is charged now."""
        (running,) = [starts for starts, ends in self.periods if starts <= self.until < ends]
        return running

    @property
    def balance(self) -> int:
        """What is left, cents."""
        return self.credit - sum(self.posted.values())

    def due(self, starts: datetime, ends: datetime) -> Fraction:
        """Everything a period costs so far, in exact cents."""
        total = sum((MODELS[meter](self, starts, ends) for meter in MODELS), Fraction(0))
        return total + _machine(self, starts, ends) + _fees(self, starts, ends)

    def stretches(
        self, meter: str, starts: datetime, ends: datetime
    ) -> Iterator[tuple[int, list[Fact]]]:
        """The facts of a month under each price of a meter, and that price."""
        changes = self.changes[meter]
        for number, (since, price) in enumerate(changes):
            to = changes[number + 1][0] if number + 1 < len(changes) else FAR
            low, high = max(since, starts), min(to, ends, self.until, self.ends)
            yield price, [f for f in self.facts if f.meter == meter and low <= f.at < high]


def _rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))


def _sum(facts: list[Fact]) -> Fraction:
    return sum((Fraction(fact.quantity) for fact in facts), Fraction(0))


def _calls(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Per unit, by the price of each moment; corrections below zero are given back."""
    high = min(ends, world.until)
    found = [f for f in world.facts if f.meter == "calls" and starts <= f.at < high]
    return sum((_price(world, f.at) * Fraction(f.quantity) for f in found), Fraction(0))


def _price(world: Reference, at: datetime) -> int:
    """What a call costs at a moment: the tenant's own price before everybody's, nothing without a contract."""
    if at >= world.ends:
        return OTHER_CALLS if world.is_replaced else 0
    prices = [price for since, price in world.own if since <= at]
    return (prices or [price for since, price in world.changes["calls"] if since <= at])[-1]


def _machine(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """Size times seconds, from each point to the next one or to what is charged."""
    sizes = dict(world.machine)
    moments = sorted(sizes)
    total = 0
    for at, after in pairwise([*moments, FAR]):
        low, high = max(at, starts), min(after, ends, world.until, world.ends)
        total += sizes[at] * max(0, int((high - low).total_seconds()))
    return total * MACHINE


def _fees(world: Reference, starts: datetime, ends: datetime) -> Fraction:
    """In advance, by day: the day of a change belongs to what follows, the day of an end to what ends."""
    first, month = max(starts, START), _month_of(starts)
    days = _days(*month)
    total = Fraction(0)
    if first < world.until and first < world.ends:
        total += _share(FEE, _days(first, ends), days)
    if world.ends < min(world.until, ends):
        day = world.ends.replace(hour=0)
        if not world.is_replaced and day != world.ends:
            day += 24 * HOUR
        if first < world.ends:
            total -= _share(FEE, max(_days(max(day, first), ends), 0), days)
        if world.is_replaced:
            total += _share(OTHER_FEE, _days(max(world.ends, first), ends), days)
    return total


def _month_of(at: datetime) -> tuple[datetime, datetime]:
    return next(month for month in MONTHS if month[0] <= at < month[1])


def _days(starts: datetime, ends: datetime) -> int:
    """The days from one to the other, the first one whole."""
    return (ends.date() - starts.date()).days


def _share(fee: int, part: int, days: int) -> Fraction:
    """A part of a month's fee, which is kept to 12 places of a cent."""
    return Fraction(_rounded(Fraction(fee * part, days) * 10**12), 10**12)


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
    """Begun packages of seven behind the included units, which are cut by hours in a month that is covered in part."""
    begins, over = _month_of(starts)
    covered = max(min(over, world.ends) - max(begins, START), 0 * HOUR)
    share = Fraction(covered // HOUR, (over - begins) // HOUR)
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
