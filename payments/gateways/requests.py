"""What is asked of a gateway; each request that writes carries the key under which it happens once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True)
class CustomerRequest:
    """A payer to make at the gateway.

    Attributes:
        key: one key is one customer.
        name: shown in the gateway's dashboard.
        email: where the gateway may send its own receipts.
        reference: our id of the tenant.
    """

    key: str
    name: str
    email: str
    reference: str


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A hosted page on which the customer pays.

    Attributes:
        key: the attempt's idempotency key; one key is one page.
        amount: more than zero, whole minor units of ISO 4217.
        customer_id: the gateway's id of the payer, or "" for a guest.
        description: what the page says is paid.
        reference: opaque to the gateway; comes back as `Checkout.reference` and `GatewayPayment.reference`.
        return_url: where the customer comes back to after paying.
        cancel_url: where the customer comes back to after giving up.
        saves_method: the customer agreed that the method is kept for later charges.
        brand: who is paid, as the page calls them, or "".
        language: in which the page speaks, as ISO 639 has it, or "" for what the gateway takes.
    """

    key: str
    amount: Money
    customer_id: str
    description: str
    reference: str
    return_url: str
    cancel_url: str
    saves_method: bool = False
    brand: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """A hosted page on which the customer saves a method without paying.

    Attributes:
        key: one key is one page.
        customer_id: the gateway's id of the payer.
        currency: ISO code of the later charges.
        reference: comes back as `Checkout.reference`.
        return_url: where the customer comes back to.
        cancel_url: where the customer comes back to after giving up.
        brand, language: as of `CheckoutRequest`.
    """

    key: str
    customer_id: str
    currency: str
    reference: str
    return_url: str
    cancel_url: str
    brand: str = ""
    language: str = ""


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
class LookUp:
    """A payment whose answer was lost and whose id is therefore not known.

    Attributes:
        reference: the attempt's reference.
        customer_id: the payer, or "".
        since: when the attempt was made, UTC.
    """

    reference: str
    customer_id: str
    since: datetime


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
