"""Documents on their pages: who sees which, filters, figures as on the document, and no formula in a CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tests.factories.documents import make_receipt
from tests.roles import as_role

if TYPE_CHECKING:
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


class TestStaff:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["doc_g", "doc_a"]),
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
