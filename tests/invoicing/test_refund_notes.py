"""A refund of a taxed top-up takes its tax along, in ledger and credit note alike, and ends where it began."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind
from invoicing.models import Document, DocumentTax
from invoicing.selectors.documents import issued_document
from invoicing.services.files import assets_of
from invoicing.services.mail_placeholders import values_of
from invoicing.services.mail_texts import mail_text
from invoicing.services.payment_documents import issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from invoicing.services.refund_returns import invoice_returns
from payments.errors import NoWayToRefund
from payments.models import Refund
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable
from payments.selectors.tax_returns import TaxReturn
from payments.services.reconciliation import reconcile
from payments.services.refunds import give_back
from tenants.models import Provider
from tests.factories.promotions import campaign, in_dollars
from tests.invoicing.rendering.reading import drawn_text
from tests.invoicing.test_topup_documents import (
    books,
    document,
    faultless,
    printed,
    settle,
    start,
    taxed,
)

if TYPE_CHECKING:
    from tests.payments.till import Till

__all__ = ["taxed"]


def refund(till: Till, payment: str, minor: int, key: str, **more: Any) -> str:
    return give_back(
        provider_id=till.provider_id,
        public_id=payment,
        amount=Money(minor, "USD"),
        reason="too much",
        request_key=key,
        user_id=1,
        now=now(),
        **more,
    )


def notes(till: Till) -> list[tuple[int, ...]]:
    issued, failed = credit_refunds(provider_id=till.provider_id, now=now())
    assert (issued >= 0, failed) == (True, {})
    with provider_scope(till.provider_id):
        rows = Document.objects.filter(kind=DocumentKind.CREDIT_NOTE).order_by("pk")
        return [
            (row.subtotal_minor, row.discount_minor, row.tax_minor, row.total_minor, row.paid_minor)
            for row in rows
        ]


class TestRefund:
    def test_parts_end_where_the_whole_would(self, taxed: Till) -> None:
        with provider_scope(taxed.provider_id):
            campaign(taxed.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
        payment = start(taxed, 1001, code="AUTUMN")
        settle(taxed, payment)
        row, _taxes = document(taxed)
        assert (row.subtotal_minor, row.discount_minor, row.tax_minor, row.total_minor) == (
            1001,
            100,
            171,
            1072,
        )

        for no, minor in enumerate((333, 1, 338, 400)):
            assert refund(taxed, payment, minor, f"r{no}") == "succeeded"
            assert notes(taxed)[-1][3:] == (minor, minor)

        assert [sum(column) for column in zip(*notes(taxed), strict=True)][:4] == [
            1001,
            100,
            171,
            1072,
        ]
        assert books(taxed) == {}
        assert taxed.balance() == 0
        faultless(taxed)
        with provider_scope(taxed.provider_id):
            assert Document.objects.get(kind=DocumentKind.INVOICE).state == "cancelled"
            assert DocumentTax.objects.filter(tax_minor__lt=0).count() == 0
        assert reconcile(provider_id=taxed.provider_id, now=now(), day=None).agrees

    def test_what_went_back_while_the_invoice_waited_is_credited_with_it(self, taxed: Till) -> None:
        payment = start(taxed)
        settle(taxed, payment)
        for no, minor in enumerate((950, 5000)):
            assert refund(taxed, payment, minor, f"r{no}") == "succeeded"

        later = now() + timedelta(days=9)
        assert issue_payment_documents(provider_id=taxed.provider_id, now=later).failed == {}

        since = later - timedelta(days=7)
        assert credit_refunds(provider_id=taxed.provider_id, now=later, since=since) == (0, {})
        assert [note[3:] for note in notes(taxed)] == [(950, 950), (5000, 5000)]
        faultless(taxed)

    def test_one_that_fails_gives_wallet_and_tax_again(self, taxed: Till) -> None:
        payment = start(taxed)
        settle(taxed, payment)
        document(taxed)
        taxed.hear()
        assert refund(taxed, payment, 5950, "r1") == "succeeded"
        taxed.hear()
        assert (taxed.balance(), books(taxed)["tax_payable"]) == (5000, 950)
        with provider_scope(taxed.provider_id):
            row = Refund.objects.get()

        failed = {"id": row.external_id, "reason": "declined"}
        taxed.server.gateways["stripe"].act("refund_fail", failed)
        taxed.hear()

        assert books(taxed) == {"gateway_clearing": -11900, "tax_payable": 1900}
        assert (taxed.balance(), notes(taxed)) == (10000, [])
        assert refund(taxed, payment, 11900, "r2") == "succeeded"
        assert notes(taxed) == [(10000, 0, 1900, 11900, 11900)]
        assert books(taxed) == {}

    def test_one_that_comes_back_after_its_note_is_invoiced_again(self, taxed: Till) -> None:
        payment = start(taxed)
        settle(taxed, payment)
        document(taxed)
        assert refund(taxed, payment, 5950, "r1") == "succeeded"
        assert notes(taxed) == [(5000, 0, 950, 5950, 5950)]
        taxed.hear()
        with provider_scope(taxed.provider_id):
            name = Refund.objects.get().external_id
        taxed.server.gateways["stripe"].act("refund_fail", {"id": name, "reason": "declined"})
        taxed.hear()

        with provider_scope(taxed.provider_id):
            Provider.objects.filter(pk=taxed.provider_id).update(
                bank_iban="DE89370400440532013000",
                bank_holder="Nimbus",
                payment_terms="Payable at once.",
            )

        for again in (1, 0):
            found = invoice_returns(provider_id=taxed.provider_id, now=now())
            assert found == (again, {})

        with provider_scope(taxed.provider_id):
            rows = list(Document.objects.filter(kind=DocumentKind.INVOICE).order_by("pk"))
        assert [printed(row) for row in rows] == [
            (10000, 0, 1900, 11900, 11900),
            (5000, 0, 950, 5950, 5950),
        ]
        assert (rows[1].state, taxed.balance()) == ("paid", 10000)
        with provider_scope(taxed.provider_id):
            note = Document.objects.get(kind=DocumentKind.CREDIT_NOTE)
            whole = issued_document(taxed.provider_id, rows[1].pk, today=now().date())
            assert assets_of(taxed.provider_id, whole).qr == b""
        assert rows[0].content["tax"]
        assert rows[0].content["tax"] == note.content["tax"] == rows[1].content["tax"]
        assert whole.content["payment"]["iban"], "there is an account that it could name"
        text = drawn_text(whole)
        assert "Paid −59.50 USD" in text
        assert "Amount due 0.00 USD" in text
        assert not [word for word in ("IBAN", "Due date", "Payable at once") if word in text]
        with provider_scope(taxed.provider_id):
            ours = mail_text(taxed.provider_id, whole.head.kind, "en", is_paid=True)
        assert ("{due}" in ours.body, values_of(whole, "en")["due"]) == (False, "–")
        assert notes(taxed)[0][2] == 950, "the note that was issued stays"
        assert books(taxed)["tax_payable"] == sum(row.tax_minor for row in rows) - 950 == 1900
        faultless(taxed)
        # All of it goes back after all: each invoice takes back what it has left.
        assert refund(taxed, payment, 11900, "r2") == "succeeded"
        assert [note[3] for note in notes(taxed)] == [5950, 5950, 5950]
        assert (books(taxed), taxed.balance()) == ({}, 0)
        faultless(taxed)

    def test_it_is_said_before_and_never_goes_to_the_balance(self, taxed: Till) -> None:
        payment = start(taxed)
        settle(taxed, payment)

        with provider_scope(taxed.provider_id):
            rest = refundable(payment_by_public_id(taxed.provider_id, payment), taxed.provider_id)
        assert rest is not None
        assert (rest.most.amount_minor, rest.available.amount_minor) == (11900, 11900)
        with pytest.raises(NoWayToRefund):
            refund(taxed, payment, 100, "r1", destination="balance")
        with provider_scope(taxed.provider_id):
            assert Refund.objects.count() == 0


class TestParts:
    @given(
        taxes=st.lists(st.integers(0, 900), min_size=1, max_size=3),
        net=st.integers(1, 5000),
        cuts=st.lists(st.integers(1, 3000), max_size=6),
    )
    @settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_they_never_go_below_zero_and_add_up(
        self, taxes: list[int], net: int, cuts: list[int]
    ) -> None:
        received, gone, back = net + sum(taxes), 0, tuple(0 for _tax in taxes)
        for cut in [*cuts, received]:
            amount = min(cut, received - gone)
            if amount <= 0:
                break
            parts = TaxReturn(received, tuple(taxes), gone, back).parts_of(amount)
            assert all(part >= 0 for part in parts)
            assert sum(parts) <= amount
            gone, back = gone + amount, tuple(map(sum, zip(back, parts, strict=True)))
        assert (gone, sum(back)) == (received, sum(taxes))
        assert back == tuple(taxes)
