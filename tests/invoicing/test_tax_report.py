"""Collected tax is summed per month, region and rate; a document is counted once for each tax that it bears."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from invoicing.selectors.tax_report import collected_taxes
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
