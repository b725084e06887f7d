"""A top-up's money, its ledger and its document agree to the cent, whatever is due with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.enums import AccountKind
from accounts.selectors.balances import provider_balances
from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document, DocumentTax
from invoicing.selectors.proofs import document_faults
from invoicing.services.drafting import discard_draft
from invoicing.services.payment_documents import draft_missing, issue_payment_documents
from payments.models import Topup
from payments.selectors.topups import topup_by_public_id
from payments.services.reconciliation import reconcile
from payments.services.sync import sync_payment
from payments.services.topup_money import credit_topup
from payments.services.topups import open_bank_topup, start_topup
from payments.types import TopupTerms
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_germany
from tests.payments.till import PAYER

if TYPE_CHECKING:
    from tests.payments.till import Till


@pytest.fixture
def taxed(till: Till) -> Till:
    """Return the till of a seller in Germany whose top-ups are taxed."""
    with provider_scope(till.provider_id):
        register_in_germany(till.provider_id)
        Provider.objects.filter(pk=till.provider_id).update(
            legal_name="Nimbus GmbH", address="1 Wolkenweg\nBerlin", country="DE"
        )
        set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
    return till


def start(till: Till, minor: int = 10000, key: str = "form-1", **more: Any) -> str:
    terms = TopupTerms(
        connection=till.public_id,
        amount=Money(minor, "USD"),
        request_key=key,
        return_url="http://nimbus.localhost/billing/payments/{payment}/return",
        **more,
    )
    named: dict[str, Any] = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
    return start_topup(**named, terms=terms, payer=PAYER, now=now())


def settle(till: Till, payment: str) -> str:
    till.press(payment)
    attempt_id = till.row(payment).pk
    return sync_payment(provider_id=till.provider_id, attempt_id=attempt_id, now=now())


def document(till: Till) -> tuple[Document, list[DocumentTax]]:
    """Issue what waits and return the one document, after every proof has looked at the books."""
    issued = issue_payment_documents(provider_id=till.provider_id, now=now())
    assert (issued.documents, issued.failed) == (1, {})
    faultless(till)
    with provider_scope(till.provider_id):
        return Document.objects.get(), list(DocumentTax.objects.all())


def faultless(till: Till) -> None:
    """Let every proof look at the books."""
    with provider_scope(till.provider_id):
        assert list(document_faults(till.provider_id)) == []
        assert verify(provider_id=till.provider_id).findings == ()


def books(till: Till) -> dict[str, int]:
    with provider_scope(till.provider_id):
        found = provider_balances(till.provider_id)
    return {kind: minor for (kind, _currency), minor in found.items() if minor}


def printed(row: Document) -> tuple[int, ...]:
    return (row.subtotal_minor, row.discount_minor, row.tax_minor, row.total_minor, row.paid_minor)


class TestTopupDocument:
    def test_tax_on_top_of_the_price(self, taxed: Till) -> None:
        assert settle(taxed, start(taxed)) == "succeeded"

        row, (tax,) = document(taxed)
        assert (row.kind, row.state, row.number[:3]) == ("invoice", "paid", "INV")
        assert printed(row) == (10000, 0, 1900, 11900, 11900)
        assert (int(tax.rate), tax.region, tax.category) == (19, "DE", "S")
        assert row.content["tax"]["seller_number"] == "DE136695976"
        assert row.content["tax"]["place"]["country"] == "DE"
        assert taxed.balance() == 10000
        assert books(taxed) == {"gateway_clearing": -11900, "tax_payable": 1900}
        assert reconcile(provider_id=taxed.provider_id, now=now(), day=None).agrees

    def test_tax_within_the_price(self, taxed: Till) -> None:
        with provider_scope(taxed.provider_id):
            set_setting(
                provider_id=taxed.provider_id,
                name="tax.prices_inclusive",
                value=True,
                now=now(),
            )
        assert settle(taxed, start(taxed)) == "succeeded"

        row, _taxes = document(taxed)
        assert printed(row) == (8403, 0, 1597, 10000, 10000)
        assert taxed.balance() == 8403
        assert books(taxed) == {"gateway_clearing": -10000, "tax_payable": 1597}

    def test_the_tax_is_the_one_that_was_agreed(self, taxed: Till) -> None:
        payment = start(taxed)
        with provider_scope(taxed.provider_id):
            set_setting(
                provider_id=taxed.provider_id, name="tax.point", value="consumption", now=now()
            )
        settle(taxed, payment)

        assert document(taxed)[0].kind == "invoice"

    def test_without_tax_a_receipt(self, till: Till) -> None:
        settle(till, start(till))

        row, taxes = document(till)
        assert (row.kind, taxes, printed(row)) == ("receipt", [], (10000, 0, 0, 10000, 10000))

    def test_what_nobody_drafted_is_caught_up_with(self, taxed: Till) -> None:
        settle(taxed, start(taxed))
        with provider_scope(taxed.provider_id):
            draft = Document.objects.get()
            discard_draft(provider_id=taxed.provider_id, document_id=draft.pk)

        draft_missing(provider_id=taxed.provider_id, now=now())

        assert printed(document(taxed)[0])[3] == 11900

    @pytest.mark.parametrize(
        ("received", "net", "tax"), [(5950, 5000, 950), (11900, 10000, 1900), (12000, 10084, 1916)]
    )
    def test_another_amount_bears_the_same_tax(
        self, taxed: Till, received: int, net: int, tax: int
    ) -> None:
        with provider_scope(taxed.provider_id):
            name = open_bank_topup(
                provider_id=taxed.provider_id,
                tenant_id=taxed.tenant_id,
                amount=Money(10000, "USD"),
                code="",
                request_key="order-1",
                opened_by=None,
                now=now(),
            )
            topup = topup_by_public_id(taxed.provider_id, name)
            results = [
                credit_topup(
                    topup=topup,
                    received=Money(received, "USD"),
                    clearing=AccountKind.BANK_CLEARING,
                    key="line-1",
                    source_type="bank_credit",
                    source_id="bkc_1",
                    now=now(),
                )
                for _twice in range(2)
            ]
            row = Topup.objects.get()

        assert [result.created for result in results] == [True, False]
        assert books(taxed) == {"bank_clearing": -received, "tax_payable": tax}
        assert taxed.balance() == net
        state = "credited" if received >= 11900 else "open"
        assert (row.received_minor, row.state) == (received, state)
