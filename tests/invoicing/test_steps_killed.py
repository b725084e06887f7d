"""kill -9 at the steps of orders, receipts, registrations and mails: each is as if it had not begun, or is done."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel import outbox
from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder, DocumentMail, Registration
from invoicing.services import bank_orders, document_mails, files, payment_documents, registering
from payments.models import Topup
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.cast import Cast, build_cast
from tests.invoicing.bank_desk import BankDesk
from tests.invoicing.drafts import NOW, stored
from tests.invoicing.mails.post import send, states
from tests.invoicing.test_registering import register, sell
from tests.roles import set_role
from tests.usage.faults.workers import start

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.processes


@pytest.fixture
def people(committed_db: str, uploads_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Return the cast, whose documents are drawn quickly; no bell is rung."""
    set_role("worker")
    monkeypatch.setattr(files, "pdf_of", lambda document, _, has_xml: document.digest.encode())
    monkeypatch.setattr(outbox, "ring", lambda: None)
    return build_cast()


def die(work: Callable[[], object], marker: str) -> None:
    """Do some work in a process that is killed at a step."""
    code, _ = start(work, kill_at=marker).wait()
    set_role("worker")
    assert code == -signal.SIGKILL


def test_an_order_and_the_receipts_of_payments(people: Cast) -> None:
    desk = BankDesk.open(people.nimbus)
    (ordered,), (issued,) = bank_orders.MARKERS, payment_documents.MARKERS

    die(lambda: desk.order(people.acme), ordered)
    with provider_scope(people.nimbus):
        assert not BankOrder.objects.exists()
        assert not Topup.objects.exists()
    orders = [desk.order(people.acme), desk.order(people.acme)]
    assert [desk.document(order).number[-5:] for order in orders] == ["00001", "00002"]

    desk.take(*(desk.paid(order) for order in orders))
    die(desk.issue, issued)
    # Each is issued in a transaction of its own: the first one stands, and the second is not lost.
    first, second = desk.issue()
    assert [first.number[-5:], second.number[-5:]] == ["00001", "00002"]
    assert len(desk.issue()) == 2
    assert desk.agrees()


def test_a_registration_and_the_mail_that_follows_it(people: Cast) -> None:
    seller, (registered,), (drawn,) = people.nimbus, registering.MARKERS, document_mails.MARKERS
    with provider_scope(seller):
        address = {"legal_name": "Nimbus Ltd.", "address": "1 Way", "country": "IN", "region": "29"}
        Provider.objects.filter(pk=seller).update(**address)
        set_setting(provider_id=seller, name="documents.irn", value=True, now=NOW)
        bill = sell(seller, people.acme)

    def work() -> None:
        with provider_scope(seller):
            register(seller, bill)

    die(work, registered)
    with provider_scope(seller):
        assert not Registration.objects.exists()
        assert not DocumentMail.objects.exists()
    work()

    die(lambda: send().sent, drawn)
    assert send().sent == 0
    # Its lease has run out; the PDF is there, and the mail goes out once.
    assert [send(minutes=6).sent, send(minutes=12).sent] == [1, 0]
    with provider_scope(seller):
        (mail,) = states(stored(bill))
    assert mail[1:] == (0, "sent")
