"""Refunds of payments, and how much of a payment can still be given back. Called by pages and the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from accounts.errors import WalletNotFound
from accounts.selectors.balances import wallet_of
from accounts.selectors.bonus import bonus_left
from billing_platform.kernel.money import Money
from payments.enums import AttemptState, RefundState
from payments.models import Refund

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from payments.types import PaymentView


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as pages show it.

    Attributes:
        attempt_id: the payment's number.
        asked_by: number of the user, None for one that was made in the gateway's dashboard.
    """

    public_id: str
    attempt_id: int
    amount: Money
    state: str
    created_at: datetime
    reason: str
    failure_code: str
    external_id: str
    asked_by: int | None


@dataclass(frozen=True, slots=True)
class Refundable:
    """What can be given back of a payment.

    Attributes:
        left: what was paid, less what was given back or is on its way.
        available: what the wallet can pay of it without debt, bonus credit left out.
    """

    left: Money
    available: Money

    @property
    def most(self) -> Money:
        """Return the most that a refund may be now."""
        return min(self.left, self.available, key=lambda one: one.amount_minor)


def refunds_of(provider_id: int, attempt_ids: Iterable[int]) -> list[RefundView]:
    """Return the refunds of payments, oldest first, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_ids: the payments' numbers.
    """
    rows = Refund.objects.filter(provider_id=provider_id, attempt_id__in=list(attempt_ids))
    return [
        RefundView(
            public_id=row.public_id,
            attempt_id=row.attempt_id,
            amount=Money(row.amount_minor, row.currency),
            state=row.state,
            created_at=row.created_at,
            reason=row.reason,
            failure_code=row.failure_code,
            external_id=row.external_id,
            asked_by=row.asked_by,
        )
        for row in rows.order_by("pk")
    ]


def given_back(provider_id: int, attempt_id: int) -> int:
    """Return what of a payment was given back or is on its way, minor units.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's number.
    """
    rows = Refund.objects.filter(provider_id=provider_id, attempt_id=attempt_id)
    rows = rows.exclude(state=RefundState.FAILED)
    return int(rows.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def refundable(row: PaymentView, provider_id: int) -> Refundable | None:
    """Return what can be given back of a payment, None when nothing ever came; by three queries.

    Args:
        row: the payment.
        provider_id: whose; its scope is open.
    """
    if row.state != AttemptState.SUCCEEDED or row.received is None:
        return None
    currency = row.received.currency
    left = row.received.amount_minor - given_back(provider_id, row.id)
    try:
        available = wallet_of(provider_id, row.tenant_id, currency).available
    except WalletNotFound:
        available = 0
    free = available - bonus_left(provider_id, row.tenant_id, currency)
    return Refundable(Money(max(left, 0), currency), Money(max(free, 0), currency))
