"""Our side of the gateways' books: what the ledger holds at each connection, payment by payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from accounts.enums import PostingKind
from accounts.selectors.clearing import clearing_lines
from payments.models import Attempt, Connection, Dispute, Refund

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accounts.selectors.clearing import ClearingLine
    from billing_platform.kernel.money import Money

SOURCE: Final = "payment"
REFUND_SOURCE: Final = "refund"
DISPUTE_SOURCE: Final = "dispute"
# They move money that no payment of a customer is behind; the other side leaves them out as well. What a dispute costs
# is compared with it.
_NOT_COMPARED: Final = frozenset({PostingKind.GATEWAY_FEE, PostingKind.PAYOUT})


@dataclass(frozen=True, slots=True)
class BookedLine:
    """What one posting says that a gateway holds.

    Attributes:
        connection_id: where, or None when no payment is behind the posting.
        object_id: the gateway's id of the payment, or the posting's source when no payment is behind it.
        posting_id: the posting.
        at: when it counts, UTC.
        amount: positive when the gateway holds more after it.
        opened_at: when the payment was opened, before which the gateway cannot have had it; else `at`.
        disputed: the gateway's id of the payment when a dispute is behind the posting, else "".
    """

    connection_id: int | None
    object_id: str
    posting_id: int
    at: datetime
    amount: Money
    opened_at: datetime
    disputed: str = ""


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment or dispute of ours, by public id, and where it stands."""

    payment: str
    state: str


@dataclass(frozen=True, slots=True)
class _Source:
    """What a posting was made for, as the gateway knows it."""

    connection_id: int
    object_id: str
    opened_at: datetime
    disputed: str = ""

    @classmethod
    def of(cls, row: Attempt | Refund) -> Self:
        return cls(row.connection_id, row.external_id, row.created_at)

    @classmethod
    def of_dispute(cls, row: Dispute, paid: Attempt) -> Self:
        return cls(row.connection_id, row.external_id, paid.created_at, paid.external_id)


def booked_lines(provider_id: int, *, since: datetime | None = None) -> list[BookedLine]:
    """Return what the ledger holds at the gateways, by five queries.

    Args:
        provider_id: whose; its scope is open.
        since: from when it counts on; None for all.
    """
    lines = [
        line
        for line in clearing_lines(provider_id, since=since)
        if line.kind not in _NOT_COMPARED or line.source_type == DISPUTE_SOURCE
    ]
    names = {line.source_id for line in lines if line.source_type == SOURCE}
    rows = Attempt.objects.filter(provider_id=provider_id, public_id__in=names)
    refunded = {line.source_id for line in lines if line.source_type == REFUND_SOURCE}
    refunds = Refund.objects.filter(provider_id=provider_id, public_id__in=refunded)
    disputed = {line.source_id for line in lines if line.source_type == DISPUTE_SOURCE}
    disputes = list(Dispute.objects.filter(provider_id=provider_id, public_id__in=disputed))
    paid = Attempt.objects.filter(
        provider_id=provider_id, pk__in=[one.attempt_id for one in disputes]
    )
    payments = {row.pk: row for row in paid.only("created_at", "external_id")}
    known = {(SOURCE, row.public_id): _Source.of(row) for row in rows}
    known |= {(REFUND_SOURCE, row.public_id): _Source.of(row) for row in refunds}
    known |= {
        (DISPUTE_SOURCE, row.public_id): _Source.of_dispute(row, payments[row.attempt_id])
        for row in disputes
    }
    return [_booked(line, known.get((line.source_type, line.source_id))) for line in lines]


def payments_by_object(
    provider_id: int, connection_id: int, objects: Collection[str]
) -> dict[str, KnownPayment]:
    """Return the payments and disputes that are known by the gateway's ids, by two queries.

    Args:
        provider_id: whose; its scope is open.
        connection_id: at which connection.
        objects: the gateway's ids.
    """
    rows = Attempt.objects.filter(
        provider_id=provider_id, connection_id=connection_id, external_id__in=objects
    )
    found = rows.values_list("external_id", "public_id", "state")
    disputes = Dispute.objects.filter(
        provider_id=provider_id, connection_id=connection_id, external_id__in=objects
    )
    told = disputes.values_list("external_id", "public_id", "state")
    return {name: KnownPayment(ours, state) for name, ours, state in (*found, *told)}


def given_back(provider_id: int, connection_id: int) -> frozenset[str]:
    """Return the gateway's ids of payments that were given back before they were credited, and of their refunds.

    Args:
        provider_id: whose; its scope is open.
        connection_id: at which connection.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, connection_id=connection_id)
    pairs = rows.exclude(given_back_by="").values_list("external_id", "given_back_by")
    return frozenset(name for pair in pairs for name in pair)


def all_connections(provider_id: int) -> list[Connection]:
    """Return every connection, those that are off as well: their books stay.

    Args:
        provider_id: whose; its scope is open.
    """
    return list(Connection.objects.filter(provider_id=provider_id).order_by("pk"))


def _booked(line: ClearingLine, source: _Source | None) -> BookedLine:
    if source is None:
        named = f"{line.source_type}:{line.source_id}"
        return BookedLine(None, named, line.posting_id, line.at, line.amount, line.at)
    return BookedLine(
        source.connection_id,
        source.object_id,
        line.posting_id,
        line.at,
        line.amount,
        source.opened_at,
        source.disputed,
    )
