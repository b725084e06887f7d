"""A provider's own company: owners change it, the audit log keeps it, and *Invoices* says when it is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.representatives import representative_of
from tenants.models import Provider
from tenants.selectors.providers import legal_identity
from tests.tenants.test_session_end import move

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/company/"
FILLED = {
    "name": "Nimbus GmbH",
    "address": "Weg 1\r\nHinterhaus",
    "postcode": "10115",
    "city": "Berlin",
    "region": "",
    "country": "DE",
    "tax_id": "136695976",
    "registration_no": "HRB 1",
    "bank_holder": "",
    "bank_iban": "DE89 3704 0044 0532 0130 00",
    "bank_bic": "",
    "payment_terms": "Zahlbar ohne Abzug.",
    "legal_text": "<b>Sitz</b>: Berlin",
}
REFUSED = "Invoices and credit notes are refused"


class TestCompany:
    def test_an_owner_saves_it_and_the_audit_log_tells(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        assert REFUSED in paula.get(URL).content.decode()
        assert REFUSED in paula.get("/provider/invoices/").content.decode()

        body = paula.post(URL, FILLED, follow=True).content.decode()

        assert "The company is saved." in body
        assert "&lt;b&gt;Sitz&lt;/b&gt;" in body
        assert REFUSED not in body
        assert REFUSED not in paula.get("/provider/invoices/").content.decode()
        with provider_scope(cast.nimbus):
            stored = legal_identity(cast.nimbus)
        assert (stored.address, stored.tax_id) == ("Weg 1\nHinterhaus", "DE136695976")
        assert (stored.bank_iban, stored.bank_holder) == ("DE89370400440532013000", "Nimbus GmbH")
        assert "DE89370400440532013000" in paula.get("/provider/audit/").content.decode()

    def test_a_tax_representative_is_saved_whole_or_not_at_all(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        whole = {
            "representative_name": "Fiscus SA",
            "representative_address": "1 Rue de la Loi\r\n1000 Brussels",
            "representative_country": "BE",
            "representative_number": "BE 0428.759.497",
        }
        for wrong, field in (
            ({"representative_address": ""}, "representative_name"),
            ({"representative_number": "BE0428759498"}, "representative_number"),
        ):
            refused = paula.post(URL, {**FILLED, **whole, **wrong, "city": "Bonn"})
            assert (refused.status_code, list(refused.context["form"].errors)) == (422, [field])
        with provider_scope(cast.nimbus):
            assert not representative_of(cast.nimbus).is_named
            assert legal_identity(cast.nimbus).city == ""

        paula.post(URL, {**FILLED, **whole})

        with provider_scope(cast.nimbus):
            assert representative_of(cast.nimbus).number == "BE0428759497"
        assert "Fiscus SA" in paula.get("/provider/audit/").content.decode()
        assert "Fiscus" not in paula.get("/provider/settings/").content.decode()
        assert paula.get("/provider/settings/representative.number/").status_code == 404
        paula.post(URL, {**FILLED, **dict.fromkeys(whole, "")})
        with provider_scope(cast.nimbus):
            assert not representative_of(cast.nimbus).is_named

    def test_another_bank_account_takes_a_fresh_login_and_nothing_else_does(
        self, cast: Cast, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        paula.post(URL, FILLED | {"bank_iban": ""})
        move(paula, "logged_in_at", -3600)

        refused = paula.post(URL, FILLED)
        named = paula.post(URL, FILLED | {"bank_iban": "", "city": "Bonn"}, follow=True)

        body = refused.content.decode()
        assert refused.status_code == 422
        assert "Confirm who you are" in body
        assert 'value="DE89 3704 0044 0532 0130 00"' in body
        assert "The company is saved." in named.content.decode()
        with provider_scope(cast.nimbus):
            stored = legal_identity(cast.nimbus)
        assert (stored.bank_iban, stored.city) == ("", "Bonn")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"bank_iban": "DE89370400440532013001"},
            {"bank_bic": "nonsense"},
            {"tax_id": "DE136695977"},
            {"country": "XX"},
            {"country": ""},
            {"address": " "},
            {"name": ""},
        ],
    )
    def test_what_is_wrong_is_said_and_kept_in_its_field(
        self, cast: Cast, as_person: AsPerson, wrong: dict[str, str]
    ) -> None:
        answer = as_person("paula").post(URL, {**FILLED, **wrong})

        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == list(wrong)
        with provider_scope(cast.nimbus):
            assert legal_identity(cast.nimbus).country == ""

    @pytest.mark.parametrize(
        ("person", "status"),
        [("bill", 403), ("sue", 403), ("rita", 403), ("alice", 403), ("mallory", 404)],
    )
    def test_others_neither_see_nor_change_it(
        self, cast: Cast, as_person: AsPerson, person: str, status: int
    ) -> None:
        client = as_person(person)

        assert client.get(URL).status_code == status
        assert client.post(URL, FILLED).status_code == status

    def test_the_database_holds_no_account_without_its_holder(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            rows = Provider.objects.filter(pk=cast.nimbus)
            for wrong in (
                {"bank_iban": "DE1"},
                {"bank_bic": "COBADEFFXXX"},
                {"bank_iban": "DE89370400440532013000"},
            ):
                with pytest.raises(IntegrityError, match="bank"), transaction.atomic():
                    rows.update(**wrong)
