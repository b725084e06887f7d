"""An invoice that can never be issued ends as soon as its money went back whole, and nothing asks for it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.payment_documents import draft_missing, issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from invoicing.services.refund_returns import invoice_returns
from payments.models import Refund
from payments.selectors.settled import gone_back
from tax.services.numbers import add_number
from tax.services.profiles import save_tax_address
from tax.types import TaxAddress
from tenants.models import Provider
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_karnataka
from tests.invoicing.test_bank_returns import book, desk, went_back
from tests.invoicing.test_refund_notes import refund
from tests.invoicing.test_topup_documents import books, faultless, settle, start

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.invoicing.bank_desk import BankDesk
    from tests.payments.till import Till

__all__ = ["desk"]


def taxed(till: Till) -> str:
    """Return a payment that was taxed in Karnataka, as its client's state is not known."""
    with provider_scope(till.provider_id):
        register_in_karnataka(till.provider_id)
        Provider.objects.filter(pk=till.provider_id).update(
            legal_name="Megh Pvt. Ltd.", address="12 MG Road", country="IN", region="29"
        )
        set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
    payment = start(till)
    settle(till, payment)
    return payment


def learn(till: Till) -> None:
    """Sell online services from now on, and let the client be known to live in Tamil Nadu."""
    with provider_scope(till.provider_id):
        set_setting(provider_id=till.provider_id, name="tax.online_india", value=True, now=now())
        save_tax_address(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            legal_name="Asha Rao",
            street="1 Anna Salai",
            address=TaxAddress(country="IN", region="33"),
            now=now(),
        )


@pytest.fixture
def learnt(till: Till) -> str:
    """Return a payment that was taxed in Karnataka before its client was known to live in Tamil Nadu."""
    payment = taxed(till)
    learn(till)
    return payment


def send_back(till: Till) -> None:
    """Let the bank send the only refund back."""
    till.hear()
    with provider_scope(till.provider_id):
        name = Refund.objects.get().external_id
    till.server.gateways["stripe"].act("refund_fail", {"id": name, "reason": "declined"})
    till.hear()


def test_it_ends_with_the_last_of_its_money(till: Till, learnt: str) -> None:
    assert refund(till, learnt, 1900, "r1") == "succeeded"
    for _again in range(2):
        found = issue_payment_documents(provider_id=till.provider_id, now=now())
        assert (found.documents, found.ended, found.failed) == (0, 0, {"state_learnt": 1})

    assert refund(till, learnt, 9900, "r2") == "succeeded"
    draft_missing(provider_id=till.provider_id, now=now())
    rounds = [issue_payment_documents(provider_id=till.provider_id, now=now()) for _ in range(2)]

    assert [(one.ended, one.failed) for one in rounds] == [(1, {}), (0, {})]
    assert credit_refunds(provider_id=till.provider_id, now=now()) == (0, {})
    draft_missing(provider_id=till.provider_id, now=now())
    with provider_scope(till.provider_id):
        assert not Document.objects.exists()
    faultless(till)
    assert (till.balance(), books(till)) == (0, {})


def test_it_is_drafted_again_when_its_money_comes_back(till: Till, learnt: str) -> None:
    assert refund(till, learnt, 11800, "r1") == "succeeded"
    assert issue_payment_documents(provider_id=till.provider_id, now=now()).ended == 1
    send_back(till)

    for _again in range(2):
        assert invoice_returns(provider_id=till.provider_id, now=now()) == (0, {})

    with provider_scope(till.provider_id):
        assert Document.objects.get().source_id == learnt
    faultless(till)
    found = issue_payment_documents(provider_id=till.provider_id, now=now())
    assert (found.ended, found.failed) == (0, {"state_learnt": 1})


@pytest.mark.parametrize("has_gstin", [False, True], ids=["address", "gstin"])
def test_what_was_issued_before_is_credited_and_invoiced_again_in_its_own_state(
    till: Till, *, has_gstin: bool
) -> None:
    payment = taxed(till)
    assert issue_payment_documents(provider_id=till.provider_id, now=now()).documents == 1
    learn(till)
    if has_gstin:
        with provider_scope(till.provider_id):
            add_number(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                country="IN",
                number="33AAACT2727Q1Z3",
                now=now(),
            )

    assert refund(till, payment, 11800, "r1") == "succeeded"
    assert credit_refunds(provider_id=till.provider_id, now=now()) == (1, {})
    send_back(till)
    assert invoice_returns(provider_id=till.provider_id, now=now()) == (1, {})

    faultless(till)
    with provider_scope(till.provider_id):
        kinds = Document.objects.order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == ["invoice", "credit_note", "invoice"]


def test_a_transfer_is_over_with_the_last_part_that_went_back(desk: BankDesk, cast: Cast) -> None:
    order = desk.order(cast.acme)
    desk.take(desk.paid(order))
    source = desk.line().public_id

    over = []
    for number, cents in (("2", 3000), ("3", 7000)):
        book(desk, went_back(desk, cents, number=number), source)
        with provider_scope(desk.provider_id):
            over.append(gone_back(desk.provider_id, [desk.credits()[0].public_id]))

    assert over == [set(), {desk.credits()[0].public_id}]
