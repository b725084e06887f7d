"""Our side of the gateways' books: what the ledger holds at each connection, payment by payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import PostingKind
from accounts.selectors.clearing import clearing_lines
from payments.models import Attempt, Connection, Refund

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accounts.selectors.clearing import ClearingLine
    from billing_platform.kernel.money import Money

SOURCE: Final = "payment"
REFUND_SOURCE: Final = "refund"
# They move money that no payment of a customer is behind; the other side leaves them out as well.
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
    """

    connection_id: int | None
    object_id: str
    posting_id: int
    at: datetime
    amount: Money
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment of ours, by public id, and where it stands."""

    payment: str
    state: str


def booked_lines(provider_id: int, *, since: datetime | None = None) -> list[BookedLine]:
    """Return what the ledger holds at the gateways, by three queries.

    Args:
        provider_id: whose; its scope is open.
        since: from when it counts on; None for all.
    """
    lines = [
        line for line in clearing_lines(provider_id, since=since) if line.kind not in _NOT_COMPARED
    ]
    names = {line.source_id for line in lines if line.source_type == SOURCE}
    rows = Attempt.objects.filter(provider_id=provider_id, public_id__in=names)
    refunded = {line.source_id for line in lines if line.source_type == REFUND_SOURCE}
    refunds = Refund.objects.filter(provider_id=provider_id, public_id__in=refunded)
    known: dict[tuple[str, str], Attempt | Refund] = {(SOURCE, row.public_id): row for row in rows}
    known |= {(REFUND_SOURCE, row.public_id): row for row in refunds}
    return [_booked(line, known.get((line.source_type, line.source_id))) for line in lines]


def payments_by_object(
    provider_id: int, connection_id: int, objects: Collection[str]
) -> dict[str, KnownPayment]:
    """Return the payments that are known by the gateway's ids, by one query.

    Args:
        provider_id: whose; its scope is open.
        connection_id: at which connection.
        objects: the gateway's ids.
    """
    rows = Attempt.objects.filter(
        provider_id=provider_id, connection_id=connection_id, external_id__in=objects
    )
    found = rows.values_list("external_id", "public_id", "state")
    return {name: KnownPayment(payment, state) for name, payment, state in found}


def all_connections(provider_id: int) -> list[Connection]:
    """Return every connection, those that are off as well: their books stay.

    Args:
        provider_id: whose; its scope is open.
    """
    return list(Connection.objects.filter(provider_id=provider_id).order_by("pk"))


def _booked(line: ClearingLine, payment: Attempt | Refund | None) -> BookedLine:
    if payment is None:
        named = f"{line.source_type}:{line.source_id}"
        return BookedLine(None, named, line.posting_id, line.at, line.amount, line.at)
    return BookedLine(
        payment.connection_id,
        payment.external_id,
        line.posting_id,
        line.at,
        line.amount,
        payment.created_at,
    )
