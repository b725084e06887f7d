"""A customer's rules of auto-recharge: saved, switched on and off; each needs auto-pay, which saving one agrees to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.services.wallets import open_wallet
from payments.enums import MethodState, RechargeMode
from payments.errors import NoDefaultMethod
from payments.errors_recharges import CapTooLow, RechargeNotFound, RechargeTermsRefused
from payments.models import Method, RechargeRule
from payments.services.auto_pay import lock_methods, put_auto_pay
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.recharge_types import RechargeTerms


def save_recharge_rule(
    *, provider_id: int, tenant_id: int, terms: RechargeTerms, link_url: str, now: datetime
) -> None:
    """Save the rule of a wallet and switch it on, and auto-pay with it: whoever saves it agrees to be charged.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose wallet; opened when there is none.
        terms: when and how much.
        link_url: an address of ours where a recharge is paid by hand; its signed token is put for `{token}`,
            its public id for `{recharge}`.
        now: the present moment.

    Raises:
        NoDefaultMethod: there is no method to charge.
        RechargeTermsRefused: the target is not above the threshold.
        CapTooLow: a cap is below what is charged at a time.

    Idempotency: the same rule again changes nothing. It arms no breaker: only a payment or another method does.
    """
    _check(terms)
    with own_transaction(provider_id):
        lock_methods(provider_id, tenant_id)
        own = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
        if not own.filter(is_default=True, state=MethodState.ACTIVE).exists():
            raise NoDefaultMethod
        wallet = open_wallet(
            provider_id=provider_id, tenant_id=tenant_id, currency=terms.currency, now=now
        )
        RechargeRule.objects.update_or_create(
            provider_id=provider_id,
            tenant_id=tenant_id,
            currency=terms.currency,
            defaults={
                "wallet_id": wallet.id,
                "is_on": True,
                "threshold_minor": terms.threshold_minor,
                "mode": terms.mode,
                "amount_minor": terms.amount_minor,
                "daily_cap_minor": terms.daily_cap_minor,
                "monthly_cap_minor": terms.monthly_cap_minor,
                "link_url": link_url,
                "changed_at": now,
            },
        )
        put_auto_pay(provider_id, tenant_id, is_on=True, now=now)


def switch_recharge_rule_off(
    *, provider_id: int, tenant_id: int, currency: str, now: datetime
) -> None:
    """Switch the rule of a wallet off; auto-pay stays as it is, since it may pay for other things.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose wallet.
        currency: of the wallet.
        now: the present moment.

    Raises:
        RechargeNotFound: there is no rule.

    Idempotency: what is off stays off.
    """
    with own_transaction(provider_id):
        rows = RechargeRule.objects.filter(
            provider_id=provider_id, tenant_id=tenant_id, currency=currency
        )
        if not rows.exists():
            raise RechargeNotFound
        rows.filter(is_on=True).update(is_on=False, changed_at=now)


def _check(terms: RechargeTerms) -> None:
    is_target = terms.mode == RechargeMode.TARGET
    if is_target and terms.amount_minor <= terms.threshold_minor:
        raise RechargeTermsRefused
    smallest = terms.amount_minor - (terms.threshold_minor if is_target else 0)
    caps = (terms.daily_cap_minor, terms.monthly_cap_minor)
    if any(cap is not None and cap < smallest for cap in caps):
        raise CapTooLow
