"""What stands in our tables and at the gateway, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.selectors.balances import wallets_of
from accounts.services.audit import verify
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt, Connection, Method, Refund, WebhookEvent
from payments.services.gateways import load_gateway
from tests.payments.desks import DESKS

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from payments.gateways.methods import SavedMethod
    from payments.gateways.protocol import Gateway
    from tests.payments.desks import Desk


@dataclass
class Standing:
    """One connection, read from both sides."""

    provider_id: int
    tenant_id: int
    server: SimulatorServer
    gateway: str
    slug: str = "nimbus"
    public_id: str = ""
    currency: str = "USD"

    @property
    def desk(self) -> Desk:
        """Return the gateway's side."""
        return DESKS[self.gateway](self.server)

    @property
    def connection(self) -> Connection:
        """Return the connection's row."""
        with provider_scope(self.provider_id):
            return Connection.objects.get(public_id=self.public_id)

    def speaker(self) -> Gateway:
        """Return the connection's gateway."""
        number = self.connection.pk
        with provider_scope(self.provider_id):
            return load_gateway(provider_id=self.provider_id, connection_id=number)

    def row(self, payment: str) -> Attempt:
        """Return a payment's row."""
        with provider_scope(self.provider_id):
            return Attempt.objects.get(public_id=payment)

    def rows(self) -> list[Attempt]:
        """Return all payments."""
        with provider_scope(self.provider_id):
            return list(Attempt.objects.order_by("pk"))

    def refunds(self) -> list[Refund]:
        """Return all refunds."""
        with provider_scope(self.provider_id):
            return list(Refund.objects.order_by("pk"))

    def methods(self) -> list[Method]:
        """Return all methods."""
        with provider_scope(self.provider_id):
            return list(Method.objects.order_by("pk"))

    def events(self) -> list[WebhookEvent]:
        """Return the stored events."""
        with provider_scope(self.provider_id):
            return list(WebhookEvent.objects.order_by("pk"))

    def kept(self) -> list[SavedMethod]:
        """Return what the gateway keeps of the customer of the newest method."""
        newest = self.methods()[-1]
        return self.speaker().list_methods(newest.customer_id)

    def balance(self, currency: str = "") -> int:
        """Return what the customer's wallet of a currency holds, minor units."""
        currency = currency or self.currency
        with provider_scope(self.provider_id):
            found = wallets_of(self.provider_id, [self.tenant_id])
        return sum(one.settled for one in found if one.currency == currency)

    def cleared(self) -> int:
        """Return what the ledger says that the gateway has."""
        with provider_scope(self.provider_id):
            rows = fetch_all(
                "SELECT e.amount_minor FROM accounts_entry e"
                " JOIN accounts_account a ON a.id = e.account_id"
                " WHERE a.kind = 'gateway_clearing'"
            )
        return -sum(int(minor) for (minor,) in rows)

    def at_gateway(self) -> int:
        """Return what the gateway has taken less what it gave back."""
        taken, given = self.desk.taken(self.slug), self.desk.given(self.slug)
        return sum(taken.values()) - sum(given.values())

    def agrees(self, balance: int) -> None:
        """Hold wallet, ledger and gateway against each other."""
        with provider_scope(self.provider_id):
            assert verify(provider_id=self.provider_id).findings == ()
        assert self.balance() == balance
        assert self.cleared() == balance == self.at_gateway()
