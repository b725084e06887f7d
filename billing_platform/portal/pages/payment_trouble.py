"""What every page of a customer says while auto-recharge cannot charge: why, when it tries again, and what to do."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.kernel.scope import tenant_scope
from billing_platform.portal.recharge_words import standing_words
from payments.enums import Hindrance
from payments.errors_recharges import RechargeNotFound
from payments.selectors.recharges import recharge_to_pay, stopped_rules
from tenants.registry import SUSPENSION_ENABLED
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.selectors.recharges import RuleView
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class PaymentTrouble:
    """A payment that did not work, and what to do about it.

    Attributes:
        amount: what was to be charged, None where nothing was tried.
        words: why it did not work.
        again_at: when it is tried again, None where it is not.
        url, verb: of the one button.
        is_suspended_later: the provider suspends clients whose credit is used up.
    """

    currency: str
    amount: Money | None
    words: str
    again_at: datetime | None
    url: str
    verb: str
    is_suspended_later: bool
    zone: str


def payment_trouble(tenant: TenantView, *, now: datetime) -> PaymentTrouble | None:
    """Return the first trouble of a customer, by one query while it has no rule; None when there is none.

    Args:
        tenant: whose; no scope of another tenant is open.
        now: the present moment.
    """
    # Some pages are drawn after their own scope has ended.
    with tenant_scope(tenant.provider_id, tenant.id):
        rules = stopped_rules(tenant.provider_id, tenant.id, zone=tenant.time_zone, now=now)
        return trouble_of(tenant, rules[0]) if rules else None


def trouble_of(tenant: TenantView, rule: RuleView) -> PaymentTrouble:
    """Return the trouble of a rule that cannot charge, by at most six queries.

    Args:
        tenant: whose; its scope is open.
        rule: as it was read; where its need has ended since, no amount is told.
    """
    amount, url, verb = None, reverse("billing-methods"), _("Set up another payment method")
    if rule.waits_for_state:
        url, verb = reverse("company-tax-edit"), _("Enter your state")
    elif rule.recharge:
        # A retry that begins between the two readings answers for the need itself.
        with suppress(RechargeNotFound):
            amount = recharge_to_pay(tenant.provider_id, tenant.id, rule.recharge).amount
            url, verb = reverse("billing-recharge-pay", args=[rule.recharge]), _("Pay Now")
    return PaymentTrouble(
        currency=rule.currency,
        amount=amount,
        words=standing_words(rule),
        again_at=rule.until if rule.hindrance == Hindrance.WAITING else None,
        url=url,
        verb=verb,
        is_suspended_later=get_setting(tenant.provider_id, SUSPENSION_ENABLED),
        zone=tenant.time_zone,
    )
