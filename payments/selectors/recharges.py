"""Rules of auto-recharge, how they stand, and what they charged. Called by pages and the scheduled task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.enums import Hindrance, RechargeState
from payments.models import Attempt, Recharge, RechargeRule
from payments.selectors.breakers import charging_of
from payments.selectors.recharge_limits import charged_by
from payments.selectors.recharge_needs import owed_recharges, recharge_of_need
from tax.errors import StateMissing

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.breakers import Charging
    from payments.selectors.recharge_limits import Charged

# Why nothing is charged until the customer does something about it.
STOPPED: Final = (Hindrance.NO_METHOD, Hindrance.PAUSED, Hindrance.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleView:
    """A rule and how it stands.

    Attributes:
        amount: what is added, or what shall be available afterwards.
        charged_day, charged_month: what it has charged in the tenant's running day and month.
        hindrance: why it does not charge just now, of Hindrance; `none` when it would.
        decline, code: of the last decline that still counts, or ""; the code of a refusal of ours where `refused`.
        until: when it tries again or a cap begins anew, None where that is not known.
        recharge: public id of the newest recharge when it was declined and may be paid by hand, or "".
    """

    currency: str
    is_on: bool
    threshold: Money
    mode: str
    amount: Money
    daily_cap: Money | None
    monthly_cap: Money | None
    charged_day: Money
    charged_month: Money
    hindrance: str
    decline: str
    code: str
    until: datetime | None
    recharge: str

    @property
    def waits_for_state(self) -> bool:
        """Return whether nothing is charged before the customer has said in which state of India it is."""
        return self.hindrance == Hindrance.REFUSED and self.code == StateMissing.code


@dataclass(frozen=True, slots=True, kw_only=True)
class RechargeView:
    """A recharge as pages show it.

    Attributes:
        state: of the payment that stands for it: the one by hand when there is one, else its own; "" before any.
        payment: public id of that payment, or "".
        decline: of DeclineClass, "" where nobody refused.
        is_by_hand: it was paid by the link.
    """

    public_id: str
    number: int
    amount: Money
    created_at: datetime
    state: str
    payment: str
    decline: str
    code: str
    paid_brand: str
    paid_last4: str
    is_by_hand: bool


def providers_with_rules() -> list[int]:
    """Return the providers whose customers have a rule that is on; the system's scope is open."""
    rows = RechargeRule.objects.filter(is_on=True)
    return sorted(rows.values_list("provider_id", flat=True).distinct())


def has_rules(provider_id: int) -> bool:
    """Return whether a customer of a provider has a rule that is on.

    Args:
        provider_id: whose; no scope needs to be open.
    """
    with provider_scope(provider_id):
        return RechargeRule.objects.filter(provider_id=provider_id, is_on=True).exists()


def rules_of(provider_id: int, tenant_id: int, *, zone: str, now: datetime) -> list[RuleView]:
    """Return a tenant's rules by currency, each with why it does not charge just now.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose rules.
        zone: the tenant's time zone, by which caps count.
        now: the present moment.
    """
    rows = RechargeRule.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    found = list(rows.order_by("currency"))
    if not found:
        return []
    charging = charging_of(provider_id, tenant_id, now=now)
    open_rules = Recharge.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    refused = open_rules.filter(state=RechargeState.CLAIMED).exclude(code="")
    held = {
        rule: (Hindrance.REFUSED, code) for rule, code in refused.values_list("rule_id", "code")
    }
    under_way = open_rules.filter(state=RechargeState.CHARGING)
    held.update(
        dict.fromkeys(under_way.values_list("rule_id", flat=True), (Hindrance.UNDERWAY, ""))
    )
    owed = owed_recharges(provider_id, tenant_id) if charging.breaker else {}
    return [
        _view(
            row,
            charged_by(row, zone, now=now),
            charging,
            owed.get(row.pk, ""),
            held.get(row.pk, (Hindrance.NONE, "")),
        )
        for row in found
    ]


