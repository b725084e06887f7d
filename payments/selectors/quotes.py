"""What a top-up would cost: credit, discount, bonus, tax and total. Called by pages, the command and the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import TaxPoint, TopupBar
from payments.selectors.topup_limits import topup_currencies, topup_limits
from promotions.selectors.offers import offer_for
from tax.selectors.calculation import tax_for
from tax.selectors.frozen import frozen
from tax.types import TaxableLine
from tenants.enums import TenantStatus
from tenants.registry_tax import TAX_POINT, TAX_PRICES_INCLUSIVE
from tenants.selectors.providers import provider_day
from tenants.selectors.settings import get_settings
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.topup_limits import TopupLimits
    from promotions.types import Offer
    from tax.selectors.frozen import FrozenTax
    from tax.types import TaxLine
    from tenants.types import TenantView

# The most of any payment, minor units.
AMOUNT_MINOR_LIMIT: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a top-up gives and costs at a moment.

    Attributes:
        amount: the credit that is bought; with prices that include tax, before its tax is taken out.
        discount: not paid, and credited all the same.
        bonus: granted besides, until `bonus_expires_at`.
        tax: contained in `total`.
        total: what is paid.
        tax_point: of TaxPoint.
        includes_tax: prices include tax.
        taxes: how it is taxed, None when it is not taxed now.
        limits: of one top-up, the provider's and the customer's own.
        blocked_by: stable word of why this tenant may not make it, or None.
        blocked_words: the same as a sentence, or "".
        blocked_about: what is to be changed: `amount`, `currency` or `code`; "" when nothing helps.
    """

    amount: Money
    discount: Money
    bonus: Money
    bonus_expires_at: datetime | None
    tax: Money
    total: Money
    tax_point: str
    includes_tax: bool
    taxes: FrozenTax | None
    limits: TopupLimits
    blocked_by: str | None
    blocked_words: str
    blocked_about: str

    @property
    def credit(self) -> Money:
        """Return what the balance rises by, bonus left out."""
        return self.total - self.tax + self.discount

    @property
    def tax_lines(self) -> tuple[TaxLine, ...]:
        """Return its taxes."""
        return self.taxes.taxes if self.taxes else ()


@dataclass(frozen=True, slots=True)
class _Bar:
    """Why not."""

    code: str
    words: str
    about: str = ""

    @classmethod
    def of(cls, bar: TopupBar, about: str = "amount") -> _Bar:
        return cls(bar.value, str(bar.label), about)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a quote is made from."""

    tenant: TenantView
    amount: Money
    offer: Offer | None
    limits: TopupLimits


def quote_topup(
    *, provider_id: int, tenant_id: int, amount: Money, code: str = "", now: datetime
) -> Quote:
    """Say what a top-up would cost; nothing is written and nobody outside is asked.

    Args:
        provider_id: who sells; no scope of another provider is open.
        tenant_id: who buys.
        amount: the credit that is wanted.
        code: of a promotion, or "".
        now: the present moment.

    Returns:
        The quote; one that is blocked has the figures without the promotion, as far as they can be told.

    Raises:
        TenantNotFoundError: the provider has no such tenant.

    Source: docs/decisions/0021-tax-point-and-rounding.md, docs/decisions/0022-the-money-of-a-top-up.md.
    """
    # A customer's scope sees neither rates nor campaigns.
    with provider_scope(provider_id):
        tenant = tenant_by_id(provider_id, tenant_id)
        limits = topup_limits(provider_id, tenant_id, amount.currency)
        bar = _bar(tenant, amount, limits)
        offer: Offer | None = None
        if code.strip() and bar is None:
            try:
                offer = offer_for(
                    provider_id=provider_id,
                    tenant_id=tenant_id,
                    amount=amount,
                    code=code.strip(),
                    now=now,
                )
            except DomainError as error:
                bar = _Bar(error.code, error.message, "code")
        return _quote(_Found(tenant, amount, offer, limits), bar, now)


def _bar(tenant: TenantView, amount: Money, limits: TopupLimits) -> _Bar | None:
    if tenant.status == TenantStatus.CLOSED:
        return _Bar.of(TopupBar.TENANT_CLOSED, "")
    if not 0 < amount.amount_minor <= AMOUNT_MINOR_LIMIT:
        return _Bar.of(TopupBar.AMOUNT)
    if amount.currency not in topup_currencies(tenant):
        return _Bar.of(TopupBar.CURRENCY, "currency")
    broken = limits.bar(amount)
    return _Bar.of(broken) if broken else None


def _quote(found: _Found, bar: _Bar | None, now: datetime) -> Quote:
    tenant, amount, offer = found.tenant, found.amount, found.offer
    point, includes_tax = get_settings(tenant.provider_id, TAX_POINT, TAX_PRICES_INCLUSIVE)
    zero = Money.zero(amount.currency)
    discount = offer.discount if offer else zero
    payable = amount - discount
    if bar is None and payable.amount_minor <= 0:
        bar = _Bar.of(TopupBar.FREE)
    taxes: FrozenTax | None = None
    if point == TaxPoint.TOP_UP and payable.amount_minor > 0:
        try:
            taxes = _taxes(tenant, payable, includes_tax=includes_tax, now=now)
        except DomainError as error:
            bar = bar or _Bar(error.code, error.message)
    return Quote(
        amount=amount,
        discount=discount,
        bonus=offer.bonus if offer else zero,
        bonus_expires_at=offer.bonus_expires_at if offer else None,
        tax=taxes.tax if taxes else zero,
        total=taxes.gross if taxes else payable,
        tax_point=point,
        includes_tax=includes_tax,
        taxes=taxes,
        limits=found.limits,
        blocked_by=bar.code if bar else None,
        blocked_words=bar.words if bar else "",
        blocked_about=bar.about if bar else "",
    )


def _taxes(tenant: TenantView, payable: Money, *, includes_tax: bool, now: datetime) -> FrozenTax:
    result = tax_for(
        provider_id=tenant.provider_id,
        tenant_id=tenant.id,
        lines=[TaxableLine(key="topup", amount=payable)],
        on=provider_day(tenant.provider_id, now),
        includes_tax=includes_tax,
    )
    return frozen(result, includes_tax=includes_tax)
