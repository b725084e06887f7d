"""The page of bank accounts: owners add them and say which one documents name; nobody else can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.invoicing.bank_desk import BankDesk
from tests.payments.statements.bank import IBAN, Bank, Moved
from tests.roles import as_role
from tests.tenants.test_session_end import move

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

URL = "/provider/bank/accounts/"
DOLLARS = "GB33BUKB20201555555555"
SENT = {
    "iban": "GB33 BUKB 2020 1555 5555 55",
    "holder": "Nimbus Inc.",
    "bic": "",
    "currency": "usd",
    "is_default": "on",
}


@pytest.fixture(autouse=True)
def desk(cast: Cast) -> BankDesk:
    """Return Nimbus's bank business."""
    with as_role("worker"):
        return BankDesk.open(cast.nimbus)


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestAccounts:
    def test_an_owner_adds_one_and_says_which_documents_name(self, as_person: AsPerson) -> None:
        paula = as_person("paula")
        assert IBAN in text(paula.get(URL))

        page = text(paula.post(URL, SENT, follow=True))

        assert DOLLARS in page
        assert "Leave off documents" in page
        assert "Name on documents in USD" in text(paula.post(f"{URL}{DOLLARS}/off", follow=True))
        assert "Leave off documents" in text(paula.post(f"{URL}{DOLLARS}/on", follow=True))
        assert paula.post(f"{URL}{IBAN}/on").status_code == 404

    @pytest.mark.parametrize("change", [{"iban": "DE1"}, {"currency": "ZZZ"}, {"holder": ""}])
    def test_what_is_refused_is_said_beside_the_field(
        self, as_person: AsPerson, change: dict[str, str]
    ) -> None:
        answer = as_person("paula").post(URL, SENT | change)

        assert answer.status_code == 422
        assert DOLLARS not in text(answer)

    def test_an_old_login_changes_nothing(self, as_person: AsPerson) -> None:
        paula = as_person("paula")
        paula.post(URL, SENT)
        move(paula, "logged_in_at", -3600)

        assert "Confirm who you are" in text(paula.get(URL))
        refused = paula.post(URL, SENT | {"bic": "BUKBGB22"})
        sent_away = paula.post(f"{URL}{DOLLARS}/off")

        assert refused.status_code == 422
        assert "Nothing was changed" in text(refused)
        assert "/accounts/reauthenticate/" in sent_away["Location"]
        assert "Leave off documents" in text(paula.get(URL))
        assert "BUKBGB22" not in text(paula.get(URL))

    def test_billing_staff_may_not(self, as_person: AsPerson) -> None:
        assert as_person("bill").get(URL).status_code == 403
        assert as_person("bill").post(f"{URL}{DOLLARS}/on").status_code == 403

    def test_a_csv_is_imported_into_the_account_that_is_chosen(self, as_person: AsPerson) -> None:
        as_person("paula").post(URL, SENT)
        bill = as_person("bill")
        profile = f"/provider/bank/profile/?own={DOLLARS}"
        assert f"selected>{DOLLARS}" in text(bill.get(profile))
        assert bill.get("/provider/bank/profile/?own=DE00").status_code == 404
        how = {
            **dict.fromkeys(("valued", "debit", "credit", "mark", "debit_words"), ""),
            **dict.fromkeys(("reference", "end_to_end", "bank_ref", "account"), ""),
            "own": DOLLARS,
            "delimiter": ";",
            "encoding": "cp1252",
            "decimal": ",",
            "date_format": "%d.%m.%Y",
            "skipped": "1",
            "booked": "Buchungstag",
            "amount": "Betrag",
            "currency": "Währung",
            "default_currency": "USD",
            "name": "Name",
            "iban": "IBAN",
            "texts": "Zweck",
        }
        assert bill.post("/provider/bank/profile/save", how).status_code == 302
        data = Bank().came(Moved(cents=5, text="x", currency="USD")).csv()
        new = "/provider/bank/statements/new"
        assert DOLLARS in text(bill.get(new))

        file = SimpleUploadedFile("a.csv", data)
        shown = bill.post(new, {"format": "csv", "file": file, "account": DOLLARS})
        sent = shown.context["form"].initial
        answer = bill.post("/provider/bank/statements/shown", sent, follow=True)

        assert DOLLARS in text(answer)
