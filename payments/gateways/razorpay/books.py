"""Razorpay's own lists: what may have changed, what moved, and what a dispute costs. The gateway calls them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.clock import from_epoch
from payments.gateways.answers import read, text_of
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable
from payments.gateways.razorpay import client
from payments.gateways.razorpay.reading import (
    dispute_of,
    is_given_back,
    payment_of,
    reference_of,
    refund_of,
)
from payments.gateways.razorpay.registering import NOTE
from payments.gateways.razorpay.webhooks import topic_of
from payments.gateways.values import GatewayEvent, Movement, MovementKind, PaymentState

if TYPE_CHECKING:
    from collections.abc import Iterator

    import razorpay

    from payments.gateways.values import GatewayDispute

# What was made so long before a span may have changed within it: UPI takes a day, a late authorisation three; a refund
# comes back weeks later, and what a bank has decided it may decide again.
LOOK_BACK: Final = {
    "payment.listed": timedelta(days=7),
    "refund.listed": timedelta(days=30),
    "payment.dispute.listed": timedelta(days=180),
}
# Stages before the card's network, which takes a fee for each:
# https://razorpay.com/docs/payments/disputes/chargeback-fees-and-penalties
COSTLY: Final = frozenset({"pre_arbitration", "arbitration"})
# From the opening to the last stage, with time to spare: so many monthly reports are read for a dispute.
MONTHS_MAX: Final = 8


# Lines of the settlements' report by year and month.
Reports = dict[tuple[int, int], list[dict[str, Any]]]


def events(
    sdk: razorpay.Client, since: datetime, *, account_id: str, is_live: bool
) -> Iterator[GatewayEvent]:
    """Yield payments, refunds and disputes that may have changed, oldest first; Razorpay lists no events.

    Args:
        sdk: of the connection.
        since: UTC.
        account_id: of the connection.
        is_live: of its key.
    """
    resources = (sdk.payment, sdk.refund, sdk.dispute)
    listed = [
        read(_event, found, kind=kind, account_id=account_id, is_live=is_live)
        for (kind, back), resource in zip(LOOK_BACK.items(), resources, strict=True)
        for found in reversed(list(client.listed(resource.all, _since(since - back))))
    ]
    yield from sorted(listed, key=lambda event: event.created_at)


def movements(
    sdk: razorpay.Client, starts: datetime, ends: datetime, *, is_live: bool
) -> Iterator[Movement]:
    """Yield what was captured, given back and disputed in a half-open span, and the fees.

    Args:
        sdk: of the connection.
        starts: UTC.
        ends: UTC, behind it.
        is_live: of the connection's key.
    """
    span = {"from": int(starts.timestamp()), "to": int(ends.timestamp()) - 1}
    for found in client.listed(sdk.payment.all, span):
        yield from read(_paid, found, is_live=is_live)
    for found in client.listed(sdk.refund.all, span):
        if not is_of_nothing(sdk, found):
            yield from read(_given_back, found)
    reports: Reports = {}
    for found in client.listed(sdk.dispute.all, span):
        # Unlike a dispute that is fetched: books that leave a fee out would agree with a ledger that lacks it.
        adjustments = _adjustments(sdk, found, reports, ends)
        yield from _disputed(read(dispute_of, found, adjustments=adjustments), read(_moment, found))


def is_of_nothing(sdk: razorpay.Client, refund: dict[str, Any]) -> bool:
    """Return whether Razorpay gave a payment back by itself before it was captured: no money of the account moved.

    Args:
        sdk: of the connection.
        refund: the entity; only its payment tells, so one that is ours, or an agreement's, is not asked about.
    """
    if reference_of(refund) or _is_agreement(refund):
        return False
    payment_id = read(lambda it: text_of(it["payment_id"]), refund)
    return read(is_given_back, client.call(sdk.payment.fetch, payment_id, {}))


def dispute(sdk: razorpay.Client, found: dict[str, Any]) -> GatewayDispute:
    """Read a dispute, with what the card's network takes for its stage, which only the settlements' report says.

    Args:
        sdk: of the connection.
        found: the entity.

    Returns:
        The dispute; while the report cannot be read, or does not list it yet, its fee is awaited.
    """
    adjustments: list[dict[str, Any]] = []
    # A report that cannot be read hides no dispute.
    with suppress(GatewayRejected, GatewayUnavailable):
        adjustments = _adjustments(sdk, found, {}, None)
    known = read(dispute_of, found, adjustments=adjustments)
    return replace(known, is_awaited=found.get("phase") in COSTLY and known.fee is None)


def _adjustments(
    sdk: razorpay.Client, found: dict[str, Any], reports: Reports, until: datetime | None
) -> list[dict[str, Any]]:
    if found.get("phase") not in COSTLY:
        return []
    # Deducted when the stage begins, which may be months after the opening.
    month = read(_moment, found).replace(day=1, hour=0, minute=0, second=0)
    return _report(sdk, reports, month) + _later_reports(sdk, reports, month, until)


def _later_reports(
    sdk: razorpay.Client, reports: Reports, month: datetime, until: datetime | None
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    refused: GatewayRejected | None = None
    for _later in range(1, MONTHS_MAX):
        month = (month + timedelta(days=31)).replace(day=1)
        if until is not None and month >= until:
            break
        try:
            lines += _report(sdk, reports, month)
        except GatewayRejected as error:
            if error.code in KEY_CODES:
                raise
            if until is None:
                # It is still to come, which is refused, and so are those behind it.
                break
            refused = refused or error
        else:
            if refused is not None:
                # It was not to come: a later one is there. Books without it would leave its fees out.
                raise refused
    return lines


def _since(at: datetime) -> dict[str, Any]:
    return {"from": int(at.timestamp())}


def _report(sdk: razorpay.Client, reports: Reports, at: datetime) -> list[dict[str, Any]]:
    month = (at.year, at.month)
    if month not in reports:
        reports[month] = list(
            client.listed(sdk.settlement.report, {"year": at.year, "month": at.month})
        )
    return reports[month]


def _paid(found: dict[str, Any], *, is_live: bool) -> list[Movement]:
    paid, at = payment_of(found, is_live=is_live), _moment(found)
    if paid.state is not PaymentState.SUCCEEDED:
        return []
    kind = MovementKind.OTHER if _is_agreement(found) else MovementKind.PAYMENT
    lines = [Movement(paid.payment_id, kind, paid.received, at)]
    fee = [Movement(paid.payment_id, MovementKind.FEE, -paid.fee, at)] if paid.fee else []
    return lines + fee


def _given_back(found: dict[str, Any]) -> list[Movement]:
    if found["status"] == "failed":
        return []
    given = refund_of(found)
    kind = MovementKind.OTHER if _is_agreement(found) else MovementKind.REFUND
    return [Movement(given.refund_id, kind, -given.amount, _moment(found))]


def _is_agreement(found: dict[str, Any]) -> bool:
    """Return whether it is the rupee of an agreement, or its return: nobody's credit, and so in no ledger of ours."""
    notes = found.get("notes")
    return isinstance(notes, dict) and NOTE in notes


def _disputed(found: GatewayDispute, at: datetime) -> list[Movement]:
    moved = ((MovementKind.DISPUTE, found.withdrawn), (MovementKind.DISPUTE_FEE, found.fee))
    return [Movement(found.dispute_id, kind, -amount, at) for kind, amount in moved if amount]


def _event(found: dict[str, Any], *, kind: str, account_id: str, is_live: bool) -> GatewayEvent:
    return GatewayEvent(
        event_id=f"{found['id']}:{found['status']}",
        kind=kind,
        topic=topic_of(kind)[0],
        object_id=found["id"],
        account_id=account_id,
        is_live=is_live,
        created_at=_moment(found),
    )


def _moment(found: dict[str, Any]) -> datetime:
    return from_epoch(found["created_at"])
