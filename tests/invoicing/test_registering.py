"""What has to be registered with India's portal is drawn and mailed with its registration, and not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from invoicing.errors import MailRefused, RegistrationMissing, RegistrationRefused
from invoicing.models import DocumentMail, Registration
from invoicing.selectors.files import without_pdf
from invoicing.selectors.proofs import document_faults
from invoicing.services.document_mails import send_again
from invoicing.services.files import stored_pdf
from invoicing.services.issuing import issue_now
from invoicing.services.registering import register_document
from invoicing.types import RegistrationView
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.invoicing.drafts import NOW, invoice, stored
from tests.invoicing.rendering.reading import text_of
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("uploads_folder")
ANSWER = RegistrationView(
    irn="3f" * 32,
    ack_number="112010036563310",
    ack_at=datetime(2026, 11, 20, 12, 30, tzinfo=UTC),
    signed_code="eyJhbGciOiJSUzI1NiJ9." + "x" * 600 + ".sig",
)
BUSINESS = {"customer_number": "33AAACT2727Q1Z3"}


@pytest.fixture
def indian(seller: int) -> int:
    """Return the seller, in India now, whose invoices are to be registered."""
    Provider.objects.filter(pk=seller).update(country="IN", region="29")
    set_setting(provider_id=seller, name="documents.irn", value=True, now=NOW)
    return seller


def sell(seller: int, tenant_id: int, source_id: str = "one", **more: Any) -> int:
    given = {"currency": "INR", "tax": BUSINESS, **more}
    return issue_now(provider_id=seller, draft=invoice(tenant_id, source_id, **given), now=NOW)


def register(seller: int, document_id: int, answer: RegistrationView = ANSWER) -> None:
    register_document(
        provider_id=seller, document_id=document_id, registration=answer, user_id=1, now=NOW
    )


def mails(document_id: int) -> int:
    return DocumentMail.objects.filter(document_id=document_id).count()


def test_it_waits_and_is_drawn_and_mailed_with_it(cast: Cast, indian: int) -> None:
    bill = sell(indian, cast.acme)

    assert without_pdf(indian, after=0, limit=9) == []
    with pytest.raises(RegistrationMissing):
        stored_pdf(provider_id=indian, document_id=bill, now=NOW)
    with pytest.raises(MailRefused):
        send_again(provider_id=indian, document_id=bill, number=0, user_id=1, now=NOW)
    assert mails(bill) == 0

    register(indian, bill)
    register(indian, bill)

    assert without_pdf(indian, after=0, limit=9) == [bill]
    assert mails(bill) == 1
    text = text_of(stored_pdf(provider_id=indian, document_id=bill, now=NOW).content)
    # Its 64 digits take two lines.
    assert "IRN" + "3f" * 32 in text.replace(" ", "")
    assert "Acknowledgement 112010036563310" in text
    assert list(document_faults(indian)) == []


@pytest.mark.parametrize("more", [{"tax": {}}, {"kind": "receipt", "taxes": ()}])
def test_others_do_not_wait(cast: Cast, indian: int, more: dict[str, Any]) -> None:
    bill = sell(indian, cast.acme, **more)

    assert "has_irn" not in stored(bill).content
    assert mails(bill) == 1
    with pytest.raises(RegistrationRefused):
        register(indian, bill)


@pytest.mark.parametrize(
    "wrong",
    [
        {"irn": "3F" * 32},
        {"irn": "3f"},
        {"ack_number": "A1"},
        {"signed_code": ""},
        {"signed_code": "a b"},
        {"signed_code": "x" * 2001},
    ],
)
def test_what_no_portal_gives_is_refused(cast: Cast, indian: int, wrong: dict[str, Any]) -> None:
    bill = sell(indian, cast.acme)

    with pytest.raises(RegistrationRefused):
        register(indian, bill, replace(ANSWER, **wrong))

    assert mails(bill) == 0


def test_a_registration_is_of_one_document_and_stands(cast: Cast, indian: int) -> None:
    bill, other = sell(indian, cast.acme), sell(indian, cast.acme, "two")
    register(indian, bill)

    with pytest.raises(RegistrationRefused):
        register(indian, other)
    with pytest.raises(RegistrationRefused):
        register(indian, bill, replace(ANSWER, irn="4a" * 32))
    for role in ("worker", "owner"):
        with as_role(role), pytest.raises(DatabaseError), transaction.atomic():
            Registration.objects.filter(document_id=bill).update(irn="4a" * 32)


def test_the_database_wants_an_issued_document_of_that_tenant(cast: Cast, indian: int) -> None:
    bill = sell(indian, cast.acme)
    values = {
        "provider_id": indian,
        "document_id": bill,
        "irn": ANSWER.irn,
        "ack_number": "1",
        "ack_at": NOW,
        "signed_code": "x",
        "created_at": NOW,
    }

    for wrong in ({"tenant_id": cast.globex}, {"tenant_id": cast.acme, "irn": "no"}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            Registration.objects.create(**{**values, **wrong})
