"""Documents on their pages: who sees which, filters, figures as on the document, and no formula in a CSV."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.scope import provider_scope
from invoicing.selectors import document_counts, documents
from invoicing.services import files
from invoicing.services.files import make_pdfs
from tests.cast import NOW
from tests.factories.documents import make_receipt
from tests.roles import as_role

if TYPE_CHECKING:
    from pathlib import Path

    from tests.portal.views.conftest import AsPerson, World


@pytest.fixture
def receipts(world: World) -> list[str]:
    """Issue a receipt to Acme, one to Globex and one of Sonora."""
    cast = world.cast
    with as_role("worker"):
        with provider_scope(cast.nimbus):
            found = [
                make_receipt(
                    cast.nimbus, tenant, public_id=name, minor=minor, name=f"=1+1 <b>{name}"
                )
                for name, tenant, minor in (
                    ("doc_a", cast.acme, 123456),
                    ("doc_g", cast.globex, 500),
                )
            ]
        with provider_scope(cast.sonora):
            make_receipt(cast.sonora, cast.aria, public_id="doc_s", minor=700, name="Aria")
    return found


class TestCustomer:
    def test_sees_its_own_and_what_is_on_them(
        self, as_person: AsPerson, receipts: list[str]
    ) -> None:
        alice = as_person("alice")
        listed = alice.get("/billing/invoices/").content.decode()
        shown = alice.get("/billing/invoices/doc_a/").content.decode()

        assert receipts[0] in listed
        assert receipts[1] not in listed
        assert "1,234.56" in listed
        assert 'data-label="Issue date"' in listed
        assert "1,234.56" in shown
        assert "=1+1 &lt;b&gt;doc_a" in shown
        assert "<b>doc_a" not in shown

    @pytest.mark.parametrize("document", ["doc_g", "doc_s", "none"])
    def test_foreign_ones_are_not_there(
        self, as_person: AsPerson, receipts: list[str], document: str
    ) -> None:
        assert as_person("alice").get(f"/billing/invoices/{document}/").status_code == 404

    def test_an_ordinary_user_sees_none(self, as_person: AsPerson, receipts: list[str]) -> None:
        assert as_person("bob").get("/billing/invoices/").status_code == 403

    def test_the_csv_holds_the_same_figures(self, as_person: AsPerson, receipts: list[str]) -> None:
        answer = as_person("alice").get("/billing/invoices.csv")
        text = answer.getvalue().decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))

        assert (row["number"], row["total"], row["currency"]) == (receipts[0], "1234.56", "USD")
        assert row["document"] == "doc_a"


class TestTotals:
    @pytest.mark.parametrize(("most", "is_summed"), [(2, True), (1, False)])
    def test_more_than_are_summed_up_are_to_be_narrowed(
        self,
        as_person: AsPerson,
        receipts: list[str],
        monkeypatch: pytest.MonkeyPatch,
        most: int,
        is_summed: bool,
    ) -> None:
        monkeypatch.setattr(documents, "TOTALS_MAX", most)

        page = as_person("paula").get("/provider/invoices/").content.decode()

        assert ("1,239.56" in page) is is_summed
        assert ("Choose days or a client" in page) is not is_summed
        assert all(number in page for number in receipts)


class TestTabs:
    def test_they_count_what_the_other_filters_leave(
        self, as_person: AsPerson, receipts: list[str]
    ) -> None:
        paula = as_person("paula")

        every = tabs_of(paula.get("/provider/invoices/?status=paid"))
        one = tabs_of(paula.get("/provider/invoices/?number=" + receipts[0]))
        own = tabs_of(as_person("alice").get("/billing/invoices/"))

        assert every["All"] == "2"
        assert sum(int(count) for name, count in every.items() if name != "All") == 2
        assert one["All"] == own["All"] == "1"
        assert "Draft" not in own

    def test_they_never_say_none_of_what_was_not_looked_at(
        self, as_person: AsPerson, receipts: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(document_counts, "COUNT_CAP", 0)

        told = tabs_of(as_person("paula").get("/provider/invoices/"))

        # One of the two receipts was looked at; nothing that is owed else can stand behind it.
        assert (told["Sent"], told["Partially Paid"]) == ("1+", "0+")
        assert (told["Overdue"], told["Paid"]) == ("0", "0")


def tabs_of(answer: Any) -> dict[str, str]:
    """Return the tabs of a list with their counts."""
    pattern = r'aria-current="page"|>([\w ]+) <span class="tnum text-secondary ms-1">([\d,+]+)'
    found = re.findall(pattern, answer.content.decode())
    return {name: count for name, count in found if name}


class TestStaff:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["doc_g", "doc_a"]),
            ("?order=oldest&size=25", ["doc_a", "doc_g"]),
            ("?client=acme", ["doc_a"]),
            ("?client=nobody", []),
            ("?kind=invoice", []),
            ("?kind=receipt&status=sent", ["doc_g", "doc_a"]),
            ("?status=overdue", []),
            ("?number=0002", ["doc_g"]),
            ("?since=2026-11-20&until=2026-11-20", ["doc_g", "doc_a"]),
            ("?since=2026-11-21", []),
            ("?before=x&status=nonsense&since=never", ["doc_g", "doc_a"]),
        ],
    )
    def test_filters_stand_in_the_address(
        self, as_person: AsPerson, receipts: list[str], query: str, found: list[str]
    ) -> None:
        page = as_person("rita").get(f"/provider/invoices/{query}").context["page"]

        assert [row.row.public_id for row in page.rows] == found

    def test_another_providers_are_not_there(
        self, as_person: AsPerson, receipts: list[str]
    ) -> None:
        paula = as_person("paula")

        assert paula.get("/provider/invoices/doc_s/").status_code == 404
        assert "Acme" in paula.get("/provider/invoices/doc_a/").content.decode()
        text = paula.get("/provider/invoices.csv").getvalue().decode("utf-8-sig")
        assert [row["client"] for row in csv.DictReader(io.StringIO(text))] == ["globex", "acme"]


@pytest.fixture
def pdfs(
    world: World, receipts: list[str], uploads_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Make the PDFs of all receipts but Sonora's, quickly."""
    monkeypatch.setattr(
        files, "pdf_of", lambda document, _, has_xml: b"%PDF " + document.digest.encode()
    )
    with as_role("worker"):
        make_pdfs(provider_id=world.cast.nimbus, now=NOW, go_on=lambda: True)
    return receipts


