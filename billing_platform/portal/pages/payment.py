"""One payment: what the customer is told of it, and its timeline for the provider's people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money
from billing_platform.portal.dispute_words import STAFF_STATES as DISPUTE_STATES
from billing_platform.portal.dispute_words import reason_words
from billing_platform.portal.method_words import paid_details, paid_title
from billing_platform.portal.payment_words import (
    CUSTOMER_STATES,
    PROBLEMS,
    STAFF_REFUNDS,
    STAFF_STATES,
    failure_words,
    payment_pill,
    refund_failure_words,
)
from payments.enums import (
    ACCEPTABLE,
    OPEN_REQUESTS,
    AttemptKind,
    AttemptState,
    EventState,
    RefundState,
)
from payments.selectors.borne_refunds import borne_by_provider
from payments.selectors.disputes import disputes_of
from payments.selectors.events import events_of_payment
from payments.selectors.refund_requests import requests_of
from payments.selectors.refunds import refundable, refunds_of
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payments.selectors.disputes import DisputeView
    from payments.selectors.refunds import RefundView
    from payments.types import EventView, PaymentView
    from tenants.types import ProviderView, TenantView

# The gateway has it; we wait for its word, and the page looks again by itself.
CONFIRMING: Final = (
    AttemptState.CREATED,
    AttemptState.UNKNOWN,
    AttemptState.PENDING,
    AttemptState.QUARANTINED,
)


@dataclass(frozen=True, slots=True)
class OwnPaymentPage:
    """A payment as its customer sees it.

    Attributes:
        title, details: what it was paid with.
        is_confirming: the page looks again by itself.
        goes_on: the gateway's page is still open to be paid.
        reason: why it did not succeed.
    """

    row: PaymentView
    title: str
    details: str
    pill: str
    is_confirming: bool
    goes_on: bool
    reason: str
    zone: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a payment.

    Attributes:
        icon: a file of `static/icons`.
        replay: the number of an event that may be worked off again, or None.
    """

    at: datetime
    icon: str
    title: str
    words: str = ""
    replay: int | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """One refund of the payment.

    Attributes:
        by: who asked for it, "" for one that was made in the gateway's dashboard.
        reason: why it failed, in words, with who gave it up.
        came_back: its gateway had it, and could not pay it out.
        may_give_up: nobody knows what became of it, and this person may take it for not made.
    """

    row: RefundView
    pill: str
    by: str
    reason: str
    came_back: bool
    may_give_up: bool


