"""Collected tax is summed per month, region and rate; a document is counted once for each tax that it bears."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.kernel.money import Money
from invoicing.models import TaxDay
from invoicing.selectors.tax_report import collected_taxes
from invoicing.services.crediting import credit_invoice
from invoicing.services.drafting import draft_document
from invoicing.services.issuing import issue_now
from tests.invoicing.drafts import NOW, invoice, line, tax

if TYPE_CHECKING:
    from tests.cast import Cast


class TestCollectedTaxes:
    def test_a_document_counts_once_for_a_tax_that_it_bears_twice(
        self, cast: Cast, seller: int
    ) -> None:
        twice = invoice(
            cast.acme,
            "twice",
            lines=(line(10000), line(5000, group="other"), line(1000, group="s7")),
            taxes=(
                tax(10000, 1900),
                tax(5000, 950, group="other"),
                tax(1000, 70, group="s7", rate="7"),
            ),
        )
        for draft in (invoice(cast.acme, "one"), twice):
            issue_now(provider_id=seller, draft=draft, now=NOW)

        found = collected_taxes(seller, since=date(2026, 11, 1), until=date(2026, 12, 1))
        before = collected_taxes(seller, since=date(2026, 10, 1), until=date(2026, 11, 1))

        assert [(row.month, int(row.rate), row.documents, row.base, row.tax) for row in found] == [
            ("2026-11", 19, 2, Money(25001, "USD"), Money(4750, "USD")),
            ("2026-11", 7, 2, Money(6000, "USD"), Money(420, "USD")),
        ]
        assert before == []

    def test_a_credit_note_takes_back_and_a_draft_counts_nothing(
        self, cast: Cast, seller: int
    ) -> None:
        number = issue_now(provider_id=seller, draft=invoice(cast.acme, "one"), now=NOW)
        credit_invoice(
            provider_id=seller, document_id=number, reason="x", key="a", now=NOW, nets={2: 5000}
        )
        draft_document(provider_id=seller, draft=invoice(cast.acme, "draft"), now=NOW)

        found = collected_taxes(seller, since=date(2026, 11, 1), until=date(2026, 12, 1))

        assert [(int(row.rate), row.documents, row.base, row.tax) for row in found] == [
            (19, 1, Money(10001, "USD"), Money(1900, "USD")),
            (7, 2, Money(0, "USD"), Money(0, "USD")),
        ]

    def test_what_is_not_committed_is_not_added_up(self, cast: Cast, seller: int) -> None:
        with transaction.atomic():
            issue_now(provider_id=seller, draft=invoice(cast.acme, "one"), now=NOW)
            transaction.set_rollback(True)

        assert collected_taxes(seller, since=date(2026, 11, 1), until=date(2026, 12, 1)) == []
        assert not TaxDay.objects.exists()
