"""The pages of bank transfers: a customer orders, the provider's people import and decide, and nobody else can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder, Document
from payments.models import BankLine, BankStatement
from payments.services.bank_accounts import AccountTerms, save_account
from tests.invoicing.bank_desk import NOW, BankDesk
from tests.payments.statements.bank import PAYER, Bank, Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

OWN = "/billing/bank/"
URL = "/provider/bank/"
NEW = f"{URL}statements/new"
PROFILE = f"{URL}profile/"


@pytest.fixture(autouse=True)
def desk(cast: Cast) -> BankDesk:
    """Return Nimbus's bank business."""
    with as_role("worker"):
        return BankDesk.open(cast.nimbus)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def send(client: Any, data: bytes, kind: str = "camt053") -> HttpResponse:
    file = SimpleUploadedFile("november.xml", data)
    answer: HttpResponse = client.post(NEW, {"format": kind, "file": file})
    return answer


class TestOrders:
    asked = {"amount": "125.50", "currency": "USD", "code": "", "key": "k1"}

    def test_an_order_is_confirmed_and_made_once(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        alice = as_person("alice")
        assert "Create topup payment order" in text(alice.get(OWN))

        question = alice.post(OWN, self.asked)
        assert "<dialog" in text(question)
        assert "125.50" in text(question)
        with provider_scope(cast.nimbus):
            assert not BankOrder.objects.exists()
        for _ in range(2):
            answer = alice.post(f"{OWN}order", self.asked)
            assert answer.status_code == 302

        with provider_scope(cast.nimbus):
            order = BankOrder.objects.get()
            proforma = Document.objects.get(pk=order.document_id)
        assert answer["Location"] == f"/billing/invoices/{proforma.public_id}/"
        page = text(alice.get(OWN))
        assert proforma.number in page
        assert order.reference in page
        with as_role("worker"):
            desk.take(desk.paid(order, 12_550, currency="USD"))
        page = text(alice.get(OWN))
        assert "Paid" in page
        assert "125.50" in page.partition("Payment orders")[0]

    def test_a_part_leaves_the_rest_open_and_what_is_beyond_is_credited(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        alice = as_person("alice")
        with as_role("worker"):
            order = desk.order(cast.acme)
            desk.take(desk.paid(order, 4_000))

        page = text(alice.get(OWN))
        for words in ("Partially Paid", "40.00", "open:", "60.00"):
            assert words in page
        with as_role("worker"):
            desk.take(desk.paid(order, 7_500), number="2")

        page = text(alice.get(OWN))
        assert "115.00" in page.partition("Payment orders")[0]
        assert ("open:" in page, "Partially Paid" in page) == (False, False)
        assert "More than was open" in text(as_person("rita").get(f"{URL}?state=matched"))

    def test_what_is_refused_is_said_on_the_form(self, as_person: AsPerson, cast: Cast) -> None:
        alice = as_person("alice")

        for path in (OWN, f"{OWN}order"):
            answer = alice.post(path, {**self.asked, "amount": "0"})
            assert answer.status_code == 422
            assert 'value="0"' in text(answer)
        with as_role("worker"):
            BankDesk.open(cast.nimbus, "")
        assert alice.post(f"{OWN}order", self.asked).status_code == 422
        assert "Bank transfer is not set up here" in text(alice.get(OWN))

    def test_only_currencies_of_an_account_are_offered(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        alice, euros = as_person("alice"), {**self.asked, "currency": "EUR"}
        with as_role("worker"):
            desk.order(cast.acme, currency="EUR")
            BankDesk.open(cast.nimbus, "")
            terms = AccountTerms(iban=PAYER, holder="Nimbus Inc.", currency="USD")
            save_account(provider_id=cast.nimbus, terms=terms, now=NOW)

        page = text(alice.get(OWN))
        assert 'value="USD"' in page
        assert 'value="EUR"' not in page
        assert alice.post(OWN, euros).status_code == 422
        assert alice.post(f"{OWN}order", euros).status_code == 422
        assert alice.post(f"{OWN}order", self.asked).status_code == 302

    def test_only_the_own_order_is_cancelled(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        with as_role("worker"):
            document = desk.document(desk.order(cast.acme, currency="USD")).public_id
        path = f"{OWN}{document}/cancel"

        assert as_person("bob").post(path).status_code == 403
        assert as_person("charlie").post(path).status_code == 404
        assert as_person("alice").post(path).status_code == 302

        assert "Cancelled" in text(as_person("alice").get(OWN))


class TestStatements:
    def test_a_statement_is_imported_once_and_matched_by_a_worker(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill = as_person("bill")
        with as_role("worker"):
            order = desk.order(cast.acme)
        data = Bank().came(desk.paid(order), Moved(cents=5, text="=1+1", name="Eve")).camt()

        answer = send(bill, data)

        assert answer.status_code == 302
        assert "0 % of the lines" in text(bill.get(answer["Location"]))
        with current_app.connection_for_read() as line, line.SimpleQueue("celery") as queue:
            assert queue.qsize() > 0
            queue.clear()
        with as_role("worker"):
            desk.match()
        assert "% of the lines" not in text(bill.get(answer["Location"]))
        again = send(bill, data)
        assert again.status_code == 409
        assert "imported before" in text(again)
        rita = as_person("rita")
        assert "november.xml" in text(rita.get(f"{URL}statements/"))
        assert "Eve" in text(rita.get(f"{URL}?state=open"))
        rows = b"".join(rita.get(f"{URL[:-1]}.csv")).decode()
        assert "'=1+1" in rows

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>', "no XML"),
            (b"\x00\xff", "no XML"),
            (Bank(iban=PAYER).came(Moved(cents=5)).camt(), "another account|of the account"),
            (Bank().came(Moved(cents=5)).camt(closing=1), "do not come to"),
        ],
    )
    def test_what_is_refused_is_never_an_error(
        self, as_person: AsPerson, data: bytes, words: str, cast: Cast
    ) -> None:
        answer = send(as_person("bill"), data)

        assert answer.status_code == 422
        assert any(each in text(answer) for each in words.split("|"))
        with provider_scope(cast.nimbus):
            assert not BankStatement.objects.exists()

    def test_who_may_not(self, as_person: AsPerson, desk: BankDesk, cast: Cast) -> None:
        assert send(as_person("rita"), Bank().camt()).status_code == 403
        assert send(as_person("sue"), Bank().camt()).status_code == 403
        with as_role("worker"):
            (done,) = desk.bring(Bank().came(Moved(cents=5)).camt())
            desk.match()
            line = desk.line().public_id
        for path in (f"{URL}statements/{done.public_id}/", f"{URL}lines/{line}/"):
            assert as_person("oskar").get(path).status_code == 404
            assert as_person("rita").get(path).status_code == 200
            assert as_person("alice").get(path).status_code in (403, 404)
        said = {"target": "acme", "reason": "x"}
        assert as_person("rita").post(f"{URL}lines/{line}/match", said).status_code == 403
        assert as_person("oskar").post(f"{URL}lines/{line}/match", said).status_code == 404
        assert as_person("bill").get(f"{URL}lines/{line}/match").status_code == 405

    def test_a_long_queue_asks_no_more_than_a_short_one(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill, counts = as_person("bill"), []
        for number in (2, 9):
            with as_role("worker"):
                orders = [desk.order(cast.acme) for _ in range(number)]
                desk.take(
                    *(desk.paid(each) for each in orders),
                    *(Moved(cents=10_000, text=f"{number} {at}") for at in range(number)),
                    number=str(number),
                )
            bill.get(URL)
            with CaptureQueriesContext(connection) as found:
                assert bill.get(URL).status_code == 200
            counts.append(len(found))
        assert counts[0] == counts[1]


class TestLine:
    def test_a_person_matches_takes_back_and_sets_aside(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill = as_person("bill")
        with as_role("worker"):
            first, second = desk.order(cast.acme), desk.order(cast.acme)
            desk.take(desk.paid(first), Moved(cents=10_000, text="again"))
            line = desk.line(state="open").public_id
        path = f"{URL}lines/{line}/"

        assert desk_suggests(bill.get(path), second.reference)
        refused = bill.post(f"{path}match", {"target": "nobody", "reason": "by phone"})
        assert refused.status_code == 422
        assert 'value="nobody"' in text(refused)
        said = {"target": second.reference, "reason": "by phone"}
        assert bill.post(f"{path}match", said).status_code == 302
        with as_role("worker"):
            assert desk.balance(cast.acme) == 20_000
        assert bill.post(f"{path}unmatch", {"reason": ""}).status_code == 422
        assert bill.post(f"{path}unmatch", {"reason": "wrong"}).status_code == 302
        assert bill.post(f"{path}aside", {"reason": "ours"}).status_code == 302
        assert bill.post(f"{path}again").status_code == 302

        with as_role("worker"), provider_scope(cast.nimbus):
            assert BankLine.objects.get(public_id=line).state == "open"
        with as_role("worker"):
            assert desk.balance(cast.acme) == 10_000
            assert desk.agrees()

    def test_a_possible_duplicate_is_the_same_or_another(
        self, as_person: AsPerson, desk: BankDesk, cast: Cast
    ) -> None:
        bill = as_person("bill")
        with as_role("worker"):
            order = desk.order(cast.acme)
            for number in "12":
                desk.take(desk.paid(order), number=number)
            asked = f"{URL}lines/{desk.line().public_id}/"

        page = text(bill.get(asked))
        assert "An equal line came with statement 1, imported on" in page
        assert "Match and credit" not in page
        assert "It is the same" not in text(as_person("rita").get(asked))
        assert "Possible duplicate" in text(bill.get(f"{URL}?reason=duplicate"))
        assert bill.post(f"{asked}another", {"reason": ""}).status_code == 422
        assert bill.post(f"{asked}match", {"target": "acme", "reason": "x"}).status_code == 422
        said = {"reason": "came twice"}
        assert as_person("rita").post(f"{asked}another", said).status_code == 403
        assert as_person("oskar").post(f"{asked}another", said).status_code == 404
        assert bill.post(f"{asked}another", said).status_code == 302
        assert bill.post(f"{asked}aside", said).status_code == 422
        assert "Is it the same payment?" not in text(bill.get(asked))
        with as_role("worker"):
            assert desk.balance(cast.acme) == 20_000


def desk_suggests(answer: Any, reference: str) -> bool:
    return reference in text(answer) and "paid for this client before" in text(answer)


class TestProfile:
    filled = {
        "delimiter": ";",
        "encoding": "cp1252",
        "decimal": ",",
        "date_format": "%d.%m.%Y",
        "skipped": "1",
        "booked": "Buchungstag",
        "amount": "Betrag",
        "currency": "Währung",
        "default_currency": "eur",
        "name": "Name",
        "iban": "IBAN",
        "texts": "Zweck",
    }

    def test_it_is_tried_saved_and_used(self, as_person: AsPerson, desk: BankDesk) -> None:
        bill = as_person("bill")
        data = Bank().came(Moved(cents=12_345, text="Müller")).csv()
        assert send(bill, data, "csv").status_code == 422

        tried = bill.post(PROFILE, {**self.filled, "file": SimpleUploadedFile("x.csv", data)})
        assert "Müller" in text(tried)
        assert "123.45" in text(tried)
        assert send(bill, data, "csv").status_code == 422
        assert bill.post(f"{PROFILE}save", self.filled).status_code == 302

        assert "Nothing is imported yet." in text(send(bill, data, "csv"))
        assert "Buchungstag" in text(bill.get(PROFILE))
        wrong = bill.post(f"{PROFILE}save", {**self.filled, "booked": ""})
        assert (wrong.status_code, "columns of the day" in text(wrong)) == (422, True)