@dataclass(frozen=True, slots=True)
class ToldDispute:
    """One dispute of the payment."""

    row: DisputeView
    pill: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment as the provider's people see it.

    Attributes:
        title, details: what it was paid with.
        problem: why it waits in quarantine, in words.
        may_accept: the amount that came may be taken as it is, by this person.
        may_give_up: nobody knows what became of the charge, and this person may take it for not made.
        may_ask: this person may have the gateway asked now.
        refunds: what was given back, or was tried to be.
        may_refund: something is left, and this person may give it back.
        over: what was given back beyond what was paid, None when nothing was.
        borne: what went back by a refund after a lost dispute had taken it, None when nothing did.
        open_request: public id of the request for a refund that this person may decide on, "" without one.
        disputes: what the payer's bank asks of it, or has asked.
        may_be_fraud: its gateway warns of it, and none of the money is disputed or all back.
    """

    row: PaymentView
    title: str
    details: str
    pill: str
    client: TenantView | None
    problem: str
    reason: str
    steps: Sequence[Step]
    may_accept: bool
    may_give_up: bool
    may_ask: bool
    refunds: Sequence[GivenBack]
    may_refund: bool
    over: Money | None
    borne: Money | None
    open_request: str
    disputes: Sequence[ToldDispute]
    may_be_fraud: bool
    zone: str


def own_payment_page(row: PaymentView, zone: str) -> OwnPaymentPage:
    """Return what the customer is told of a payment.

    Args:
        row: the customer's.
        zone: in which moments are shown.
    """
    return OwnPaymentPage(
        row=row,
        title=paid_title(row),
        details=paid_details(row),
        pill=payment_pill(row, CUSTOMER_STATES),
        is_confirming=row.state in CONFIRMING,
        goes_on=row.state == AttemptState.REQUIRES_ACTION and bool(row.checkout_url),
        reason=failure_words(row.failure_code),
        zone=zone,
    )


def payment_page(provider: ProviderView, row: PaymentView, *, may_post: bool) -> PaymentPage:
    """Return a payment with its timeline, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        row: the payment.
        may_post: whether this person may move money.
    """
    refunds = refunds_of(provider.id, [row.id])
    named = [row.opened_by, row.accepted_by, row.given_up_by]
    named += [number for one in refunds for number in (one.asked_by, one.given_up_by)]
    people = emails_of({number for number in named if number})
    rest = refundable(row, provider.id)
    steps = [*_own_steps(row, people), *map(event_step, events_of_payment(provider.id, row.id))]
    steps += [_refund_step(one, people) for one in refunds]
    is_held = row.state == AttemptState.QUARANTINED
    return PaymentPage(
        row=row,
        title=paid_title(row),
        details=paid_details(row),
        pill=payment_pill(row, STAFF_STATES),
        client=tenants_by_id(provider.id, {row.tenant_id}).get(row.tenant_id),
        problem=PROBLEMS[row.problem] if row.problem else "",
        reason=failure_words(row.failure_code),
        steps=sorted(steps, key=lambda step: step.at),
        may_accept=may_post and is_held and row.problem in ACCEPTABLE,
        may_give_up=may_post and _is_unanswered(row),
        may_ask=may_post,
        refunds=[
            GivenBack(
                row=one,
                pill=STAFF_REFUNDS[one.state],
                by=people.get(one.asked_by or 0, ""),
                reason=refund_failure_words(one.failure_code, people.get(one.given_up_by or 0, "")),
                came_back=one.state == RefundState.FAILED and bool(one.external_id),
                may_give_up=may_post and one.is_unanswered,
            )
            for one in refunds
        ],
        may_refund=may_post and rest is not None and rest.left.amount_minor > 0,
        over=rest.over if rest is not None and rest.over else None,
        borne=_borne(provider.id, row) if refunds and rest is None else None,
        open_request=_open_request(provider.id, row) if may_post else "",
        disputes=[
            ToldDispute(
                one,
                DISPUTE_STATES[one.state],
                reason_words(one),
                reverse("provider-dispute", args=[one.public_id]),
            )
            for one in disputes_of(provider.id, {row.id})
        ],
        may_be_fraud=_may_be_fraud(row),
        zone=provider.time_zone,
    )


def _may_be_fraud(row: PaymentView) -> bool:
    is_left = row.received is not None and row.received.amount_minor > row.given_back_minor
    return row.warned_at is not None and row.state == AttemptState.SUCCEEDED and is_left


def _is_unanswered(row: PaymentView) -> bool:
    is_charge = row.kind == AttemptKind.CHARGE and not row.external_id
    return is_charge and row.state == AttemptState.UNKNOWN


def _borne(provider_id: int, row: PaymentView) -> Money | None:
    minor = borne_by_provider(provider_id, row.id)
    return Money(minor, row.received.currency) if row.received and minor > 0 else None


def _open_request(provider_id: int, row: PaymentView) -> str:
    found = requests_of(provider_id, [row.id])
    return next((each.public_id for each in found if each.state in OPEN_REQUESTS), "")


def _own_steps(row: PaymentView, people: dict[int, str]) -> list[Step]:
    opener = people.get(row.opened_by or 0, "")
    words = _("by %s") % opener if opener else ""
    steps = [Step(row.created_at, "plus", _("Opened"), words)]
    if row.settled_at is not None:
        number = _("posting %s") % row.posting_id
        steps.append(Step(row.settled_at, "wallet", _("Credited to the balance"), number))
    elif row.state_at > row.created_at:
        title = _("Since then: %s") % AttemptState(row.state).label
        person = people.get(row.given_up_by or 0, "")
        words = _("%s took it for not made") % person if person else row.failure_code
        steps.append(Step(row.state_at, "clock", title, words))
    if row.next_poll_at is not None:
        asked = _("asked %s times so far") % row.polls
        title = _("The gateway is asked again")
        if row.settled_at is not None:
            title = _("The gateway is asked again for its fee")
        steps.append(Step(row.next_poll_at, "refresh", title, asked))
    return steps


def _refund_step(refund: RefundView, people: dict[int, str]) -> Step:
    asker = people.get(refund.asked_by or 0, "")
    words = [str(RefundState(refund.state).label), refund.failure_code]
    words += [_("by %s") % asker] if asker else []
    title = _("Refund of %s") % refund.amount
    return Step(refund.created_at, "arrow-left", title, ", ".join(filter(None, words)))


def event_step(event: EventView) -> Step:
    """Return a gateway's event as a step of a timeline.

    Args:
        event: as it is stored.
    """
    state = str(EventState(event.state).label)
    words = f"{state}: {event.error}" if event.error else state
    return Step(event.received_at, "bolt", event.kind, words, replay=event.id)
