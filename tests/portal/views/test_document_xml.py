"""Electronic invoices on a document's page: where the provider sends them, for who sees the document, and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from facturx import parse_ubl_cii_xml

from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.issuing import issue_now
from invoicing.services.sellers import save_seller
from tax.services.profiles import save_tax_address
from tax.types import TaxAddress
from tenants.services.settings import set_setting
from tenants.types import LegalIdentity
from tests.cast import NOW
from tests.factories.tax import publish_dollar
from tests.invoicing.drafts import invoice
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

SELLER = LegalIdentity(
    name="Nimbus GmbH", address="Weg 1", city="Berlin", country="DE", tax_id="136695976"
)


@pytest.fixture
def document(world: World) -> str:
    """Issue an invoice to Acme, of a provider that sends electronic invoices; return its public id."""
    provider_id, tenant_id = world.cast.nimbus, world.cast.acme
    with as_role("worker"), provider_scope(provider_id):
        save_seller(provider_id=provider_id, identity=SELLER)
        save_tax_address(
            provider_id=provider_id,
            tenant_id=tenant_id,
            legal_name="Acme SARL",
            street="5 rue de Rivoli",
            address=TaxAddress(country="FR", city="Paris"),
            now=NOW,
        )
        publish_dollar(provider_id, NOW.date())
        draft = replace(invoice(tenant_id), language="en")
        row = Document.objects.get(pk=issue_now(provider_id=provider_id, draft=draft, now=NOW))
        set_setting(provider_id=provider_id, name="documents.einvoice", value=True, now=NOW)
    return row.public_id


def change(world: World, name: str, value: object) -> None:
    with as_role("worker"), provider_scope(world.cast.nimbus):
        set_setting(provider_id=world.cast.nimbus, name=name, value=value, now=NOW)


class TestDownload:
    @pytest.mark.parametrize(("person", "portal"), [("alice", "billing"), ("rita", "provider")])
    @pytest.mark.parametrize("syntax", ["cii", "ubl"])
    def test_the_page_leads_to_it(
        self, as_person: AsPerson, document: str, person: str, portal: str, syntax: str
    ) -> None:
        client, page = as_person(person), f"/{portal}/invoices/{document}"

        assert f"{page}/{syntax}.xml" in client.get(f"{page}/").content.decode()
        answer = client.get(f"{page}/{syntax}.xml")

        assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
        assert f"-{syntax}.xml" in answer.headers["Content-Disposition"]
        found = parse_ubl_cii_xml(answer.content)
        assert (found["BG-7"]["name"], str(found["BT-112"])) == ("Acme SARL", "172.51")

    def test_strangers_and_other_syntaxes_find_nothing(
        self, as_person: AsPerson, document: str
    ) -> None:
        assert as_person("charlie").get(f"/billing/invoices/{document}/ubl.xml").status_code == 404
        assert as_person("bob").get(f"/billing/invoices/{document}/ubl.xml").status_code == 403
        assert as_person("alice").get(f"/billing/invoices/{document}/pdf.xml").status_code == 404

    @pytest.mark.parametrize(
        ("name", "value"), [("documents.einvoice", False), ("tax.rounding", "line")]
    )
    def test_where_the_provider_sends_none_there_is_none(
        self, world: World, as_person: AsPerson, document: str, name: str, value: object
    ) -> None:
        change(world, name, value)
        paula, page = as_person("paula"), f"/provider/invoices/{document}"

        assert ".xml" not in paula.get(f"{page}/").content.decode()
        assert paula.get(f"{page}/cii.xml").status_code == 404

    def test_staff_read_why_there_is_none_and_customers_do_not(
        self, world: World, as_person: AsPerson
    ) -> None:
        provider_id = world.cast.nimbus
        with as_role("worker"), provider_scope(provider_id):
            save_seller(provider_id=provider_id, identity=replace(SELLER, tax_id=""))
            publish_dollar(provider_id, NOW.date())
            issue_now(provider_id=provider_id, draft=invoice(world.cast.acme), now=NOW)
            (row,) = Document.objects.filter(provider_id=provider_id, kind="invoice")
        change(world, "documents.einvoice", value=True)

        staff = as_person("paula").get(f"/provider/invoices/{row.public_id}/").content.decode()
        own = as_person("alice").get(f"/billing/invoices/{row.public_id}/").content.decode()

        assert "There is no electronic invoice: The seller&#x27;s tax number is missing." in staff
        assert "no electronic invoice" not in own
        assert ".xml" not in own
