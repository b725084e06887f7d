"""The same things at each gateway's desk: an account is opened, money arrives late, goes back, is disputed, differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gateway_simulators.paypal.simulator import PayPalSimulator
from gateway_simulators.razorpay.simulator import RazorpaySimulator
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.paypal.amounts import from_paypal
from tests.payments.browser import press_paypal, press_razorpay, press_stripe

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.server import SimulatorServer
    from tests.payments.stand import Maker


class Desk(Protocol):
    """What a test does at a gateway; payments, refunds and disputes are named by the gateway's ids.

    Attributes:
        pending: the button of a page that pays later.
        agrees: the button of a page that saves a method.
    """

    pending: str
    agrees: str

    @property
    def there(self) -> Any:
        """Return the gateway's simulator."""

    def open(self, slug: str) -> dict[str, str]:
        """Open an account and return what a provider enters."""

    def press(self, url: str, choice: str) -> str:
        """Press a button of a page: pay, decline, or `pending`."""

    def settle(self, payment: str) -> None:
        """Let a pending payment arrive."""

    def refund(self, payment: str, minor: int) -> str:
        """Give money back in the dashboard; returns the refund's id."""

    def taken(self, slug: str) -> dict[str, int]:
        """Return what succeeded, minor units by payment."""

    def given(self, slug: str) -> dict[str, int]:
        """Return what was given back and did not come again, minor units by refund."""

    def alter(self, payment: str, **facts: Any) -> None:
        """Change a payment behind everybody's back: `minor`, `currency`, `reference`."""

    def revoke(self, slug: str) -> None:
        """Take the provider's key back."""


@dataclass
class StripeDesk:
    server: SimulatorServer
    pending = "bank"
    agrees = "pay"

    @property
    def there(self) -> StripeSimulator:
        found = self.server.gateways["stripe"]
        assert isinstance(found, StripeSimulator)
        return found

    def open(self, slug: str) -> dict[str, str]:
        key = f"sk_test_{slug}"
        self.there.open_account(f"acct_{slug}", key)
        return {"secret_key": key, "publishable_key": ""}

    def press(self, url: str, choice: str) -> str:
        return press_stripe(url, choice)

    def settle(self, payment: str) -> None:
        self.there.act("ach_settle", {"id": payment})

    def refund(self, payment: str, minor: int) -> str:
        return str(self.there.act("dashboard_refund", {"id": payment, "amount": minor})["id"])

    def taken(self, slug: str) -> dict[str, int]:
        found = self.there.accounts[f"acct_{slug}"].all("payment_intent")
        return {one["id"]: one["amount_received"] for one in found if one["amount_received"]}

    def given(self, slug: str) -> dict[str, int]:
        found = self.there.accounts[f"acct_{slug}"].all("refund")
        return {one["id"]: one["amount"] for one in found if one["status"] != "failed"}

    def alter(self, payment: str, **facts: Any) -> None:
        account = next(one for one in self.there.accounts.values() if payment in one.objects)
        found = account.objects[payment]
        if "minor" in facts:
            found["amount_received"] = facts["minor"]
        if "currency" in facts:
            found["currency"] = facts["currency"].lower()
        if "reference" in facts:
            found["metadata"] = {**found["metadata"], "reference": facts["reference"]}

    def revoke(self, slug: str) -> None:
        self.there.act("revoke_key", {"key": f"sk_test_{slug}"})


