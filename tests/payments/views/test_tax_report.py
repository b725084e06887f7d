"""The report of collected tax agrees with the ledger, says when it does not, and only the provider reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.crediting import credit_invoice
from invoicing.services.payment_documents import issue_payment_documents
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_germany
from tests.payments.recharged import Customer
from tests.payments.till import Till
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

PAGE = "/provider/taxes/report/"


@pytest.fixture
def till(cast: Cast, simulated: SimulatorServer) -> Till:
    """Return the till after one taxed recharge of 100.00, without its invoice."""
    till = Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
    with provider_scope(till.provider_id):
        register_in_germany(till.provider_id)
        Provider.objects.filter(pk=till.provider_id).update(
            legal_name="Nimbus GmbH", address="1 Wolkenweg\nBerlin", country="DE"
        )
        set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
    customer = Customer(till)
    customer.has(0)
    customer.has_card()
    customer.wants(amount_minor=10000)
    assert customer.scan() == {"charged": 1}
    return till


class TestReport:
    def test_it_says_base_and_tax_and_whether_the_ledger_agrees(
        self, till: Till, cast: Cast
    ) -> None:
        paula = browser(cast, "paula")
        page = paula.get(PAGE).content.decode()
        assert "No tax in these days" in page
        assert "more than the documents" in page  # it is paid, and its invoice not issued yet

        issue_payment_documents(provider_id=till.provider_id, now=now())
        page = paula.get(PAGE).content.decode()
        assert "tax payable says the same" in page
        assert '<td data-label="Region">DE</td>' in page
        answer = paula.get("/provider/taxes/report.csv")
        lines = b"".join(answer).decode().splitlines()
        assert lines[0].startswith("month,region,tax,category,rate_percent")
        assert lines[1].endswith(",DE,VAT,S,19,1,USD,100.00,19.00")
        assert len(lines) == 2
        assert "No tax in these days" in paula.get(f"{PAGE}?until=2020-01-31").content.decode()

        with provider_scope(till.provider_id):
            invoice = Document.objects.get()
            credit_invoice(
                provider_id=till.provider_id,
                document_id=invoice.pk,
                reason="by hand",
                key="test",
                now=now(),
            )
        page = paula.get(PAGE).content.decode()
        assert "more than the documents" in page

    def test_customers_and_strangers_find_nothing(self, till: Till, cast: Cast) -> None:
        issue_payment_documents(provider_id=till.provider_id, now=now())

        for name, status in (("rita", 200), ("alice", 403), ("mallory", 404)):
            assert browser(cast, name).get(PAGE).status_code == status
