"""A customer's year at a provider that sells prepaid credit: what has to be in the books, beside what is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import time_machine

from accounts.selectors.balances import provider_balances, wallet_of, wallets_of
from accounts.services.audit import verify
from accounts.services.grants import expire_grants
from accounts.services.wallets import open_wallet
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind
from invoicing.models import BankOrder, Document
from invoicing.selectors.proofs import document_faults
from invoicing.services.bank_matching import match_new_lines
from invoicing.services.bank_orders import open_bank_order
from invoicing.services.payment_documents import issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from payments.models import Refund
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable
from payments.services.bank_import import StatementFile, import_statement
from payments.services.reconciliation import reconcile
from payments.services.refunds import give_back
from payments.services.sync import sync_payment
from payments.services.topups import start_topup
from payments.types import RefundTerms, TopupTerms
from tenants.services.settings import set_setting
from tests.factories.tax import publish_dollar, register_in_germany
from tests.factories.usage import Shop
from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import Bank, Moved
from tests.payments.till import PAYER
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from tests.payments.till import Till

BEGINS = datetime(2026, 12, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_CALLS, _CENTS = 8, 10
_IN = {"USD": "", "EUR": "_eur"}
_SIGNS = {DocumentKind.INVOICE: 1, DocumentKind.RECEIPT: 1, DocumentKind.CREDIT_NOTE: -1}


@dataclass
class Year:
    """Acme at Nimbus, in Germany; each deed adds to `books` what it has to come to."""

    till: Till
    today: datetime = BEGINS
    books: Counter[str] = field(default_factory=Counter)
    deeds: int = 0
    shop: Shop = field(init=False)

    @classmethod
    def begin(cls, till: Till) -> Year:
        """Let the seller be taxed when money comes in, with a bank account, and sell calls for 0.10 each."""
        year = cls(till)
        year.shop = Shop(till.provider_id, now=BEGINS)
        BankDesk.open(till.provider_id)
        with provider_scope(till.provider_id):
            register_in_germany(till.provider_id)
            publish_dollar(
                till.provider_id, *(BEGINS.date() + 30 * number * _DAY for number in range(14))
            )
            year.shop.price("calls", {"unit": "0.10"})
            version, _prices = year.shop.version()
            year.shop.subscribe(till.tenant_id, version, BEGINS)
            open_wallet(**year._ids, currency="EUR", now=BEGINS)
        year.rule("tax.point", "top_up")
        return year

    def rule(self, name: str, value: object) -> None:
        """Change a setting of the provider."""
        with self._moment(), provider_scope(self.till.provider_id):
            set_setting(provider_id=self.till.provider_id, name=name, value=value, now=now())

    def tops_up(self, minor: int, code: str = "", **books: int) -> str:
        """Buy credit by card on the gateway's page; `books` is what comes of it."""
        with self._moment():
            terms = TopupTerms(
                connection=self.till.public_id,
                amount=Money(minor, "USD"),
                code=code,
                request_key=self._key(),
                return_url="http://nimbus.localhost/billing/payments/{payment}/return",
            )
            payment = start_topup(**self._ids, terms=terms, payer=PAYER, now=now())
            self.till.press(payment)
            number = self.till.row(payment).pk
            sync_payment(provider_id=self.till.provider_id, attempt_id=number, now=now())
            self.till.hear()
            assert self.till.row(payment).state == "succeeded"
        self.books.update(books)
        return payment

    def gets_back(self, payment: str, minor: int, bonus: int, **books: int) -> None:
        """Get money of a payment back; the page has said what goes with it before."""
        amount = Money(minor, "USD")
        with self._moment():
            with provider_scope(self.till.provider_id):
                view = payment_by_public_id(self.till.provider_id, payment)
                rest = refundable(view, self.till.provider_id)
            assert rest is not None
            said = rest.effect_of(RefundTerms(amount=amount, destination="original"))
            give_back(
                provider_id=self.till.provider_id,
                public_id=payment,
                amount=amount,
                reason="too much",
                request_key=self._key(),
                user_id=7,
                now=now(),
            )
            self.till.hear()
            with provider_scope(self.till.provider_id):
                stands = wallet_of(self.till.provider_id, self.till.tenant_id, "USD").settled
            assert (said.bonus.amount_minor, said.after.amount_minor) == (bonus, stands)
        self.books.update(books)

    def at_gateway(self, action: str, **details: object) -> str:
        """Let something happen at the gateway that nobody here has asked for, and hear of it."""
        with self._moment():
            made = self.till.server.gateways["stripe"].act(action, details)
            self.till.hear()
        return str(made["id"])

    def is_disputed(self, payment: str) -> str:
        """Let the payer's bank take a payment back; returns the gateway's id of the dispute."""
        return self.at_gateway("dispute_open", id=self.till.row(payment).external_id)

    def refund_of(self, payment: str) -> str:
        """Return the gateway's id of a payment's refund."""
        number = self.till.row(payment).pk
        with provider_scope(self.till.provider_id):
            return Refund.objects.get(attempt_id=number).external_id

    def orders(self, minor: int, code: str = "") -> BankOrder:
        """Order credit in euro that is paid by transfer."""
        with self._moment():
            public_id = open_bank_order(
                **self._ids,
                amount=Money(minor, "EUR"),
                code=code,
                request_key=self._key(),
                opened_by=None,
                now=now(),
            )
            with provider_scope(self.till.provider_id):
                return BankOrder.objects.get(
                    document_id=Document.objects.get(public_id=public_id).pk
                )

    def bank_says(self, *moved: Moved, **books: int) -> None:
        """Import the bank's statement of the day and match it."""
        with self._moment():
            key = self._key()
            statement = Bank(number=key, day=f"{self.today:%Y-%m-%d}").came(*moved).camt()
            file = StatementFile(name=f"{key}.xml", data=statement, format="camt053")
            import_statement(provider_id=self.till.provider_id, file=file, user_id=None, now=now())
            done = match_new_lines(provider_id=self.till.provider_id, now=now())
            assert done.failed == {}
        self.books.update(books)

    def passes(self, until: datetime, calls: int = _CALLS) -> None:
        """Let time go by: calls every day, charged by the hourly job, and what expires, expires."""
        while self.today < until:
            ends = min(self.today + 9 * _DAY, until)
            days = (ends - self.today) // _DAY
            with self._moment(), provider_scope(self.till.provider_id):
                for day in range(days if calls else 0):
                    at = self.today + day * _DAY + timedelta(hours=day * 5 % 24)
                    self.shop.use(self.till.tenant_id, "calls", calls, at)
            self.today = ends
            with self._moment():
                charge_hours(provider_id=self.till.provider_id, until=self.today, now=self.today)
                with provider_scope(self.till.provider_id):
                    expire_grants(provider_id=self.till.provider_id, now=self.today)
            used = days * calls * _CENTS
            self.books.update(wallet=-used, revenue_usage=used)

    def closes(self) -> None:
        """Issue what waits; then ledger, documents, gateway and what was expected agree to the cent."""
        provider_id = self.till.provider_id
        with self._moment():
            self.issues()
            assert credit_refunds(provider_id=provider_id, now=now())[1] == {}
            with provider_scope(provider_id):
                assert verify(provider_id=provider_id).findings == ()
                assert list(document_faults(provider_id)) == []
                found = self._stands()
            assert reconcile(provider_id=provider_id, now=now()).agrees
        assert found == {name: minor for name, minor in self.books.items() if minor}

    def issues(self) -> None:
        """Let the worker issue what payments have drafted."""
        with self._moment():
            made = issue_payment_documents(provider_id=self.till.provider_id, now=now())
        assert made.failed == {}

    def documented(self) -> dict[str, list[tuple[str, int, int]]]:
        """Return what was issued, by kind: number, tax and total of each."""
        found: dict[str, list[tuple[str, int, int]]] = {}
        with provider_scope(self.till.provider_id):
            for row in Document.objects.exclude(number="").order_by("pk"):
                found.setdefault(row.kind, []).append((row.number, row.tax_minor, row.total_minor))
        return found

    def _stands(self) -> dict[str, int]:
        """Return wallets and accounts as the ledger has them, and the documents' sums of money and tax."""
        found: Counter[str] = Counter()
        for wallet in wallets_of(self.till.provider_id, [self.till.tenant_id]):
            found[f"wallet{_IN[wallet.currency]}"] = wallet.settled
        for (kind, currency), minor in provider_balances(self.till.provider_id).items():
            found[f"{kind}{_IN[currency]}"] = minor
        for row in Document.objects.filter(kind__in=_SIGNS).exclude(number=""):
            sign, within = _SIGNS[DocumentKind(row.kind)], _IN[row.currency]
            found[f"documented{within}"] += sign * row.total_minor
            found[f"documented_tax{within}"] += sign * row.tax_minor
        return {name: minor for name, minor in found.items() if minor}

    @property
    def _ids(self) -> dict[str, Any]:
        return {"provider_id": self.till.provider_id, "tenant_id": self.till.tenant_id}

    def _moment(self) -> time_machine.travel:
        return time_machine.travel(self.today, tick=False)

    def _key(self) -> str:
        self.deeds += 1
        return f"deed-{self.deeds}"
