"""What goes to a gateway and what comes back, in our words; no gateway's own object leaves its folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.gateways.methods import PaidWith, SavedMethod


class PaymentState(StrEnum):
    """Where a payment stands at the gateway."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundState(StrEnum):
    """Where a refund stands at the gateway."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class CheckoutState(StrEnum):
    """Where a hosted page stands: open may still be paid, the other two never again."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class DisputeState(StrEnum):
    """Where a dispute stands; an inquiry has moved no money yet."""

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Topic(StrEnum):
    """What an event is about, and so what is fetched."""

    PAYMENT = "payment"
    CHECKOUT = "checkout"
    REFUND = "refund"
    DISPUTE = "dispute"
    METHOD = "method"
    # A payment that its network takes for fraud, before anybody disputes it; the payment is what is named.
    WARNING = "warning"
    OTHER = "other"


class MovementKind(StrEnum):
    """Why the gateway's balance moved."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    DISPUTE_FEE = "dispute_fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a connection can do; it decides what a customer is offered.

    Attributes:
        saves_methods: a method can be kept and charged without the customer.
        refunds_partly: less than the whole payment can be given back.
        sets_up_webhooks: the webhook's address is registered by the gateway's API.
        currencies: ISO codes, empty when the gateway decides per account.
        refund_days: so long after a payment it can be given back, None when the gateway sets no end.
        makes_customers: a payer is made before anything is asked; else its id comes with a method, if at all.
        saves_in: currencies in which a kept method is charged; empty for all.
        minimums: the least that is taken, minor units by currency, as far as the gateway has one.
        steps: what an amount is a multiple of, minor units by currency, where that is more than one.
        secret_overlap: so long a webhooks' secret that was replaced counts beside the new one.
        refund_key_holds: so long after a refund was asked for first, asking by its key again is no second one.
    """

    saves_methods: bool
    refunds_partly: bool
    sets_up_webhooks: bool
    currencies: frozenset[str]
    refund_days: int | None = None
    makes_customers: bool = True
    saves_in: frozenset[str] = frozenset()
    minimums: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)
    # Stripe forgets keys after a day; who knows of none may be asked as long as a call with all its retries takes.
    refund_key_holds: timedelta = timedelta(hours=5)
    secret_overlap: timedelta = timedelta(hours=24)

    def takes(self, currency: str) -> bool:
        """Return whether payments may be in a currency, by its ISO code."""
        return not self.currencies or currency in self.currencies

    def minimum(self, currency: str) -> int:
        """Return the least that is taken in a currency, minor units."""
        return max(self.minimums.get(currency, 1), self.step(currency))

    def step(self, currency: str) -> int:
        """Return what an amount in a currency is a multiple of, minor units."""
        return self.steps.get(currency, 1)


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """The account that a credential belongs to.

    Attributes:
        account_id: the gateway's id of the account.
        is_live: real money moves.
        lacks: what the credential may not do and payments go on without, in the gateway's own names.
    """

    account_id: str
    is_live: bool
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """A registered address for events.

    Attributes:
        webhook_id: the gateway's id of it.
        secret: what deliveries are signed with, shown this once; "" when the gateway signs otherwise.
    """

    webhook_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class GatewayPayment:
    """A payment as the gateway has it now.

    Attributes:
        payment_id: the gateway's id.
        state: where it stands.
        amount: what was asked for.
        received: what the gateway has taken; zero until it succeeded.
        reference: the attempt's reference that was handed in, or "" when it is not ours.
        is_live: real money moved.
        failure_code: why it failed, the bank's reason first, or "".
        fee: what the gateway keeps of it, or None while it is not known.
        paid_with: what it was made with, or None when this answer does not say; two answers about one payment are
            the same payment whether they say it or not.
    """

    payment_id: str
    state: PaymentState
    amount: Money
    received: Money
    reference: str
    is_live: bool
    failure_code: str
    fee: Money | None = None
    paid_with: PaidWith | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A hosted page as the gateway has it now.

    Attributes:
        checkout_id: the gateway's id.
        state: where it stands.
        url: where the customer goes while it is open, else "".
        reference: the reference that was handed in.
        is_live: real money moves.
        payment: what it led to, or None; a complete page may carry a payment that is still pending.
        method: what it saved, or None.
        expires_at: when it closes by itself, UTC, or None when the gateway does not say.
        failure_code: why the last try to save a method on it failed, the bank's reason first, or "".
    """

    checkout_id: str
    state: CheckoutState
    url: str
    reference: str
    is_live: bool
    payment: GatewayPayment | None = None
    method: SavedMethod | None = None
    expires_at: datetime | None = None
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class GatewayRefund:
    """A refund as the gateway has it now.

    Attributes:
        refund_id: the gateway's id.
        payment_id: the payment that it gives back.
        state: where it stands.
        amount: what is given back.
        reference: the reference that was handed in, or "" when it was made in the gateway's dashboard.
        failure_code: why it failed, or "".
    """

    refund_id: str
    payment_id: str
    state: RefundState
    amount: Money
    reference: str
    failure_code: str


@dataclass(frozen=True, slots=True)
class GatewayDispute:
    """A dispute as the gateway has it now.

    Attributes:
        dispute_id: the gateway's id.
        payment_id: the payment that is disputed.
        state: where it stands.
        amount: what the payer wants back.
        withdrawn: what has left the gateway's balance for it and not come back.
        reason: the gateway's word.
        evidence_due_at: until when evidence is taken, UTC, or None.
        fee: what the gateway keeps for it and has not given back, None when it does not say.
        is_fee_final: the gateway gives nothing of its fee back, however the dispute ends.
        is_awaited: something of it is told later: how much of a fee it keeps, or where money that is lost has gone.
        is_return: a bank debit that came back after it had succeeded; final, with nothing to answer to.
        method_id: the gateway's id of the method that paid, or "" when it does not say.
    """

    dispute_id: str
    payment_id: str
    state: DisputeState
    amount: Money
    withdrawn: Money
    reason: str
    evidence_due_at: datetime | None
    fee: Money | None = None
    is_fee_final: bool = False
    is_awaited: bool = False
    is_return: bool = False
    method_id: str = ""


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """A verified webhook or a change that was listed: a hint to fetch an object, never the truth about it.

    Attributes:
        event_id: the gateway's id, the same on every delivery.
        kind: the gateway's word.
        topic: what is fetched.
        object_id: the object of that topic, or "".
        account_id: of which account, or "" when the event does not say.
        is_live: of a live account.
        created_at: when the gateway made it, UTC.
    """

    event_id: str
    kind: str
    topic: Topic
    object_id: str
    account_id: str
    is_live: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the gateway's own books.

    Attributes:
        object_id: the payment, refund or dispute behind it; of a dispute's line its payment where the books name no
            dispute.
        amount: positive when the gateway's balance rose; before fees.
        at: when, UTC.
    """

    object_id: str
    kind: MovementKind
    amount: Money
    at: datetime
