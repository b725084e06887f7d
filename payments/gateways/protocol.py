"""What every gateway does, in our words; payments' services call it and each gateway's folder fulfils it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.money import Money


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


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do; it decides what a customer is offered.

    Attributes:
        saves_methods: a method can be kept and charged without the customer.
        refunds_partly: less than the whole payment can be given back.
        currencies: ISO codes, empty when the gateway decides per account.
    """

    saves_methods: bool
    refunds_partly: bool
    currencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """The account that a credential belongs to.

    Attributes:
        account_id: the gateway's id of the account.
        is_live: real money moves.
    """

    account_id: str
    is_live: bool


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge of a saved method while the customer is away.

    Attributes:
        key: the attempt's idempotency key; one key is one charge, whatever is lost or repeated.
        amount: more than zero, whole minor units of ISO 4217.
        customer_id: the gateway's id of the payer.
        method_id: the gateway's id of the saved method.
        description: a line for the payer's statement page.
        reference: opaque to the gateway; comes back as `GatewayPayment.reference`.
    """

    key: str
    amount: Money
    customer_id: str
    method_id: str
    description: str
    reference: str


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
    """

    payment_id: str
    state: PaymentState
    amount: Money
    received: Money
    reference: str
    is_live: bool
    failure_code: str


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to give back of one payment.

    Attributes:
        key: the refund's idempotency key.
        payment_id: the gateway's id of the payment.
        amount: more than zero, in the payment's currency.
        reference: opaque; comes back as `GatewayRefund.reference`.
    """

    key: str
    payment_id: str
    amount: Money
    reference: str


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
class GatewayEvent:
    """A verified webhook: a hint to fetch an object, never the truth about it.

    Attributes:
        event_id: the gateway's id, the same on every delivery.
        kind: the gateway's word.
        object_id: the object that changed, or "".
        is_live: of a live account.
        created_at: when the gateway made it, UTC.
    """

    event_id: str
    kind: str
    object_id: str
    is_live: bool
    created_at: datetime


class Gateway(Protocol):
    """One connection of one provider. Holds its own credential and shares none; touches no models and no database.

    Every call but `parse_event` may raise `GatewayRejected` (final) and `GatewayUnavailable` (outcome unknown: ask
    again with the same key). No other error leaves it. A repeated key with the same request gives the first answer;
    with another request it is rejected. The answers are the gateway's present state, never what was asked for.
    """

    @property
    def capabilities(self) -> Capabilities:
        """Say what this gateway can do."""

    def fetch_account(self) -> GatewayAccount:
        """Return the account of the credential: the test of a connection."""

    def charge(self, request: ChargeRequest) -> GatewayPayment:
        """Charge a saved method once per key."""

    def fetch_payment(self, payment_id: str) -> GatewayPayment:
        """Return a payment as it stands now."""

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back once per key, never more than was received."""

    def fetch_refund(self, refund_id: str) -> GatewayRefund:
        """Return a refund as it stands now."""

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> GatewayEvent:
        """Verify a webhook's raw body and read it; `WebhookRefused` whatever else it is."""
