"""Nimbus with a bank account: customers order, money comes, statements are imported and matched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from accounts.selectors.balances import provider_balances, wallets_of
from accounts.selectors.grants import live_grants
from accounts.services.audit import verify
from accounts.services.credits import adjust
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder, Document
from invoicing.selectors.proofs import document_faults
from invoicing.services.bank_matching import match_new_lines
from invoicing.services.bank_orders import open_bank_order
from invoicing.services.payment_documents import issue_payment_documents
from payments.models import BankCredit, BankLine, Topup
from payments.services.bank_import import StatementFile, import_statement
from payments.services.bank_lines import Decision
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_germany
from tests.payments.statements.bank import IBAN, Bank, Moved

if TYPE_CHECKING:
    from payments.services.bank_import import Imported

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class BankDesk:
    """A provider's bank business."""

    provider_id: int
    orders: list[BankOrder] = field(default_factory=list)

    @classmethod
    def open(cls, provider_id: int, iban: str = IBAN) -> BankDesk:
        """Give a provider an account."""
        with provider_scope(provider_id):
            Provider.objects.filter(pk=provider_id).update(
                legal_name="Nimbus GmbH",
                address="Wolkenweg 1",
                postcode="10115",
                city="Berlin",
                country="DE",
                bank_holder="Nimbus GmbH",
                bank_iban=iban,
                bank_bic="COBADEFFXXX" if iban else "",
            )
        return cls(provider_id)

    def order(
        self,
        tenant_id: int,
        cents: int = 10_000,
        currency: str = "EUR",
        *,
        key: str = "",
        code: str = "",
    ) -> BankOrder:
        """Let a customer, who has a wallet in the currency, order a top-up."""
        with provider_scope(self.provider_id):
            open_wallet(
                provider_id=self.provider_id, tenant_id=tenant_id, currency=currency, now=NOW
            )
        public_id = open_bank_order(
            provider_id=self.provider_id,
            tenant_id=tenant_id,
            amount=Money(cents, currency),
            code=code,
            request_key=key or f"form-{len(self.orders)}",
            opened_by=None,
            now=NOW,
        )
        with provider_scope(self.provider_id):
            document = Document.objects.get(public_id=public_id)
            order = BankOrder.objects.get(document_id=document.pk)
        self.orders.append(order)
        return order

    def paid(self, order: BankOrder, cents: int = 10_000, **more: Any) -> Moved:
        """Return the payment of an order by its structured reference."""
        return Moved(cents=cents, reference=order.reference, **more)

    def bring(self, data: bytes, kind: str = "camt053", name: str = "bank.xml") -> list[Imported]:
        """Import a file."""
        return import_statement(
            provider_id=self.provider_id,
            file=StatementFile(name=name, data=data, format=kind),
            user_id=None,
            now=NOW,
        )

    def match(self) -> dict[str, int]:
        """Match what is new; returns how many lines ended where."""
        done = match_new_lines(provider_id=self.provider_id, now=NOW)
        assert done.failed == {}
        return done.states

    def take(self, *entries: Any, number: str = "1") -> dict[str, int]:
        """Import a statement with these bookings, and match it."""
        self.bring(Bank(number=number).came(*entries).camt())
        return self.match()

    def line(self, **wanted: Any) -> BankLine:
        """Return the newest line that is so."""
        with provider_scope(self.provider_id):
            found = BankLine.objects.filter(**wanted).order_by("-pk").first()
        assert found is not None
        return found

    def credits(self) -> list[BankCredit]:
        """Return all credits, oldest first."""
        with provider_scope(self.provider_id):
            return list(BankCredit.objects.order_by("pk"))

    def document(self, order: BankOrder) -> Document:
        """Return an order's proforma as it stands."""
        with provider_scope(self.provider_id):
            return Document.objects.get(pk=order.document_id)

    def topup(self, order: BankOrder) -> str:
        """Return how an order's top-up stands."""
        with provider_scope(self.provider_id):
            return Topup.objects.get(public_id=order.topup).state

    def issue(self) -> list[Document]:
        """Issue what waits; returns the payments' documents."""
        assert issue_payment_documents(provider_id=self.provider_id, now=NOW).failed == {}
        with provider_scope(self.provider_id):
            return list(Document.objects.filter(source_type="payment").order_by("pk"))

    def balance(self, tenant_id: int, currency: str = "EUR") -> int:
        """Return what a customer has."""
        with provider_scope(self.provider_id):
            wallets = wallets_of(self.provider_id, [tenant_id])
        return sum(row.settled for row in wallets if row.currency == currency)

    def granted(self, tenant_id: int) -> int:
        """Return how much of what a customer has was given, and not paid."""
        with provider_scope(self.provider_id):
            rows = live_grants(self.provider_id, tenant_id)
        return sum(row.left.amount_minor for row in rows)

    def use(self, tenant_id: int, cents: int) -> None:
        """Let a customer use some of its credit."""
        with provider_scope(self.provider_id):
            adjust(
                provider_id=self.provider_id,
                tenant_id=tenant_id,
                amount=Money(-cents, "EUR"),
                reason="used",
                key=f"used-{cents}",
                now=NOW,
            )

    def tax_topups(self) -> None:
        """Let German tax fall due when money comes in."""
        with provider_scope(self.provider_id):
            register_in_germany(self.provider_id)
            set_setting(provider_id=self.provider_id, name="tax.point", value="top_up", now=NOW)

    def clearing(self, currency: str = "EUR") -> int:
        """Return what the ledger holds at the bank."""
        return -self._own("bank_clearing", currency)

    def tax(self) -> int:
        """Return what is owed to the state."""
        return self._own("tax_payable", "EUR")

    def _own(self, kind: str, currency: str) -> int:
        with provider_scope(self.provider_id):
            return provider_balances(self.provider_id).get((kind, currency), 0)

    def documents(self) -> dict[str, str]:
        """Return how the newest document of each kind stands."""
        with provider_scope(self.provider_id):
            return dict(Document.objects.order_by("pk").values_list("kind", "state"))

    def agrees(self) -> bool:
        """Return whether ledger and documents are without a fault."""
        with provider_scope(self.provider_id):
            faults = [str(one) for one in document_faults(self.provider_id)]
            found = verify(provider_id=self.provider_id).findings
        assert (faults, found) == ([], ())
        return True


def by_hand(reason: str = "as agreed by phone") -> Decision:
    """Return a person's decision."""
    return Decision(now=NOW, user_id=7, reason=reason)
