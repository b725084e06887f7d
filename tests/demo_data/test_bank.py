"""The demo shows bank transfers in every state, and a statement that its visitors import themselves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.urls import include, path
from stdnum import bic, iban

from accounts.services.audit import verify
from billing_platform.demo_data.bank import waiting_statement
from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.demo_data.seeding import seed_demo
from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder, Document
from invoicing.selectors.bank_orders import suggestions_for
from invoicing.selectors.proofs import document_faults
from invoicing.services.statement_intake import take_statement
from payments.models import BankLine
from payments.selectors.bank_lines import LineQuery, list_lines
from payments.services.bank_import import StatementFile
from tenants.selectors.providers import provider_id_by_slug
from tenants.selectors.tenants import list_tenants
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
urlpatterns = [
    path("demo/", include("billing_platform.demo.urls")),
    path("", include("billing_platform.portal.urls")),
]


def orders(provider_id: int) -> Counter[str]:
    """Return how many orders of a provider stand where."""
    with provider_scope(provider_id):
        ids = BankOrder.objects.values_list("document_id", flat=True)
        return Counter(Document.objects.filter(pk__in=ids).values_list("state", flat=True))


def lines(provider_id: int) -> Counter[tuple[str, str]]:
    """Return how many lines of a provider's statements stand where, and why."""
    with provider_scope(provider_id):
        return Counter(BankLine.objects.values_list("state", "reason"))


class TestSellers:
    def test_have_accounts_that_can_be_and_that_nobody_has(self) -> None:
        for provider in PROVIDERS:
            assert iban.is_valid(provider.seller.bank_iban)
            assert bic.is_valid(provider.seller.bank_bic)


class TestSeeded:
    @pytest.mark.django_db
    @pytest.mark.urls("tests.demo_data.test_bank")
    def test_shows_each_state_and_a_visitor_imports_the_rest(self, client: Client) -> None:
        with as_role("worker"):
            seed_demo(now=NOW, days=4)
        for provider in PROVIDERS:
            provider_id = provider_id_by_slug(provider.slug)
            with as_role("worker"):
                was = orders(provider_id)
                assert was["cancelled"] == 1
                # What is sent: open, returned, and of a whole demo's 60 days one less, which expired.
                assert was["paid"] >= 4
                assert was["partially_paid"] == 1
                assert was["sent"] >= 3
                found = lines(provider_id)
                # The story's five, and those of clients whose credit ran low.
                assert found.pop(("matched", "")) > 5
                assert found == {
                    ("matched", "over"): 1,
                    ("returned", ""): 1,
                    ("outgoing", ""): 1,
                    ("open", "missing"): 2,
                }
                self.assert_one_is_suggested(provider_id)
            answer = client.get(f"/demo/bank/{provider.slug}.xml")
            assert answer.status_code == 200
            assert "attachment" in answer["Content-Disposition"]
            assert answer.content == client.get(f"/demo/bank/{provider.slug}.xml").content

            with as_role("worker"):
                done = take_statement(
                    provider_id=provider_id,
                    file=StatementFile(name="a.xml", data=answer.content, format="camt053"),
                    user_id=None,
                    now=NOW,
                )
                (statement,) = done.statements
                assert done.failed == {}
                assert statement.states["returned"] == 1
                assert statement.states["open"] == 1
                assert statement.states["outgoing"] == 1
                assert statement.states["matched"] >= 1
                self.assert_one_is_suggested(provider_id, count=2)
                assert orders(provider_id)["paid"] == was["paid"] - 1 + statement.states["matched"]
                self.assert_books_are_right(provider_id)
        self.assert_is_back("sonora", "K-1003")

    def test_has_no_file_of_strangers(self) -> None:
        assert waiting_statement("nobody") is None

    def assert_one_is_suggested(self, provider_id: int, count: int = 1) -> None:
        with provider_scope(provider_id):
            waiting = list_lines(provider_id, LineQuery(state="open"), limit=9)
            found = suggestions_for(provider_id, waiting)
        assert sum(1 for each in found.values() if each) == count

    def assert_books_are_right(self, provider_id: int) -> None:
        with provider_scope(provider_id):
            assert verify(provider_id=provider_id).findings == ()
            assert list(document_faults(provider_id)) == []

    def assert_is_back(self, slug: str, external_id: str) -> None:
        """Whoever was suspended for want of credit is active again by its transfer."""
        provider_id = provider_id_by_slug(slug)
        with as_role("worker"), provider_scope(provider_id):
            rows = {row.external_id: row.status for row in list_tenants(provider_id, limit=99).rows}
        assert rows[external_id] == "active"
