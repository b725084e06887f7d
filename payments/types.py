"""Frozen values that cross the border of payments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, kw_only=True)
class ConnectionView:
    """A connection as pages show it; no secret is in it.

    Attributes:
        hints: of each credential: a public value whole, a secret's last four characters.
        webhook_token: the opaque part of its webhooks' address; empty for customers.
        secret_hint: the last four characters of the webhooks' secret, or "".
        secret_mark: stands for that secret and tells nothing of it, or "".
        previous_until: until when the secret before it counts too, or None.
    """

    id: int
    public_id: str
    gateway: str
    label: str
    position: int
    is_live: bool
    account_id: str
    state: str
    state_at: datetime
    state_note: str
    hints: Mapping[str, str] = field(default_factory=dict)
    webhook_token: str = ""
    webhook_id: str = ""
    webhook_url: str = ""
    secret_hint: str = ""
    secret_mark: str = ""
    previous_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PaymentView:
    """A payment as pages show it.

    Attributes:
        connection: the label of the way to pay.
        received: what the gateway has taken, None until it said so.
        problem: of Problem; why it waits in quarantine, or waited before somebody accepted it.
        checkout_url: where the customer pays while the page is open, else "".
        paid_kind, paid_brand, paid_last4, paid_name: what it is paid with, empty while nobody has said it.
        given_up_by: number of the user who took it for not made, or None.
        warned_at: when its gateway warned that it may be fraud, or None.
        fee: what the gateway kept of it, in the currency that came or another one; None where it told none.
        given_back_minor: what of it has gone back, in the currency that came; what is on its way is not counted.
    """

    id: int
    public_id: str
    tenant_id: int
    connection_id: int
    connection: str
    gateway: str
    kind: str
    amount: Money
    state: str
    state_at: datetime
    description: str
    reference: str
    created_at: datetime
    failure_code: str
    received: Money | None
    problem: str
    external_id: str
    checkout_url: str
    posting_id: int | None
    settled_at: datetime | None
    opened_by: int | None
    accepted_by: int | None
    next_poll_at: datetime | None
    polls: int
    paid_kind: str = ""
    paid_brand: str = ""
    paid_last4: str = ""
    paid_name: str = ""
    given_back_minor: int = 0
    fee: Money | None = None
    given_up_by: int | None = None
    warned_at: datetime | None = None

    @property
    def net(self) -> Money | None:
        """Return what came less the gateway's fee, None while that is not known, or is in another currency."""
        if self.received is None or self.fee is None:
            return None
        is_one = self.received.currency == self.fee.currency
        return self.received - self.fee if is_one else None

    @property
    def unchanged_since(self) -> datetime | None:
        """Return since when it stands as it does; None once money went back, of which its refunds tell."""
        return None if self.given_back_minor else self.state_at

    @property
    def is_partly_refunded(self) -> bool:
        """Return whether some of it went back, and not all."""
        return bool(self.given_back_minor) and not self.is_refunded

    @property
    def is_refunded(self) -> bool:
        """Return whether all that came went back."""
        came = self.received.amount_minor if self.received else 0
        return 0 < came <= self.given_back_minor


@dataclass(frozen=True, kw_only=True)
class PaymentTerms:
    """A payment that somebody wants to make.

    Attributes:
        connection: the public id of the way to pay.
        amount: above 0.
        description: what the gateway's page says is paid, at most 200 characters.
        request_key: of the form or job, at most 100 characters: it opens one payment.
        return_url: an address of ours; the payment's public id is put for `{payment}`.
        reference: what it is for, opaque here, at most 64 characters.
        opened_by: number of the user, None for a job.
    """

    connection: str
    amount: Money
    description: str
    request_key: str
    return_url: str
    reference: str = ""
    opened_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class TopupTerms:
    """A top-up that somebody wants to pay through a gateway.

    Attributes:
        amount: the credit that is bought, above 0.
        connection, request_key, return_url: as `PaymentTerms`.
        code: of a promotion, or "".
        opened_by: number of the user, None for a job.
        agreed: the total that the person has seen, None for a job that agrees to any.
    """

    amount: Money
    connection: str
    request_key: str
    return_url: str = ""
    code: str = ""
    opened_by: int | None = None
    agreed: Money | None = None


@dataclass(frozen=True, kw_only=True)
class RefundTerms:
    """What of a payment goes back, and where.

    Attributes:
        amount: above 0, in the currency that was received.
        destination: of RefundDestination.
        overdraws: more than what is unused may go to the card; the balance falls below zero for it.
    """

    amount: Money
    destination: str
    overdraws: bool = False


@dataclass(frozen=True, kw_only=True)
class RefundRequestView:
    """A request for a refund as pages show it; users by their numbers.

    Attributes:
        attempt_id: the payment's number.
        by_staff: asked by the provider's people, since it needs a second person.
        destination, granted, overdraws: what was decided, or is proposed to a second person.
        proposed_by: who proposed it to a second person, or None.
        answer: why it was rejected.
        refund_id: number of the refund that came of it, or None.
    """

    id: int
    public_id: str
    tenant_id: int
    attempt_id: int
    amount: Money
    reason: str
    by_staff: bool
    asked_by: int
    asked_at: datetime
    state: str
    destination: str
    granted: Money | None
    overdraws: bool
    proposed_by: int | None
    decided_by: int | None
    decided_at: datetime | None
    answer: str
    refund_id: int | None


@dataclass(frozen=True, kw_only=True)
class PayerDetails:
    """What a gateway is told of a tenant.

    Attributes:
        reference: the tenant's public id.
    """

    name: str
    email: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class EventView:
    """A gateway's event as the timeline shows it; the body stays where it is."""

    id: int
    event_id: str
    kind: str
    state: str
    created_at: datetime
    received_at: datetime
    done_at: datetime | None
    tries: int
    error: str


@dataclass(frozen=True, kw_only=True)
class SetupTerms:
    """A method that a customer wants to save.

    Attributes:
        connection: the public id of the way to pay.
        currency: ISO code of later charges.
        request_key: of the form, at most 100 characters: it opens one page.
        return_url: an address of ours; the setup's public id is put for `{setup}`.
    """

    connection: str
    currency: str
    request_key: str
    return_url: str


@dataclass(frozen=True, kw_only=True)
class SetupView:
    """A page on which a method is saved.

    Attributes:
        checkout_url: where the customer goes while it is open, else "".
        failure_code: why the last try saved nothing, or "".
    """

    id: int
    public_id: str
    state: str
    checkout_url: str
    failure_code: str = ""


@dataclass(frozen=True, kw_only=True)
class MethodView:
    """A saved method as pages show it.

    Attributes:
        connection, way: the label and the public id of the way to pay.
        expires: last month of validity as (year, month), or None.
        payer: the e-mail address of an agreement's payer, or "".
        number: what the payer knows an agreement by, or "".
        is_frozen: a payment by it is disputed, so that it is not charged.
    """

    public_id: str
    connection: str
    way: str
    kind: str
    brand: str
    last4: str
    expires: tuple[int, int] | None
    holder: str
    bank_name: str
    payer: str
    number: str
    is_default: bool
    is_frozen: bool
    state: str
    created_at: datetime
