"""Decide, under locks, that a wallet is recharged now, and write it down before anybody is asked for money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from accounts.selectors.balances import wallet_of
from accounts.services.wallets import lock_wallets
from billing_platform.kernel.money import Money
from payments.enums import AttemptState, Hindrance, RechargeState
from payments.models import Attempt, Breaker, Connection, Recharge, RechargeRule
from payments.selectors.breakers import charging_of, method_mark
from payments.selectors.quotes import quote_topup
from payments.selectors.recharge_limits import charged_by, pending_minor
from payments.services.recharge_amounts import Limits, Rates, amount_to_buy
from payments.services.transactions import own_transaction
from tenants.enums import TenantStatus
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Method
    from payments.selectors.quotes import Quote
    from tenants.types import TenantView

# A call to a gateway with all its retries is over by then.
LEASE: Final = timedelta(minutes=10)
_DECIDES_LATER: Final = (AttemptState.PENDING, AttemptState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Claim:
    """A recharge that whoever holds this charges.

    Attributes:
        way: public id of the connection.
        method_id: the gateway's id of the method.
    """

    recharge_id: int
    public_id: str
    tenant: TenantView
    way: str
    method_id: str
    amount: Money


def claim_recharge(*, provider_id: int, rule_id: int, now: datetime) -> Claim | Hindrance:
    """Claim the next recharge of a rule, if it is due and nothing forbids it.

    Args:
        provider_id: whose; no transaction is open.
        rule_id: which rule.
        now: the present moment.

    Returns:
        What to charge, or why nothing is charged.

    Idempotency: a rule has one open recharge. One that was claimed and never charged is claimed again as it would be
        now, under the same key; of two processes that charge it the gateway hears one.
    """
    with own_transaction(provider_id):
        rule = RechargeRule.objects.filter(provider_id=provider_id, pk=rule_id).get()
        breaker = locked_breaker(provider_id, rule.tenant_id)
        rule.refresh_from_db()
        tenant = tenant_by_id(provider_id, rule.tenant_id)
        if not rule.is_on or tenant.status == TenantStatus.CLOSED:
            return Hindrance.OFF
        charging = charging_of(provider_id, rule.tenant_id, now=now)
        if charging.method is None or charging.hindrance != Hindrance.NONE:
            return charging.hindrance
        if charging.breaker is None and breaker.declined_at is not None:
            arm(breaker)
        row = _open_row(rule)
        if _is_underway(rule, row, now):
            return Hindrance.UNDERWAY
        amount, why = _amount(rule, tenant, now)
        if not amount:
            return why
        row = _written(rule, row, charging.method, amount, now)
        ways = Connection.objects.filter(provider_id=provider_id, pk=row.connection_id)
        return Claim(
            recharge_id=row.pk,
            public_id=row.public_id,
            tenant=tenant,
            way=ways.get().public_id,
            method_id=charging.method.method_id,
            amount=Money(amount, rule.currency),
        )


def locked_breaker(provider_id: int, tenant_id: int) -> Breaker:
    """Return a tenant's breaker, locked: claims and outcomes of all its rules wait for each other here.

    Args:
        provider_id: whose; its scope and a transaction are open.
        tenant_id: whose breaker; made when there is none.
    """
    keys = {"provider_id": provider_id, "tenant_id": tenant_id}
    Breaker.objects.bulk_create([Breaker(**keys)], ignore_conflicts=True)
    return Breaker.objects.select_for_update(no_key=True).get(**keys)


def request_key_of(recharge: str) -> str:
    """Return the key under which a recharge opens its payment, once per tenant for ever.

    Args:
        recharge: its public id.
    """
    return f"recharge:{recharge}"


def arm(breaker: Breaker) -> None:
    """Forget the declines of a breaker.

    Args:
        breaker: locked in an open transaction.
    """
    fresh = Breaker(pk=breaker.pk, provider_id=breaker.provider_id, tenant_id=breaker.tenant_id)
    fresh.save(force_update=True)


def _open_row(rule: RechargeRule) -> Recharge | None:
    rows = Recharge.objects.filter(provider_id=rule.provider_id, rule_id=rule.pk)
    return rows.exclude(state=RechargeState.DONE).first()


def _is_underway(rule: RechargeRule, row: Recharge | None, now: datetime) -> bool:
    if row is not None and (row.state == RechargeState.CHARGING or row.claimed_until > now):
        return True
    own = {"provider_id": rule.provider_id, "tenant_id": rule.tenant_id}
    if row is not None:
        key = request_key_of(row.public_id)
        if Attempt.objects.filter(**own, request_key=key).exists():
            return True
    # Of a tenant's rules one at a time asks its method, so that their declines are counted one after the other; what a
    # bank decides on in days holds only its own wallet up.
    others = Recharge.objects.filter(**own).exclude(state=RechargeState.DONE)
    others = others.exclude(rule_id=rule.pk)
    if others.filter(state=RechargeState.CLAIMED, claimed_until__gt=now).exists():
        return True
    charging = others.filter(state=RechargeState.CHARGING).values("attempt_id")
    asked = Attempt.objects.filter(**own, pk__in=charging)
    return asked.exclude(state__in=_DECIDES_LATER).exists()


def _amount(rule: RechargeRule, tenant: TenantView, now: datetime) -> tuple[int, Hindrance]:
    # Under the wallet's lock no payment settles between the two numbers.
    lock_wallets(provider_id=rule.provider_id, wallet_ids=[rule.wallet_id])
    available = wallet_of(rule.provider_id, rule.tenant_id, rule.currency).available
    pending = pending_minor(rule.provider_id, rule.tenant_id, rule.currency, now=now)
    charged = charged_by(rule, tenant.time_zone, now=now)
    quote = _quote(rule, rule.amount_minor, now)
    least, most = quote.limits.least, quote.limits.most
    limits = Limits(
        least=least.amount_minor if least else None,
        most=most.amount_minor if most else None,
        day=_left(rule.daily_cap_minor, charged.day),
        month=_left(rule.monthly_cap_minor, charged.month),
    )
    amount, why = amount_to_buy(
        rule, expected=available + pending, limits=limits, rates=Rates.of(quote)
    )
    caps = [cap for cap in (limits.day, limits.month) if cap is not None]
    if amount and caps:
        amount -= max(0, _quote(rule, amount, now).total.amount_minor - min(caps))
    return amount, why


def _quote(rule: RechargeRule, amount_minor: int, now: datetime) -> Quote:
    return quote_topup(
        provider_id=rule.provider_id,
        tenant_id=rule.tenant_id,
        amount=Money(amount_minor, rule.currency),
        now=now,
    )


def _left(cap: int | None, charged: int) -> int | None:
    return None if cap is None else max(0, cap - charged)


def _written(
    rule: RechargeRule, row: Recharge | None, method: Method, amount: int, now: datetime
) -> Recharge:
    if row is None:
        row = Recharge(
            provider_id=rule.provider_id,
            tenant_id=rule.tenant_id,
            rule_id=rule.pk,
            number=rule.next_number,
            currency=rule.currency,
            created_at=now,
        )
        rule.next_number += 1
        rule.save(update_fields=["next_number"])
    row.amount_minor, row.connection_id = amount, method.connection_id
    row.method_mark, row.claimed_until, row.code = method_mark(method), now + LEASE, ""
    row.save()
    return row