def stopped_rules(provider_id: int, tenant_id: int, *, zone: str, now: datetime) -> list[RuleView]:
    """Return the rules that are on and charge nothing until the customer does something, by currency.

    While there is no such rule it takes one query, and while all of them charge one more than `charging_of`: what they
    have charged so far is not added up for it.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose rules.
        zone: the tenant's time zone, by which caps count.
        now: the present moment.
    """
    rows = RechargeRule.objects.filter(provider_id=provider_id, tenant_id=tenant_id, is_on=True)
    if not rows.exists():
        return []
    mine = Recharge.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    waits = mine.filter(state=RechargeState.CLAIMED, code=StateMissing.code)
    is_stopped = charging_of(provider_id, tenant_id, now=now).hindrance in STOPPED
    if not is_stopped and not waits.exists():
        return []
    rules = rules_of(provider_id, tenant_id, zone=zone, now=now)
    return [rule for rule in rules if rule.hindrance in STOPPED or rule.waits_for_state]


def has_rule(provider_id: int, tenant_id: int, currency: str) -> bool:
    """Return whether a tenant has a rule for a currency, on or off.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose rule.
        currency: of the balance.
    """
    rows = RechargeRule.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    return rows.filter(currency=currency).exists()


def recharges_of(provider_id: int, tenant_id: int, *, limit: int) -> list[RechargeView]:
    """Return a tenant's recharges, newest first, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose recharges.
        limit: at most so many.
    """
    rows = Recharge.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    found = list(rows.filter(attempt_id__isnull=False).order_by("-pk")[:limit])
    numbers = {row.attempt_id for row in found} | {row.link_attempt_id for row in found}
    paid = Attempt.objects.filter(provider_id=provider_id).in_bulk(numbers - {None})
    return [_recharge(row, paid) for row in found]


def recharge_to_pay(provider_id: int, tenant_id: int, public_id: str) -> RechargeView:
    """Return the recharge by which the need of a declined one may be paid by hand, or was.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose recharge.
        public_id: which.

    Raises:
        RechargeNotFound: as `recharge_of_need`.
    """
    row = recharge_of_need(provider_id, tenant_id, public_id)
    paid = Attempt.objects.filter(provider_id=provider_id)
    return _recharge(row, paid.in_bulk({row.attempt_id, row.link_attempt_id} - {None}))


def _view(
    row: RechargeRule,
    charged: Charged,
    charging: Charging,
    recharge: str,
    held: tuple[Hindrance, str],
) -> RuleView:
    breaker, (holds, code) = charging.breaker, held
    hindrance, until = charging.hindrance, breaker.retry_at if breaker else None
    if not row.is_on:
        hindrance, until = Hindrance.OFF, None
    elif hindrance == Hindrance.NONE and holds != Hindrance.NONE:
        hindrance = holds
    elif hindrance == Hindrance.NONE:
        hindrance, until = _capped(row, charged, until)
    return RuleView(
        currency=row.currency,
        is_on=row.is_on,
        threshold=Money(row.threshold_minor, row.currency),
        mode=row.mode,
        amount=Money(row.amount_minor, row.currency),
        daily_cap=_cap(row.daily_cap_minor, row.currency),
        monthly_cap=_cap(row.monthly_cap_minor, row.currency),
        charged_day=Money(charged.day, row.currency),
        charged_month=Money(charged.month, row.currency),
        hindrance=str(hindrance),
        decline=breaker.decline if breaker else "",
        code=code if hindrance == Hindrance.REFUSED else breaker.code if breaker else "",
        until=until,
        recharge=recharge,
    )


def _capped(
    row: RechargeRule, charged: Charged, until: datetime | None
) -> tuple[Hindrance, datetime | None]:
    if row.monthly_cap_minor is not None and charged.month >= row.monthly_cap_minor:
        return Hindrance.MONTHLY_CAP, charged.month_ends
    if row.daily_cap_minor is not None and charged.day >= row.daily_cap_minor:
        return Hindrance.DAILY_CAP, charged.day_ends
    return Hindrance.NONE, until


def _cap(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _recharge(row: Recharge, paid: dict[int, Attempt]) -> RechargeView:
    by_hand = paid.get(row.link_attempt_id or 0)
    shown = by_hand or paid.get(row.attempt_id or 0)
    own = paid.get(row.attempt_id or 0)
    return RechargeView(
        public_id=row.public_id,
        number=row.number,
        amount=Money(row.amount_minor, row.currency),
        created_at=row.created_at,
        state=shown.state if shown else "",
        payment=shown.public_id if shown else "",
        decline=row.decline,
        code=row.code,
        paid_brand=own.paid_brand if own else "",
        paid_last4=own.paid_last4 if own else "",
        is_by_hand=by_hand is not None,
    )
