"""Refunds of payments, and how much of a payment can still be given back. Called by pages and the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, Sum

from accounts.errors import WalletNotFound
from accounts.selectors.balances import wallet_of
from accounts.selectors.bonus import bonus_left
from billing_platform.kernel.money import Money
from payments.enums import NEVER_MADE, AttemptState, RefundDestination, RefundState
from payments.models import Refund
from payments.selectors.tax_returns import tax_return_of
from payments.selectors.topups import topup_of_attempt
from promotions.selectors.bonuses import bonus_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.types import WalletView
    from payments.selectors.tax_returns import TaxReturn
    from payments.types import PaymentView, RefundTerms
    from promotions.selectors.bonuses import BonusView


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as pages show it.

    Attributes:
        attempt_id: the payment's number.
        destination: of RefundDestination.
        asked_by: number of the user, None for one that was made in the gateway's dashboard.
        posting_id: what it took from the wallet, or None.
        credit_id: what it credited to the wallet, to the balance only.
        given_up_by: number of the user who took it for not made, or None.
    """

    public_id: str
    attempt_id: int
    destination: str
    amount: Money
    state: str
    created_at: datetime
    reason: str
    failure_code: str
    external_id: str
    asked_by: int | None
    posting_id: int | None
    credit_id: int | None
    given_up_by: int | None

    @property
    def is_unanswered(self) -> bool:
        """Return whether nobody knows what became of it at the gateway."""
        return not self.external_id and self.state in (RefundState.CREATED, RefundState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Refundable:
    """What can be given back of a payment.

    Attributes:
        paid: what came.
        left: what was paid, less what was given back or is on its way.
        available: what the wallet can pay of it without debt, bonus credit left out.
        bonus: bonus credit in the wallet, which is used and never paid out.
        wallet: the wallet that it was paid into, None when there is none.
        over: what was given back beyond what was paid, by the gateway's dashboard.
        promotion: what a code gave with it, None without one.
        cost: what the top-up cost whose code that was.
        taxed: its tax, None without one.
    """

    paid: Money
    left: Money
    available: Money
    bonus: Money
    wallet: WalletView | None
    over: Money
    promotion: BonusView | None = None
    cost: Money | None = None
    taxed: TaxReturn | None = None

    @property
    def most(self) -> Money:
        """Return the most that a refund to where it came from may be now: what is left of it and unused."""
        return min(self.left, self.available, key=lambda one: one.amount_minor)

    @property
    def used(self) -> Money:
        """Return what is left of the payment and was used up."""
        return self.left - self.most

    def effect_of(self, terms: RefundTerms) -> RefundEffect:
        """Return what a refund would do; the service decides again under its lock.

        Args:
            terms: how much, and where; in the payment's currency.
        """
        amount, zero = terms.amount, Money(0, terms.amount.currency)
        unused = min(amount, self.most, key=lambda one: one.amount_minor)
        is_credit = terms.destination == RefundDestination.BALANCE
        tax = zero if is_credit else self._tax_of(amount)
        leaves = unused if is_credit else amount - tax
        comes = amount if is_credit else zero
        before = Money(self.wallet.available if self.wallet else 0, amount.currency)
        bonus = zero if is_credit else self._bonus_taken(amount)
        after = before + comes - leaves - bonus
        return RefundEffect(
            terms=terms,
            leaves=leaves,
            comes=comes,
            used=amount - unused,
            bonus=bonus,
            tax=tax,
            before=before,
            after=after,
            suspends=self._suspends(before, after),
        )

    def _tax_of(self, amount: Money) -> Money:
        if self.taxed is None or amount.amount_minor <= 0:
            return Money.zero(amount.currency)
        return Money(sum(self.taxed.parts_of(amount.amount_minor)), amount.currency)

    def _bonus_taken(self, amount: Money) -> Money:
        if self.promotion is None or self.cost is None:
            return Money.zero(amount.currency)
        return self.promotion.taken_by(amount, paid=self.cost)

    def _suspends(self, before: Money, after: Money) -> bool:
        row = self.wallet
        if row is None or not (row.suspend_on and row.is_charged) or row.suspended_at:
            return False
        return after.amount_minor <= row.suspend_limit < before.amount_minor


@dataclass(frozen=True, slots=True)
class RefundEffect:
    """What a refund would do to the balance.

    Attributes:
        leaves: what is taken from the balance.
        comes: what is credited to it.
        used: the part of the refund that the client has used up: the balance falls by it below what is covered, or
            the provider gives it.
        bonus: what is taken back of the bonus that a code gave with the payment.
        tax: what of it is tax, which is not taken from the balance.
        before, after: what is available.
        suspends: the client would be at its limit and may be suspended.
    """

    terms: RefundTerms
    leaves: Money
    comes: Money
    used: Money
    bonus: Money
    tax: Money
    before: Money
    after: Money
    suspends: bool

    @property
    def is_uncovered(self) -> bool:
        """Return whether used credit would go back to the card without somebody having said so."""
        is_original = self.terms.destination == RefundDestination.ORIGINAL
        return is_original and bool(self.used) and not self.terms.overdraws


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
            destination=row.destination,
            amount=Money(row.amount_minor, row.currency),
            state=row.state,
            created_at=row.created_at,
            reason=row.reason,
            failure_code=row.failure_code,
            external_id=row.external_id,
            asked_by=row.asked_by,
            posting_id=row.posting_id,
            credit_id=row.credit_id,
            given_up_by=row.given_up_by,
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


def sent_back(provider_id: int, attempt_id: int) -> int:
    """Return what of a payment has left its gateway again, or is about to, minor units.

    Args:
        provider_id: whose; its scope is open.
        attempt_id: the payment's number.
    """
    rows = Refund.objects.filter(provider_id=provider_id, attempt_id=attempt_id)
    left = rows.filter(destination=RefundDestination.ORIGINAL).exclude(state=RefundState.FAILED)
    return int(left.aggregate(sum=Sum("amount_minor", default=0))["sum"])


def returned_refunds() -> QuerySet[Refund]:
    """Return refunds that came back from their gateway, or never reached it, and after which nothing went back yet."""
    later = Refund.objects.filter(
        provider_id=OuterRef("provider_id"),
        attempt_id=OuterRef("attempt_id"),
        created_at__gt=OuterRef("state_at"),
    ).exclude(state=RefundState.FAILED)
    # What its gateway refuses at once has no id there; who asked has read why.
    came_back = ~Q(external_id="") | Q(failure_code=NEVER_MADE)
    return Refund.objects.filter(~Exists(later), came_back, state=RefundState.FAILED)


def count_returned_refunds(provider_id: int, *, since: datetime) -> int:
    """Return of how many payments a refund came back since a moment, and waits for another way.

    Args:
        provider_id: whose; its scope is open.
        since: the moment.
    """
    rows = returned_refunds().filter(provider_id=provider_id, state_at__gte=since)
    return rows.values("attempt_id").distinct().count()


def refundable(row: PaymentView, provider_id: int) -> Refundable | None:
    """Return what can be given back of a payment, None when nothing ever came; by a fixed number of queries.

    Args:
        row: the payment.
        provider_id: whose; its scope is open.
    """
    if row.state != AttemptState.SUCCEEDED or row.received is None:
        return None
    currency = row.received.currency
    left = row.received.amount_minor - given_back(provider_id, row.id)
    try:
        wallet = wallet_of(provider_id, row.tenant_id, currency)
    except WalletNotFound:
        wallet = None
    bonus = bonus_left(provider_id, row.tenant_id, currency)
    free = max((wallet.available if wallet else 0) - bonus, 0)
    taxed = tax_return_of(provider_id, row.id, row.received)
    topup = topup_of_attempt(provider_id, row.id)
    return Refundable(
        paid=row.received,
        left=Money(max(left, 0), currency),
        available=Money(taxed.covered_by(free) if taxed else free, currency),
        bonus=Money(bonus, currency),
        wallet=wallet,
        over=Money(max(-left, 0), currency),
        promotion=bonus_of(provider_id, topup.public_id) if topup and topup.code else None,
        cost=topup.total if topup else None,
        taxed=taxed,
    )