@dataclass
class PayPalDesk:
    server: SimulatorServer
    pending = "pending"
    agrees = "pay"

    @property
    def there(self) -> PayPalSimulator:
        found = self.server.gateways["paypal"]
        assert isinstance(found, PayPalSimulator)
        return found

    def open(self, slug: str) -> dict[str, str]:
        client_id, secret = f"client-of-{slug}", f"secret-of-the-app-of-{slug}"
        self.there.open_account(slug, client_id, secret)
        return {"client_id": client_id, "client_secret": secret, "environment": "sandbox"}

    def press(self, url: str, choice: str) -> str:
        return press_paypal(url, choice)

    def settle(self, payment: str) -> None:
        self.there.act("complete", {"id": payment})

    def refund(self, payment: str, minor: int) -> str:
        amount = {"currency_code": "USD", "value": f"{minor // 100}.{minor % 100:02d}"}
        return str(self.there.act("dashboard_refund", {"id": payment, "amount": amount})["id"])

    def taken(self, slug: str) -> dict[str, int]:
        return self._figures(slug, "capture", {"PENDING", "DECLINED", "FAILED"})

    def given(self, slug: str) -> dict[str, int]:
        return self._figures(slug, "refund", {"FAILED", "CANCELLED"})

    def _figures(self, slug: str, kind: str, without: set[str]) -> dict[str, int]:
        found = [one for one in self.there.accounts[slug].all(kind) if one["status"] not in without]
        return {one["id"]: from_paypal(one["amount"]).amount_minor for one in found}

    def alter(self, payment: str, **facts: Any) -> None:
        account = next(one for one in self.there.accounts.values() if payment in one.objects)
        found = account.objects[payment]
        amount = dict(found["amount"])
        if "minor" in facts:
            amount["value"] = f"{facts['minor'] // 100}.{facts['minor'] % 100:02d}"
        amount["currency_code"] = facts.get("currency", amount["currency_code"])
        found["amount"] = amount
        found.pop("seller_receivable_breakdown", None)
        found["custom_id"] = facts.get("reference", found["custom_id"])

    def revoke(self, slug: str) -> None:
        for app in self.there.apps.values():
            if app.name == slug:
                app.secret, app.token = "replaced", ""


@dataclass
class RazorpayDesk:
    server: SimulatorServer
    pending = "pending"
    agrees = "agree"

    @property
    def there(self) -> RazorpaySimulator:
        found = self.server.gateways["razorpay"]
        assert isinstance(found, RazorpaySimulator)
        return found

    def open(self, slug: str) -> dict[str, str]:
        key, secret, account = f"rzp_test_{slug}", f"secret_of_{slug}", f"acc_{slug}"
        self.there.open_account(account, key, secret)
        return {"key_id": key, "key_secret": secret, "account_id": account}

    def press(self, url: str, choice: str) -> str:
        return press_razorpay(url, choice)

    def settle(self, payment: str) -> None:
        self.there.act("settle", {"id": payment})

    def refund(self, payment: str, minor: int) -> str:
        return str(self.there.act("dashboard_refund", {"id": payment, "amount": minor})["id"])

    def taken(self, slug: str) -> dict[str, int]:
        found = self.there.accounts[f"acc_{slug}"].all("payment")
        return {one["id"]: one["amount"] for one in found if one["captured"]}

    def given(self, slug: str) -> dict[str, int]:
        account = self.there.accounts[f"acc_{slug}"]
        found = [one for one in account.all("refund") if one["status"] != "failed"]
        # What was never captured is no money of the account, and neither is its way back.
        return {
            one["id"]: one["amount"]
            for one in found
            if account.objects[one["payment_id"]]["captured"]
        }

    def alter(self, payment: str, **facts: Any) -> None:
        account = next(one for one in self.there.accounts.values() if payment in one.objects)
        found = account.objects[payment]
        found["amount"] = facts.get("minor", found["amount"])
        found["currency"] = facts.get("currency", found["currency"])
        if "reference" in facts:
            found["notes"] = {"reference": facts["reference"]}

    def revoke(self, slug: str) -> None:
        self.there.act("revoke_key", {"key": f"rzp_test_{slug}"})


DESKS: dict[str, Callable[[SimulatorServer], Desk]] = {
    "paypal": PayPalDesk,
    "razorpay": RazorpayDesk,
    "stripe": StripeDesk,
}
SIMULATORS: dict[str, Maker] = {
    "paypal": PayPalSimulator,
    "razorpay": RazorpaySimulator,
    "stripe": StripeSimulator,
}