class TestFiles:
    def test_a_pdf_is_being_prepared_and_the_document_can_be_read(
        self, as_person: AsPerson, receipts: list[str]
    ) -> None:
        alice = as_person("alice")

        answer = alice.get("/billing/invoices/doc_a/pdf/", follow=True)
        printed = alice.get("/billing/invoices/doc_a/print/")

        assert "being prepared" in answer.content.decode()
        assert "Download PDF" not in answer.content.decode()
        assert receipts[0] in printed.content.decode()
        assert "=1+1 &lt;b&gt;doc_a" in printed.content.decode()
        assert "style-src 'sha256-" in printed.headers["Content-Security-Policy"]
        assert "script-src 'none'" in printed.headers["Content-Security-Policy"]

    def test_customer_and_staff_get_the_same_bytes(
        self, as_person: AsPerson, pdfs: list[str]
    ) -> None:
        assert "Download PDF" in as_person("alice").get("/billing/invoices/").content.decode()
        found = [
            as_person(name).get(url)
            for name, url in (
                ("alice", "/billing/invoices/doc_a/pdf/"),
                ("rita", "/provider/invoices/doc_a/pdf/"),
            )
        ]

        assert found[0].content == found[1].content
        assert found[0].headers["Content-Type"] == "application/pdf"
        disposition = found[0].headers["Content-Disposition"]
        assert disposition == f'attachment; filename="{pdfs[0]}.pdf"'

    @pytest.mark.parametrize("what", ["pdf", "print"])
    @pytest.mark.parametrize("document", ["doc_g", "doc_s", "none"])
    def test_nobody_elses_are_there(
        self, as_person: AsPerson, pdfs: list[str], document: str, what: str
    ) -> None:
        answer = as_person("alice").get(f"/billing/invoices/{document}/{what}/")

        assert answer.status_code == 404

    def test_a_damaged_one_is_not_sent(
        self, as_person: AsPerson, pdfs: list[str], uploads_folder: Path
    ) -> None:
        for path in uploads_folder.rglob("*"):
            if path.is_file():
                path.write_bytes(b"%PDF another")

        answer = as_person("alice").get("/billing/invoices/doc_a/pdf/", follow=True)

        assert b"is not the one that was made" in answer.content
        assert b"%PDF" not in answer.content

    def test_a_zip_holds_what_the_filter_shows(
        self, as_person: AsPerson, pdfs: list[str], world: World
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            late = make_receipt(
                world.cast.nimbus, world.cast.globex, public_id="doc_l", minor=1, name="Late"
            )

        def names(name: str, url: str) -> list[str]:
            answer = as_person(name).get(url)
            return zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()

        assert names("alice", "/billing/invoices.zip") == [f"{pdfs[0]}.pdf"]
        assert names("rita", "/provider/invoices.zip?client=globex") == [
            f"{pdfs[1]}.pdf",
            "not-included.txt",
        ]
        assert late not in str(names("rita", "/provider/invoices.zip?client=acme"))

    def test_too_many_or_none_are_said_in_words(
        self, as_person: AsPerson, pdfs: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rita = as_person("rita")
        none = rita.get("/provider/invoices.zip?client=nobody", follow=True)
        monkeypatch.setattr("billing_platform.portal.pages.document_files.ZIP_MAX", 1)
        many = rita.get("/provider/invoices.zip?kind=receipt", follow=True)

        assert b"No document fits these filters." in none.content
        assert b"at most 1 documents" in many.content
        assert many.redirect_chain[0][0].endswith("?kind=receipt")
