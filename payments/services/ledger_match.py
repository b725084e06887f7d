"""Lay the lines of a gateway's books and of our ledger beside each other, object by object; touches nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from payments.gateways.values import MovementKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from payments.gateways.values import Movement
    from payments.selectors.reconciliation import BookedLine

NO_CONNECTION: Final = ""
ONLY_GATEWAY: Final = "only_gateway"
ONLY_LEDGER: Final = "only_ledger"
DIFFERS: Final = "differs"
COMPARED: Final = frozenset(
    {
        MovementKind.PAYMENT,
        MovementKind.REFUND,
        MovementKind.DISPUTE,
        MovementKind.DISPUTE_FEE,
    }
)

# Where a gateway's line of a dispute names the payment alone, all disputes of that payment are laid beside it.
_OF_DISPUTES: Final = frozenset({MovementKind.DISPUTE, MovementKind.DISPUTE_FEE})

# An object's id and currency, and whether it is what moved by a dispute.
_Key = tuple[str, str, bool]


@dataclass(frozen=True, slots=True, order=True)
class DayTotal:
    """What both sides come to on one day.

    Attributes:
        day: the provider's local day.
        connection: public id, "" for postings with no payment behind them.
        currency: of the amounts, minor units.
        gateway_minor: payments less refunds and disputes in the gateway's books, before fees of payments; what a
            dispute costs is part of it.
        ledger_minor: the same in gateway clearing.
        fees_minor: what the gateway kept, zero or less; told, not compared.
        other_minor: payouts and adjustments by the gateway; told, not compared.
    """

    day: date
    connection: str
    currency: str
    gateway_minor: int
    ledger_minor: int
    fees_minor: int
    other_minor: int


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """An object of the gateway that the two sides do not agree on.

    Attributes:
        day: the gateway's day; ours where only we have it.
        connection: public id, "" for postings with no payment behind them.
        kind: ONLY_GATEWAY, ONLY_LEDGER or DIFFERS.
        object_id: the gateway's id, or the source of a posting with no payment behind it.
        currency: of the amounts, minor units.
        gateway_minor, ledger_minor: what each side has; None where it has nothing.
        postings: ours.
        payment, state: our payment with this id, "" when we know of none.
    """

    day: date
    connection: str
    kind: str
    object_id: str
    currency: str
    gateway_minor: int | None
    ledger_minor: int | None
    postings: tuple[int, ...]
    payment: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one connection's books came to."""

    days: list[DayTotal]
    differences: list[Difference]
    moved_day: int


def compare(
    connection: str,
    theirs: Sequence[Movement],
    ours: Sequence[BookedLine],
    *,
    zone: ZoneInfo,
    day: date | None,
) -> Comparison:
    """Compare the lines of one connection.

    Args:
        connection: public id.
        theirs: the gateway's lines, all that may belong to the days asked for.
        ours: the ledger's, likewise.
        zone: whose days.
        day: only this one; None for all.
    """
    listed: dict[_Key, list[Movement]] = defaultdict(list)
    booked: dict[_Key, list[BookedLine]] = defaultdict(list)
    for line in theirs:
        if line.kind in COMPARED:
            key = line.object_id, line.amount.currency, line.kind in _OF_DISPUTES
            listed[key].append(line)
    disputed = {name for name, _, is_dispute in listed if is_dispute}
    for own in ours:
        is_by_payment = own.disputed in disputed and own.object_id not in disputed
        name = own.disputed if is_by_payment else own.object_id
        booked[name, own.amount.currency, bool(own.disputed)].append(own)
    sums = _Sums()
    differences, moved_day = [], 0
    for key in sorted(listed.keys() | booked.keys()):
        at = min(line.at for line in listed.get(key) or booked[key])
        key_day = at.astimezone(zone).date()
        if day not in (None, key_day):
            continue
        gateway, ledger = _sum(listed.get(key)), _sum(booked.get(key))
        sums.gateway[key_day, key[1]] += gateway or 0
        sums.ledger[key_day, key[1]] += ledger or 0
        if (gateway or 0) != (ledger or 0):
            postings = tuple(line.posting_id for line in booked.get(key, ()))
            differences.append(
                Difference(
                    key_day, connection, _kind(gateway, ledger), *key[:2], gateway, ledger, postings
                )
            )
        elif any(line.at.astimezone(zone).date() != key_day for line in booked.get(key, ())):
            moved_day += 1
    sums.add_rest(theirs, zone, day)
    return Comparison(sums.totals(connection), differences, moved_day)


class _Sums:
    """Minor units by day and currency."""

    def __init__(self) -> None:
        self.gateway: Counter[tuple[date, str]] = Counter()
        self.ledger: Counter[tuple[date, str]] = Counter()
        self.fees: Counter[tuple[date, str]] = Counter()
        self.other: Counter[tuple[date, str]] = Counter()

    def add_rest(self, theirs: Sequence[Movement], zone: ZoneInfo, day: date | None) -> None:
        for line in theirs:
            at = line.at.astimezone(zone).date()
            if line.kind in COMPARED or day not in (None, at):
                continue
            side = self.fees if line.kind is MovementKind.FEE else self.other
            side[at, line.amount.currency] += line.amount.amount_minor

    def totals(self, connection: str) -> list[DayTotal]:
        keys = self.gateway.keys() | self.ledger.keys() | self.fees.keys() | self.other.keys()
        return [
            DayTotal(
                key[0],
                connection,
                key[1],
                self.gateway[key],
                self.ledger[key],
                self.fees[key],
                self.other[key],
            )
            for key in keys
        ]


def _sum(lines: Sequence[Movement] | Sequence[BookedLine] | None) -> int | None:
    return sum(line.amount.amount_minor for line in lines) if lines else None


def _kind(gateway: int | None, ledger: int | None) -> str:
    if ledger is None:
        return ONLY_GATEWAY
    return ONLY_LEDGER if gateway is None else DIFFERS
