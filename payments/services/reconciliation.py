"""Hold the gateways' own books against our ledger: money that only one of the two has, or that differs.

Days are the provider's local days, as the ledger seals them. A payment stands on the day on which the gateway has it,
whenever it was booked here: a webhook that comes after midnight is no difference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from payments.errors import PaymentsError
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.values import MovementKind
from payments.selectors.reconciliation import (
    all_connections,
    booked_lines,
    given_back,
    payments_by_object,
)
from payments.services.asking import asking_anew
from payments.services.gateways import load_gateway
from payments.services.ledger_match import NO_CONNECTION, compare
from payments.services.transactions import own_transaction
from tenants.selectors.providers import provider_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from payments.gateways.values import Movement
    from payments.models import Connection
    from payments.selectors.reconciliation import BookedLine
    from payments.services.ledger_match import DayTotal, Difference

# The gateway and we may see one payment on either side of a limit: clocks differ, and books are written late.
MARGIN: Final = timedelta(days=1)
_CAME_AND_WENT: Final = (MovementKind.PAYMENT, MovementKind.REFUND)
# A simulator's clock may have been put forward.
SIMULATED_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The two books beside each other.

    Attributes:
        zone: whose days they are.
        days: per connection, day and currency, what both sides come to.
        differences: what does not agree, oldest day first.
        moved_day: how many payments that agree were booked here on another day than at the gateway.
        failed: connections by public id whose gateway gave no answer, with the reason: nothing is known of them.
    """

    zone: str
    days: tuple[DayTotal, ...]
    differences: tuple[Difference, ...]
    moved_day: int
    failed: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether every gateway answered and every cent is on both sides."""
        return not self.differences and not self.failed


@dataclass(frozen=True, slots=True)
class _Span:
    """What is compared: all of it, or one local day."""

    zone: ZoneInfo
    day: date | None
    starts: datetime | None
    ends: datetime


def reconcile(*, provider_id: int, now: datetime, day: date | None = None) -> Reconciliation:
    """Compare what gateways list in their books with what the ledger holds at them; nothing is changed.

    Fees of payments, payouts and adjustments by the gateway are told beside the days and not compared: the ledger
    holds what customers paid, before fees. A dispute is compared with what the gateway keeps for it.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.
        day: only this one of the provider's local days; None for all since each connection was made.

    Returns:
        Both sides and what does not agree.

    Raises:
        ProviderNotFoundError: there is no such provider.
    """
    with own_transaction(provider_id):
        zone = ZoneInfo(provider_view(provider_id).time_zone)
        span = _span(zone, day, now)
        since = span.starts - MARGIN if span.starts else None
        booked = booked_lines(provider_id, since=since)
        connections = all_connections(provider_id)
    days: list[DayTotal] = []
    differences: list[Difference] = []
    failed: dict[str, str] = {}
    moved_day = 0
    for connection in connections:
        ours = [line for line in booked if line.connection_id == connection.pk]
        try:
            # Nothing is changed by it, a connection's state neither.
            with asking_anew():
                theirs = _listed(connection, ours, span)
        except (GatewayDown, GatewayRefused) as error:
            failed[connection.public_id] = error.words
            continue
        except PaymentsError as error:
            failed[connection.public_id] = str(error)
            continue
        found = compare(connection.public_id, theirs, ours, zone=zone, day=day)
        days += found.days
        differences += _named(connection, found.differences)
        moved_day += found.moved_day
    known = {connection.pk for connection in connections}
    nowhere = [line for line in booked if line.connection_id not in known]
    lost = compare(NO_CONNECTION, (), nowhere, zone=zone, day=day)
    differences += lost.differences
    days += lost.days
    return Reconciliation(
        zone=zone.key,
        days=tuple(sorted(days)),
        differences=tuple(sorted(differences)),
        moved_day=moved_day,
        failed=failed,
    )


def _span(zone: ZoneInfo, day: date | None, now: datetime) -> _Span:
    if day is None:
        ahead = SIMULATED_AHEAD if settings.GATEWAY_SIMULATORS else timedelta(minutes=5)
        return _Span(zone, None, None, now + ahead)
    starts = datetime.combine(day, time(), zone)
    return _Span(
        zone, day, starts, datetime.combine(day + timedelta(days=1), time(), zone) + MARGIN
    )


def _listed(connection: Connection, ours: Sequence[BookedLine], span: _Span) -> list[Movement]:
    """Return the gateway's lines that may belong to the span, those of payments that were booked late as well."""
    provider_id, ends = connection.provider_id, span.ends
    if span.starts is None:
        starts = connection.created_at
    else:
        opened = [line.opened_at for line in ours if line.at < span.ends]
        starts = min([span.starts, *opened]) - MARGIN
        # What was taken back later is laid beside what the gateway gave back later.
        objects = {line.object_id for line in ours if line.at < span.ends}
        ends = max([ends, *(line.at + MARGIN for line in ours if line.object_id in objects)])
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=connection.pk)
        gone = given_back(provider_id, connection.pk)
    # Money of before the connection was made is not ours, and nothing was posted for it.
    first = connection.created_at.replace(microsecond=0)
    lines = gateway.list_movements(starts=starts, ends=ends)
    # What came and went in quarantine comes to nothing, on whatever days.
    return [
        line
        for line in lines
        if line.at >= first and not (line.object_id in gone and line.kind in _CAME_AND_WENT)
    ]


def _named(connection: Connection, found: Sequence[Difference]) -> list[Difference]:
    """Return differences with our payment's name and state, where we know of one."""
    with own_transaction(connection.provider_id):
        known = payments_by_object(
            connection.provider_id, connection.pk, {one.object_id for one in found}
        )
    return [
        replace(one, payment=known[one.object_id].payment, state=known[one.object_id].state)
        if one.object_id in known
        else one
        for one in found
    ]
