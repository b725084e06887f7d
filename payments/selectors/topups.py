"""Top-ups as pages and documents read them, and what an amount that came in for one is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Sum

from billing_platform.kernel.money import Money
from payments.enums_bank import CreditEnd
from payments.errors_topups import TopupNotFound
from payments.models import BankCredit, BankReturn, Topup
from tax.selectors.frozen import FrozenTax

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupView:
    """A top-up: what was agreed, and what came of it.

    Attributes:
        amount, discount, bonus, tax, total, tax_point, includes_tax, taxes: as `Quote`, frozen when it was opened.
        code: of the promotion, or "".
        attempt_id: number of the payment through a gateway, None for a bank transfer.
        opened_by: number of the user, None for a job.
        state: of TopupState.
        received: what came in for it so far.
    """

    id: int
    public_id: str
    provider_id: int
    tenant_id: int
    amount: Money
    discount: Money
    bonus: Money
    tax: Money
    total: Money
    tax_point: str
    includes_tax: bool
    taxes: FrozenTax | None
    code: str
    attempt_id: int | None
    opened_by: int | None
    created_at: datetime
    state: str
    received: Money

    @classmethod
    def of(cls, row: Topup) -> Self:
        """Return the view of a row."""

        def money(minor: int) -> Money:
            return Money(minor, row.currency)

        return cls(
            id=row.pk,
            public_id=row.public_id,
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            amount=money(row.amount_minor),
            discount=money(row.discount_minor),
            bonus=money(row.bonus_minor),
            tax=money(row.tax_minor),
            total=money(row.total_minor),
            tax_point=row.tax_point,
            includes_tax=row.includes_tax,
            taxes=FrozenTax.of_json(row.taxes, row.currency) if row.taxes else None,
            code=row.code,
            attempt_id=row.attempt_id,
            opened_by=row.opened_by,
            created_at=row.created_at,
            state=row.state,
            received=money(row.received_minor),
        )

    def share_of(self, received: Money, *, earlier: int = 0) -> TopupShare:
        """Return what an amount that came in for it is made of.

        Args:
            received: above 0, in any currency; another amount than the total bears the same taxes, as an amount
                that contains them.
            earlier: what had come in before it, minor units; the discount belongs to what makes the total whole.
        """
        taxes = self.taxes
        if taxes is not None and received != self.total:
            taxes = taxes.of_gross(received)
        return TopupShare(
            received=received,
            net=taxes.base if taxes else received,
            taxes=taxes,
            discount=self._net_discount() if self._completes(received, earlier) else None,
        )

    def _completes(self, received: Money, earlier: int) -> bool:
        if received.currency != self.total.currency:
            return False
        return earlier < self.total.amount_minor <= earlier + received.amount_minor

    def _net_discount(self) -> Money | None:
        if not self.discount:
            return None
        if self.taxes is None or not self.includes_tax:
            return self.discount
        return self.taxes.of_gross(self.amount).base - self.taxes.base


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupShare:
    """What an amount that came in for a top-up is made of.

    Attributes:
        received: gross.
        net: what the wallet is credited with.
        taxes: None when the top-up is not taxed.
        discount: net, as a document shows it; None without one, when not all has come, and when all had come before.
    """

    received: Money
    net: Money
    taxes: FrozenTax | None
    discount: Money | None

    @property
    def tax(self) -> Money:
        """Return what of it is owed to the state."""
        return self.received - self.net


def topup_by_public_id(
    provider_id: int, public_id: str, *, tenant_id: int | None = None
) -> TopupView:
    """Return a top-up.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        public_id: which.
        tenant_id: only of this tenant.

    Raises:
        TopupNotFound: there is none.
    """
    rows: Any = Topup.objects.filter(provider_id=provider_id, public_id=public_id)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    row = rows.first()
    if row is None:
        raise TopupNotFound
    return TopupView.of(row)


def topup_of_attempt(provider_id: int, attempt_id: int) -> TopupView | None:
    """Return what a payment is for, None when it is a payment without a top-up.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_id: the payment's number.
    """
    row = Topup.objects.filter(provider_id=provider_id, attempt_id=attempt_id).first()
    return TopupView.of(row) if row else None


def transferred_before(topup: TopupView, posting_id: int) -> int:
    """Return what transfers had brought for a top-up before a posting, and not taken away by then, minor units.

    Whoever pays a top-up holds its lock, so that its postings are numbered in the order in which its money came.

    Args:
        topup: which; its provider's scope is open.
        posting_id: the posting that credited something else for it.
    """
    before = {"provider_id": topup.provider_id, "posting_id__lt": posting_id}
    came: Any = BankCredit.objects.filter(
        **before,
        tenant_id=topup.tenant_id,
        topup=topup.public_id,
        currency=topup.total.currency,
    )
    undone: Any = came.filter(end=CreditEnd.UNMATCHED, end_posting_id__lt=posting_id)
    returned: Any = BankReturn.objects.filter(**before, credit_id__in=came.values("pk"))
    return _sum(came) - _sum(undone) - _sum(returned)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)
