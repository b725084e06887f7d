"""A customer at a till who has a card saved and a rule that tops its balance up; time is what a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import time_machine

from accounts.services.credits import add_credit, adjust
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments import tasks
from payments.models import Attempt, Breaker, Method, Recharge, RechargeRule
from payments.recharge_types import RechargeTerms
from payments.selectors.recharges import RuleView, rules_of
from payments.services.methods import refresh_methods, set_default_method
from payments.services.polling import poll_due
from payments.services.recharge_rules import save_recharge_rule
from payments.services.recharging import recharge_due
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections import Counter

    from gateway_simulators.common.control import LogLine
    from tests.payments.till import Till

CHARGE = "/v1/payment_intents"
START = datetime(2026, 12, 1, 0, 4, tzinfo=UTC)
LINK = "http://nimbus.localhost/billing/auto-recharge/{recharge}/pay"
DEAD = "pm_card_visa_chargeDeclined"
POOR = "pm_card_visa_chargeDeclinedInsufficientFunds"
STOLEN = "pm_card_visa_chargeDeclinedStolenCard"
ASKS = "pm_card_authenticationRequired"


@dataclass
class Customer:
    """Acme with a rule: below 10.00, add 20.00."""

    till: Till
    postings: int = field(default=0)

    @property
    def ids(self) -> dict[str, int]:
        """Return provider and tenant."""
        return {"provider_id": self.till.provider_id, "tenant_id": self.till.tenant_id}

    def has_card(self, card: str = "pm_card_visa") -> Method:
        """Save a card and charge it from now on."""
        name = self.till.save_card(card)
        refresh_methods(**self.ids, now=now())
        with provider_scope(self.till.provider_id):
            row = Method.objects.get(method_id=name)
        set_default_method(**self.ids, public_id=row.public_id, now=now())
        return row

    def wants(self, **changes: Any) -> None:
        """Save a rule."""
        terms: dict[str, Any] = {
            "currency": "USD",
            "threshold_minor": 1000,
            "mode": "amount",
            "amount_minor": 2000,
        }
        save_recharge_rule(
            **self.ids, terms=RechargeTerms(**{**terms, **changes}), link_url=LINK, now=now()
        )

    def has(self, minor: int) -> None:
        """Bring the balance to an amount."""
        change = minor - self.till.balance()
        self.postings += 1
        if change:
            with provider_scope(self.till.provider_id):
                post = add_credit if change > 0 else adjust
                post(
                    **self.ids,
                    amount=Money(change, "USD"),
                    reason="test",
                    key=f"test-{self.postings}",
                    now=now(),
                )

    def scan(self, at: datetime | None = None) -> Counter[str]:
        """Scan once."""
        return recharge_due(provider_id=self.till.provider_id, now=at or now())

    def poll(self, **span: int) -> None:
        """Ask the gateways what is due by then."""
        poll_due(provider_id=self.till.provider_id, now=now() + timedelta(**span))

    def asked(self) -> list[LogLine]:
        """Return how often the gateway was asked for money, by its own log."""
        return [
            line for line in self.till.server.log if (line.method, line.path) == ("POST", CHARGE)
        ]

    def rule(self) -> RuleView:
        """Return the rule as the page shows it."""
        with provider_scope(self.till.provider_id):
            (rule,) = rules_of(**self.ids, zone="UTC", now=now())
        return rule

    def recharges(self) -> list[Recharge]:
        """Return the rows, oldest first."""
        with provider_scope(self.till.provider_id):
            return list(Recharge.objects.order_by("pk"))

    def payments(self) -> list[Attempt]:
        """Return the payments, oldest first."""
        with provider_scope(self.till.provider_id):
            return list(Attempt.objects.order_by("pk"))

    def tenant_public_id(self) -> str:
        """Return what the tenant is called in addresses; its provider's scope is open."""
        return tenant_by_id(self.till.provider_id, self.till.tenant_id).public_id

    def breaker(self) -> Breaker:
        """Return the breaker's row."""
        with provider_scope(self.till.provider_id):
            return Breaker.objects.get()

    def rule_row(self) -> RechargeRule:
        """Return the rule's row."""
        with provider_scope(self.till.provider_id):
            return RechargeRule.objects.get()


def through_tasks(monkeypatch: Any) -> None:
    """Let the scheduled task call the provider's task at once, as a worker would a moment later."""
    monkeypatch.setattr(tasks.recharge_provider, "delay", tasks.recharge_provider)


def at(moment: datetime) -> time_machine.travel:
    """Stop the time at a moment."""
    return time_machine.travel(moment, tick=False)
