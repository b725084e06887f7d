"""A payment that is credited has its receipt, once, whatever dies on the way."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from django.core.management import call_command

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope, system_scope
from invoicing.models import Document
from invoicing.selectors.documents import documents_of_source
from invoicing.selectors.proofs import document_faults
from invoicing.selectors.waiting import providers_with_drafts
from invoicing.services.drafting import discard_draft
from invoicing.services.payment_documents import issue_payment_documents
from payments.services.sync import sync_payment
from tenants.models import Tenant
from tenants.services.settings import set_setting
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.payments.till import Till


def pay(till: Till, key: str = "form-1") -> str:
    payment = till.start(key=key)
    till.press(payment)
    sync_payment(provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now())
    return payment


def issue(till: Till) -> int:
    return issue_payment_documents(provider_id=till.provider_id, now=now()).documents


def documents(till: Till, payment: str) -> list[Any]:
    with provider_scope(till.provider_id):
        found = documents_of_source(till.provider_id, "payment", [payment], today=now().date())
    return found.get(payment, [])


def use_pattern(till: Till, pattern: str) -> None:
    with provider_scope(till.provider_id):
        set_setting(
            provider_id=till.provider_id,
            name="documents.receipt_pattern",
            value=pattern,
            now=now(),
        )


class TestReceipt:
    def test_it_is_drafted_with_the_payment_and_issued_once(self, till: Till) -> None:
        payment = pay(till)
        assert documents(till, payment) == []

        assert [issue(till), issue(till)] == [1, 0]

        (receipt,) = documents(till, payment)
        assert receipt.number == f"RCT-{now().year}-00001"
        assert (receipt.kind, receipt.status) == ("receipt", "paid")
        assert (receipt.total, receipt.paid) == (till.terms().amount, till.terms().amount)
        with provider_scope(till.provider_id):
            assert list(document_faults(till.provider_id)) == []
            assert verify(provider_id=till.provider_id).findings == ()

    def test_it_speaks_the_customers_language(self, till: Till) -> None:
        with provider_scope(till.provider_id):
            Tenant.objects.filter(pk=till.tenant_id).update(language="de")
        pay(till)
        issue(till)

        with provider_scope(till.provider_id):
            assert Document.objects.get().content["language"] == "de"

    def test_a_payment_that_fails_has_none(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "decline")
        sync_payment(provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now())

        assert issue(till) == 0

    def test_without_a_top_up_nobody_agreed_on_tax_whatever_the_tax_point(self, till: Till) -> None:
        with provider_scope(till.provider_id):
            set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
        payment = pay(till)

        assert issue(till) == 1
        (receipt,) = documents(till, payment)
        assert (receipt.kind, receipt.total) == ("receipt", till.terms().amount)
        assert till.balance() == 1050
        with provider_scope(till.provider_id):
            assert "no tax was agreed" in Document.objects.get().content["note"]
            assert list(document_faults(till.provider_id)) == []

    def test_another_provider_issues_its_own_only(self, till: Till, cast: Any) -> None:
        pay(till)

        assert issue_payment_documents(provider_id=cast.sonora, now=now()).documents == 0
        assert issue(till) == 1


class TestCommand:
    def run(self) -> dict[str, Any]:
        out = io.StringIO()
        call_command("issue_topup_documents", "--provider", "nimbus", "--json", stdout=out)
        found: dict[str, Any] = json.loads(out.getvalue())
        return found

    def test_it_catches_up_with_what_nobody_drafted(self, till: Till) -> None:
        for form in ("form-1", "form-2", "form-3"):
            pay(till, form)
        with provider_scope(till.provider_id):
            draft = Document.objects.order_by("pk")[1]
            discard_draft(provider_id=till.provider_id, document_id=draft.pk)
            (fault,) = document_faults(till.provider_id)
            assert (fault.check, fault.about) == ("undocumented", draft.source_id)

        assert self.run() == {"documents": 3, "failed": {}}
        with provider_scope(till.provider_id):
            assert list(document_faults(till.provider_id)) == []
        assert self.run() == {"documents": 0, "failed": {}}

    def test_a_broken_pattern_is_named_and_loses_nothing(self, till: Till) -> None:
        pay(till)
        use_pattern(till, "none")

        refused = issue_payment_documents(provider_id=till.provider_id, now=now())
        use_pattern(till, "R{number}")

        assert (refused.documents, refused.failed) == (0, {"number_refused": 1})
        assert issue(till) == 1


def test_the_sweep_finds_providers_with_drafts(till: Till) -> None:
    pay(till)

    with as_role("worker"), system_scope():
        assert providers_with_drafts() == [till.provider_id]
