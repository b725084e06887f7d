"""One payment, card, declined charge, request and dispute of a client, for the benchmark of pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.benchmarks.catalogue import CURRENCY
from billing_platform.benchmarks.cloning import insert_row
from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.money import Money
from payments.gateways.values import GatewayPayment, PaymentState
from payments.services.settlement import settle

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2 import extensions

AMOUNT: Final = Money(2500, CURRENCY)
_DISPUTED: Final = 500


@dataclass(frozen=True, slots=True)
class Payer:
    """A client who pays through a connection."""

    owner: extensions.cursor
    provider_id: int
    tenant_id: int
    connection_id: int
    now: datetime

    @property
    def whose(self) -> dict[str, Any]:
        """Return the columns that every row of it has."""
        return {
            "provider_id": self.provider_id,
            "tenant_id": self.tenant_id,
            "connection_id": self.connection_id,
        }

    def attempt(self, key: str) -> tuple[int, str]:
        """Write a payment down; returns its id and its public one."""
        name = new_public_id("pay")
        values = {
            **self.whose,
            "public_id": name,
            "kind": "checkout",
            "amount_minor": AMOUNT.amount_minor,
            "currency": CURRENCY,
            "description": "Credit",
            "key": name,
            "request_key": key,
            "state": "created",
            "created_at": self.now,
            "state_at": self.now,
        }
        return insert_row(self.owner, "payments_attempt", values), name

    def paid(self, key: str) -> tuple[int, str]:
        """Write a payment down and credit it, as if its gateway had been asked."""
        number, name = self.attempt(key)
        found = GatewayPayment(
            payment_id=f"pi_{name}",
            state=PaymentState.SUCCEEDED,
            amount=AMOUNT,
            received=AMOUNT,
            reference=name,
            is_live=False,
            failure_code="",
        )
        settle(provider_id=self.provider_id, attempt_id=number, found=found, now=self.now)
        return number, name

    def card(self) -> str:
        """Write a saved card down."""
        name = new_public_id("mth")
        values = {
            **self.whose,
            "public_id": name,
            "method_id": f"pm_{self.tenant_id}",
            "customer_id": f"cus_{self.tenant_id}",
            "kind": "card",
            "brand": "visa",
            "last4": "4242",
            "expires_year": 2040,
            "expires_month": 12,
            "holder": "Bench",
            "is_default": True,
            "state": "active",
            "created_at": self.now,
            "state_at": self.now,
        }
        insert_row(self.owner, "payments_method", values)
        return name

    def declined_recharge(self) -> str:
        """Write a rule of auto-recharge down whose one charge was declined."""
        number, _name = self.attempt("declined")
        self.owner.execute(
            "UPDATE payments_attempt SET state = 'failed', failure_code = 'card_declined' WHERE id = %s",
            [number],
        )
        of = {name: self.whose[name] for name in ("provider_id", "tenant_id")}
        self.owner.execute("SELECT id FROM accounts_wallet WHERE tenant_id = %s", [self.tenant_id])
        (wallet_id,) = self.owner.fetchone() or (0,)
        rule_id = insert_row(
            self.owner,
            "payments_recharge_rule",
            {
                **of,
                "wallet_id": wallet_id,
                "currency": CURRENCY,
                "is_on": True,
                "threshold_minor": 1,
                "mode": "amount",
                "amount_minor": AMOUNT.amount_minor,
                "link_url": "https://bench.localhost/pay/recharge/{token}",
                "changed_at": self.now,
                "next_number": 2,
            },
        )
        name = new_public_id("rec")
        values = {
            **self.whose,
            "public_id": name,
            "rule_id": rule_id,
            "number": 1,
            "currency": CURRENCY,
            "amount_minor": AMOUNT.amount_minor,
            "state": "done",
            "claimed_until": self.now,
            "created_at": self.now,
            "attempt_id": number,
            "decided_at": self.now,
            "decline": "customer",
            "code": "card_declined",
        }
        insert_row(self.owner, "payments_recharge", values)
        return name

    def told(self, attempt: tuple[int, str]) -> None:
        """Write a delivery about a payment down."""
        number, name = attempt
        values = {
            "provider_id": self.provider_id,
            "connection_id": self.connection_id,
            "event_id": f"evt_{name}",
            "kind": "payment_intent.succeeded",
            "topic": "payment",
            "object_id": f"pi_{name}",
            "body_hash": b"0" * 32,
            "created_at": self.now,
            "received_at": self.now,
            "state": "processed",
            "done_at": self.now,
            "attempt_id": number,
        }
        insert_row(self.owner, "payments_webhook_event", values)

    def request(self, attempt_id: int) -> str:
        """Write a request for a refund down."""
        name = new_public_id("rrq")
        values = {
            "provider_id": self.provider_id,
            "tenant_id": self.tenant_id,
            "attempt_id": attempt_id,
            "public_id": name,
            "amount_minor": _DISPUTED,
            "currency": CURRENCY,
            "reason": "Paid twice",
            "request_key": "bench",
            "asked_by": 1,
            "asked_at": self.now,
            "state": "asked",
        }
        insert_row(self.owner, "payments_refundrequest", values)
        return name

    def inquiry(self, attempt: tuple[int, str]) -> str:
        """Write a bank's question about a payment down."""
        name = new_public_id("dsp")
        values = {
            **self.whose,
            "public_id": name,
            "attempt_id": attempt[0],
            "external_id": f"dp_{attempt[1]}",
            "currency": CURRENCY,
            "amount_minor": _DISPUTED,
            "reason": "fraudulent",
            "state": "inquiry",
            "created_at": self.now,
            "state_at": self.now,
            "asked_at": self.now,
        }
        insert_row(self.owner, "payments_dispute", values)
        return name
