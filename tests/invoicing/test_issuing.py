"""A document is drafted, numbered without gaps, and never changes once it is issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind
from invoicing.errors import DraftRefused, NotADraft, NumberRefused, SellerIncomplete
from invoicing.models import Document, DocumentLine
from invoicing.selectors.documents import DocumentQuery, list_documents, whole_document
from invoicing.services.drafting import discard_draft, draft_document
from invoicing.services.issuing import issue_document, issue_now
from tenants.models import Provider
from tenants.services.profiles import save_profile
from tenants.services.settings import set_setting
from tenants.types import TenantProfileView
from tests.invoicing.drafts import NOW, TODAY, invoice, line, stored, tax

if TYPE_CHECKING:
    from tests.cast import Cast

ANOTHER_LINE = """
INSERT INTO invoicing_document_line (provider_id, tenant_id, document_id, position, name, detail, quantity, unit,
                                     unit_price, discount_minor, net_minor, tax_group)
SELECT provider_id, tenant_id, document_id, 9, name, detail, quantity, unit, unit_price, 0, 0, tax_group
  FROM invoicing_document_line
"""


def issue(seller: int, tenant_id: int, source_id: str, at: datetime = NOW, **more: Any) -> Document:
    draft = invoice(tenant_id, source_id, **more)
    return stored(issue_now(provider_id=seller, draft=draft, now=at))


class TestIssue:
    def test_it_gets_its_number_days_and_parties(self, cast: Cast, seller: int) -> None:
        profile = TenantProfileView(legal_name="Acme Ltd.", address="2 Road\nTown", country="GB")
        save_profile(
            provider_id=seller,
            tenant_id=cast.acme,
            profile=profile,
            language="en",
            time_zone="UTC",
            now=NOW,
        )

        row = issue(seller, cast.acme, "one")

        assert (row.number, row.state) == ("INV-2026-00001", "sent")
        assert (row.issued_on, row.due_on) == (TODAY, date(2026, 12, 4))
        assert (row.subtotal_minor, row.tax_minor, row.total_minor) == (15001, 2250, 17251)
        assert row.content["seller"]["name"] == "Nimbus Inc."
        assert row.content["seller"]["address"] == ["1 Cloud Way", "Reno"]
        assert row.content["buyer"]["address"] == ["2 Road", "Town"]

    def test_a_source_has_one_document_of_a_kind(self, cast: Cast, seller: int) -> None:
        ids = {issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW) for _ in range(2)}

        assert len(ids) == 1
        assert issue(seller, cast.acme, "two").number == "INV-2026-00002"

    def test_what_was_printed_stays_when_the_seller_moves(self, cast: Cast, seller: int) -> None:
        row = issue(seller, cast.acme, "one")
        Provider.objects.filter(pk=seller).update(legal_name="Other Inc.")

        whole = whole_document(seller, row.public_id, today=TODAY)

        assert whole.content["seller"]["name"] == "Nimbus Inc."

    def test_without_a_sellers_address_there_is_no_invoice(self, cast: Cast, seller: int) -> None:
        Provider.objects.filter(pk=seller).update(address="")

        with pytest.raises(SellerIncomplete):
            issue(seller, cast.acme, "one")

        assert list_documents(seller, DocumentQuery(), today=TODAY, limit=9) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"lines": ()},
            {"taxes": ()},
            {"lines": (line(15001, group="other"),)},
            {"taxes": (tax(10000, 1900), tax(5000, 350, group="s7", rate="7"))},
            {"discount_minor": 15002},
            {"discount_minor": -1},
            {"credit_used_minor": 17252},
        ],
    )
    def test_parts_that_do_not_fit_are_refused(
        self, cast: Cast, seller: int, change: dict[str, Any]
    ) -> None:
        with pytest.raises(DraftRefused):
            draft_document(provider_id=seller, draft=replace(invoice(cast.acme), **change), now=NOW)


class TestNumbers:
    @pytest.mark.parametrize(
        ("pattern", "month", "number"),
        [
            ("{number}", 1, "1"),
            ("{yy}/{number:3}", 1, "26/001"),
            ("A-{year}/{number:9}", 12, "A-2025/000000001"),
        ],
    )
    def test_the_pattern_says_how_they_look(
        self, cast: Cast, seller: int, pattern: str, month: int, number: str
    ) -> None:
        for name, value in (("invoice_pattern", pattern), ("year_starts_month", month)):
            set_setting(provider_id=seller, name=f"documents.{name}", value=value, now=NOW)

        assert issue(seller, cast.acme, "one").number == number

    @pytest.mark.parametrize(
        "pattern",
        [
            "",
            "INV",
            "{number}{number}",
            "{number:0}",
            "{month}{number}",
            "<b>{number}",
            "ü{number}",
            "x" * 40 + "{number}",
        ],
    )
    def test_a_broken_pattern_is_refused_and_takes_no_number(
        self, cast: Cast, seller: int, pattern: str
    ) -> None:
        name = "documents.invoice_pattern"
        set_setting(provider_id=seller, name=name, value=pattern, now=NOW)
        with pytest.raises(NumberRefused):
            issue(seller, cast.acme, "one")
        set_setting(provider_id=seller, name=name, value="I-{year}-{number}", now=NOW)

        assert issue(seller, cast.acme, "one").number == "I-2026-1"

    def test_a_year_begins_anew_where_the_number_names_it(self, cast: Cast, seller: int) -> None:
        new_year = datetime(2027, 1, 1, tzinfo=UTC)

        found = [
            issue(seller, cast.acme, str(n), at).number for n, at in enumerate([NOW, new_year])
        ]
        set_setting(
            provider_id=seller, name="documents.invoice_pattern", value="{number:3}", now=NOW
        )
        found += [
            issue(seller, cast.acme, f"x{n}", at).number for n, at in enumerate([NOW, new_year])
        ]

        assert found == ["INV-2026-00001", "INV-2027-00001", "001", "002"]

    def test_a_number_that_was_rolled_back_goes_to_the_next(self, cast: Cast, seller: int) -> None:
        with transaction.atomic():
            issue(seller, cast.acme, "one")
            transaction.set_rollback(True)

        assert issue(seller, cast.acme, "two").number == "INV-2026-00001"

    def test_each_kind_and_each_provider_has_its_own(self, cast: Cast, seller: int) -> None:
        receipt: dict[str, Any] = {"kind": DocumentKind.RECEIPT, "taxes": ()}
        mine = [issue(seller, cast.acme, "one"), issue(seller, cast.acme, "one", NOW, **receipt)]
        with provider_scope(cast.sonora):
            Provider.objects.filter(pk=cast.sonora).update(address="Elsewhere", country="CH")
            theirs = issue(cast.sonora, cast.aria, "one")

        assert [row.number for row in mine] == ["INV-2026-00001", "RCT-2026-00001"]
        assert theirs.number == "INV-2026-00001"


class TestIssuedStands:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE invoicing_document SET content = '{}'",
            "UPDATE invoicing_document SET total_minor = total_minor + 1, tax_minor = tax_minor + 1",
            "UPDATE invoicing_document SET number = 'X'",
            "UPDATE invoicing_document SET due_on = NULL",
            "UPDATE invoicing_document SET state = 'draft'",
            "UPDATE invoicing_document SET state = 'paid'",
            "DELETE FROM invoicing_document",
            "DELETE FROM invoicing_document_line",
            "DELETE FROM invoicing_document_tax",
            ANOTHER_LINE,
        ],
    )
    def test_the_database_refuses_every_change(
        self, cast: Cast, seller: int, statement: str
    ) -> None:
        issue(seller, cast.acme, "one")

        with pytest.raises(DatabaseError), transaction.atomic():
            execute(statement)

    def test_a_draft_is_thrown_away_and_an_issued_one_is_not(self, cast: Cast, seller: int) -> None:
        draft_id = draft_document(provider_id=seller, draft=invoice(cast.acme), now=NOW)
        discard_draft(provider_id=seller, document_id=draft_id)
        assert not DocumentLine.objects.filter(document_id=draft_id).exists()

        row = issue(seller, cast.acme, "one")
        with pytest.raises(NotADraft):
            discard_draft(provider_id=seller, document_id=row.pk)
        assert issue_document(provider_id=seller, document_id=row.pk, now=NOW) == row.number

    def test_sums_that_are_off_are_not_issued(self, cast: Cast, seller: int) -> None:
        draft_id = draft_document(provider_id=seller, draft=invoice(cast.acme), now=NOW)
        execute("DELETE FROM invoicing_document_line WHERE position = 2")

        with pytest.raises(DatabaseError), transaction.atomic():
            issue_document(provider_id=seller, document_id=draft_id, now=NOW)
