"""Taxes in both portals: who may, what is told, and what hostile words become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tax.models import Exemption, NumberCheck, TaxNumber
from tax.selectors.rates import rates_of, registrations_of
from tax.services.numbers import add_number
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW
from tests.factories.tax import FRENCH_VAT, GERMAN_VAT, register_in_germany

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

TAXES = "/provider/taxes/"
COMPANY = "/company/tax/"
PDF = b"%PDF-1.7 a certificate"
HOSTILE = "<script>alert(1)</script>"


def client_tax(cast: Cast, tenant_id: int) -> str:
    with provider_scope(cast.nimbus):
        return f"/provider/clients/{tenant_by_id(cast.nimbus, tenant_id).public_id}/tax/"


def certificate(name: str = "c.pdf", content: bytes = PDF) -> dict[str, object]:
    file = SimpleUploadedFile(name, content)
    return {"country": "DE", "certificate": "C-1", "begins": "2026-01-01", "file": file}


class TestProvider:
    def test_says_where_it_is_registered_and_takes_reviewed_rates_over(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        registration = {"kind": "vat", "country": "DE", "number": GERMAN_VAT, "is_home": "on"}
        answers = [
            bill.post(f"{TAXES}registrations/new", {**registration, "begins": "2026-01-01"}),
            bill.post(f"{TAXES}review", {"countries": ["DE", "FI"], "begins": "2026-01-01"}),
        ]

        assert [answer.status_code for answer in answers] == [302, 302]
        body = bill.get(TAXES).content.decode()
        assert GERMAN_VAT in body
        assert "25.5" in body
        assert "eu-vat-rates-data" in body

    def test_a_rate_begins_and_ends(self, cast: Cast, as_person: AsPerson) -> None:
        bill = as_person("bill")
        rate = {"country": "US", "region": "CA", "category": "standard", "name": "Sales tax"}
        bill.post(f"{TAXES}rates/new", {**rate, "percent": "7.25", "begins": "2026-01-01"})
        with provider_scope(cast.nimbus):
            (row,) = rates_of(cast.nimbus)

        bill.post(f"{TAXES}rates/end", {"row": row.public_id})

        with provider_scope(cast.nimbus):
            assert rates_of(cast.nimbus)[0].ends is not None

    def test_a_planned_rate_is_taken_back_and_no_other(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        rate = {"country": "US", "region": "CA", "category": "standard", "name": "Sales tax"}
        for percent, begins in (("7.25", "2026-01-01"), ("8", "2199-01-01")):
            bill.post(f"{TAXES}rates/new", {**rate, "percent": percent, "begins": begins})
        with provider_scope(cast.nimbus):
            planned, running = rates_of(cast.nimbus)
        assert "Take back" in bill.get(TAXES).content.decode()

        answers = [
            as_person("rita").post(f"{TAXES}rates/drop", {"row": planned.public_id}).status_code,
            *(
                bill.post(f"{TAXES}rates/drop", {"row": row}).status_code
                for row in (running.public_id, planned.public_id, planned.public_id, "\x00")
            ),
        ]

        assert answers == [403, 302, 302, 404, 400]
        with provider_scope(cast.nimbus):
            (left,) = rates_of(cast.nimbus)
        assert (left.public_id, left.ends) == (running.public_id, None)
        assert "has begun already" in bill.get(TAXES).content.decode()

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            ("registrations/new", {"kind": "vat", "country": "DE", "number": "DE1"}),
            ("rates/new", {"country": "DE", "name": "VAT", "percent": "101"}),
            ("categories/save", {"code": HOSTILE, "name": "x"}),
            ("review", {"countries": ["XX"], "begins": "2026-01-01"}),
        ],
    )
    def test_what_cannot_be_stays_on_the_form(
        self, cast: Cast, as_person: AsPerson, path: str, data: dict[str, str]
    ) -> None:
        answer = as_person("bill").post(f"{TAXES}{path}", {"begins": "2026-01-01", **data})

        assert answer.status_code == 422
        assert HOSTILE not in answer.content.decode()

    def test_another_provider_s_rows_are_not_there(self, cast: Cast, as_person: AsPerson) -> None:
        with provider_scope(cast.sonora):
            register_in_germany(cast.sonora)
            own, rate = registrations_of(cast.sonora)[0], rates_of(cast.sonora)[0]
        bill = as_person("bill")

        for what, row in (("registrations", own.public_id), ("rates", rate.public_id)):
            assert bill.post(f"{TAXES}{what}/end", {"row": row}).status_code == 404
        assert GERMAN_VAT not in bill.get(TAXES).content.decode()

    def test_read_only_staff_are_offered_nothing(self, cast: Cast, as_person: AsPerson) -> None:
        rita = as_person("rita")

        assert "rates/new" not in rita.get(TAXES).content.decode()
        assert rita.post(f"{TAXES}rates/new").status_code == 403


class TestPreview:
    def test_says_the_tax_and_why(self, cast: Cast, as_person: AsPerson) -> None:
        with provider_scope(cast.nimbus):
            register_in_germany(cast.nimbus)

        body = as_person("rita").get(f"{TAXES}preview?client=acme&amount=100").content.decode()

        assert "The customer&#x27;s country is not known" in body
        assert "119.00" in body

    def test_says_which_rate_is_missing(self, cast: Cast, as_person: AsPerson) -> None:
        with provider_scope(cast.nimbus):
            register_in_germany(cast.nimbus)

        url = f"{TAXES}preview?client=acme&amount=1&day=2025-12-31"
        assert "registered for no tax" in as_person("rita").get(url).content.decode()

    @pytest.mark.parametrize(
        "query", ["client=aria", "client=%00", f"client={HOSTILE}", "client=acme&amount=1e99"]
    )
    def test_nobody_and_nonsense_are_refused(
        self, cast: Cast, as_person: AsPerson, query: str
    ) -> None:
        answer = as_person("rita").get(f"{TAXES}preview?{query}")

        assert answer.status_code == 200
        assert "Declared under" not in answer.content.decode()
        assert HOSTILE not in answer.content.decode()


class TestClient:
    def test_staff_check_a_number_by_hand(self, cast: Cast, as_person: AsPerson) -> None:
        bill, url = as_person("bill"), client_tax(cast, cast.acme)
        bill.post(f"{url}numbers/add", {"country": "GB", "number": "GB 980780684"})
        with provider_scope(cast.nimbus):
            number = TaxNumber.objects.get(provider_id=cast.nimbus)

        told = {"number": number.public_id, "says": "1", "note": HOSTILE}
        bill.post(f"{url}numbers/record", told)

        body = bill.get(url).content.decode()
        assert "980780684" in body
        assert HOSTILE not in body
        with provider_scope(cast.nimbus):
            check = NumberCheck.objects.get(provider_id=cast.nimbus)
        assert (check.outcome, check.checked_by) == ("valid", cast.users["bill"])

    def test_a_number_of_another_client_is_not_there(self, cast: Cast, as_person: AsPerson) -> None:
        with provider_scope(cast.nimbus):
            public_id = add_number(
                provider_id=cast.nimbus,
                tenant_id=cast.globex,
                country="FR",
                number=FRENCH_VAT,
                now=NOW,
            )

        url = f"{client_tax(cast, cast.acme)}numbers/remove"
        assert as_person("bill").post(url, {"number": public_id}).status_code == 404

    def test_costs_the_same_for_many_rows(self, cast: Cast, as_person: AsPerson) -> None:
        rita, url = as_person("rita"), client_tax(cast, cast.acme)
        rita.get(url)

        def count() -> int:
            with CaptureQueriesContext(connection) as queries:
                rita.get(url)
            return len(queries)

        before = count()
        with provider_scope(cast.nimbus):
            for digit in range(5):
                add_number(
                    provider_id=cast.nimbus,
                    tenant_id=cast.acme,
                    country="US",
                    number=f"12345678{digit}",
                    now=NOW,
                )
        assert count() == before


@pytest.mark.usefixtures("uploads_folder")
class TestCompany:
    def test_customers_enter_address_and_number(self, cast: Cast, as_person: AsPerson) -> None:
        alice = as_person("alice")
        address = {"legal_name": HOSTILE, "street": "1 Rue", "city": "Paris", "country": "FR"}

        assert alice.post(f"{COMPANY}edit", {**address, "postcode": "75001"}).status_code == 302
        number = {"country": "FR", "number": FRENCH_VAT}
        assert alice.post(f"{COMPANY}numbers/add", number).status_code == 302

        body = alice.get(COMPANY).content.decode()
        assert "75001 Paris" in body
        assert FRENCH_VAT in body
        assert "Not confirmed yet" in body
        assert HOSTILE not in body

    def test_what_is_no_number_stays_on_the_form(self, cast: Cast, as_person: AsPerson) -> None:
        answer = as_person("alice").post(
            f"{COMPANY}numbers/add", {"country": "FR", "number": "FR1"}
        )

        assert answer.status_code == 422
        assert "This is no tax number of that country." in answer.content.decode()

    def test_a_certificate_goes_up_is_accepted_and_comes_back_to_its_owner_only(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        alice, bill = as_person("alice"), as_person("bill")
        name = f'{HOSTILE}".pdf'
        assert alice.post(f"{COMPANY}exemptions/add", certificate(name)).status_code == 302
        with provider_scope(cast.nimbus):
            row = Exemption.objects.get(provider_id=cast.nimbus)

        decision = {"exemption": row.public_id, "state": "accepted", "note": "Welcome"}
        bill.post(f"{client_tax(cast, cast.acme)}exemptions/decide", decision)

        path = f"exemptions/{row.public_id}/file"
        assert "Welcome" in alice.get(COMPANY).content.decode()
        file = alice.get(f"{COMPANY}{path}")
        assert (file.content, file.headers["Content-Type"]) == (PDF, "application/pdf")
        assert file.headers["Content-Disposition"].startswith("attachment")
        assert bill.get(f"{client_tax(cast, cast.acme)}{path}").content == PDF
        assert as_person("charlie").get(f"{COMPANY}{path}").status_code == 404
        assert bill.get(f"{client_tax(cast, cast.globex)}{path}").status_code == 404

    def test_a_web_page_is_no_certificate(self, cast: Cast, as_person: AsPerson) -> None:
        page = certificate("c.pdf", b"<html>")

        answer = as_person("alice").post(f"{COMPANY}exemptions/add", page)

        assert answer.status_code == 422

    def test_ordinary_users_see_nothing_of_it(self, cast: Cast, as_person: AsPerson) -> None:
        assert as_person("bob").get(COMPANY).status_code == 403
