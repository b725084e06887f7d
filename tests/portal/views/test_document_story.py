"""Payments, documents and credit notes lead to each other, and a document tells what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import SourceType
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from tenants.models import Provider
from tests.cast import NOW
from tests.factories.payments import make_attempt, make_connection, make_refund
from tests.invoicing.drafts import invoice, stored
from tests.roles import as_role

if TYPE_CHECKING:
    from invoicing.models import Document
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson


@dataclass(frozen=True)
class Story:
    """A payment with its invoice, which a refund took back."""

    payment: str
    invoice: Document
    note: Document


@pytest.fixture
def story(cast: Cast) -> Story:
    """Let Acme pay, get its invoice, and get half of it back."""
    with as_role("worker"), provider_scope(cast.nimbus):
        seller = {"legal_name": "Nimbus Inc.", "address": "1 Cloud Way", "country": "US"}
        Provider.objects.filter(pk=cast.nimbus).update(**seller)
        paid = make_attempt(make_connection(cast.nimbus), cast.acme)
        refund = make_refund(paid, "succeeded")
        draft = invoice(cast.acme, paid.public_id, source_type=SourceType.PAYMENT)
        number = issue_now(provider_id=cast.nimbus, draft=draft, now=NOW)
        settle_document(
            provider_id=cast.nimbus,
            document_id=number,
            amount=Money(1050, "USD"),
            key=f"payment/{paid.public_id}",
            now=NOW,
        )
        note = credit_invoice(
            provider_id=cast.nimbus,
            document_id=number,
            reason="Too much",
            key=refund.public_id,
            now=NOW,
            nets={1: 100},
        )
        return Story(paid.public_id, stored(number), stored(note))


class TestLinks:
    @pytest.mark.parametrize(
        ("person", "payments", "documents"),
        [
            ("alice", "/billing/payments/", "/billing/invoices/"),
            ("rita", "/provider/payments/", "/provider/invoices/"),
        ],
    )
    def test_they_lead_both_ways(
        self, as_person: AsPerson, story: Story, person: str, payments: str, documents: str
    ) -> None:
        client = as_person(person)
        payment = f"{payments}{story.payment}/"
        invoiced = f"{documents}{story.invoice.public_id}/"
        note = f"{documents}{story.note.public_id}/"

        of_payment, of_invoice, of_note = (
            client.get(url).content.decode() for url in (payment, invoiced, note)
        )

        assert f'href="{invoiced}">{story.invoice.number}</a>' in of_payment
        # Among the documents, and beside the refund that it is of.
        assert of_payment.count(f'href="{note}"') == 2
        assert f'href="{payment}"' in of_invoice
        assert f'href="{note}"' in of_invoice
        assert of_note.count(f'href="{invoiced}"') >= 2
        assert f'href="{payment}"' in of_note

    def test_a_document_tells_what_happened_to_it(self, as_person: AsPerson, story: Story) -> None:
        url = f"invoices/{story.invoice.public_id}/"
        own = as_person("alice").get(f"/billing/{url}").content.decode()
        told = as_person("rita").get(f"/provider/{url}").content.decode()

        for body in (own, told):
            steps = body.partition('id="timeline"')[2]
            assert "Issued" in steps
            assert "Settled: 10.50 USD" in steps
            assert f"Credit note {story.note.number}" in steps
        assert "Drafted" not in own
        assert "Drafted" in told

    def test_another_tenant_finds_neither(self, as_person: AsPerson, story: Story) -> None:
        charlie = as_person("charlie")

        assert charlie.get(f"/billing/payments/{story.payment}/").status_code == 404
        assert charlie.get(f"/billing/invoices/{story.note.public_id}/").status_code == 404
