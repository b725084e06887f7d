"""A discount stands on the document of the payment with which it was given, and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.enums import AccountKind
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.bank_decisions import return_by_hand
from invoicing.services.drafting import discard_draft
from invoicing.services.payment_documents import draft_missing, draft_of_payment
from payments.models import BankCredit, BankLine, Topup
from payments.selectors.topups import topup_by_public_id, transferred_before
from payments.services.bank_money import Purpose, credit_line, take_back_credit
from payments.services.topup_money import close_bank_topup, credit_topup
from payments.services.topups import open_bank_topup
from tests.factories.promotions import campaign, in_dollars
from tests.invoicing.bank_desk import BankDesk, by_hand
from tests.invoicing.test_topup_documents import faultless, settle, start
from tests.payments.statements.bank import Bank, Moved

if TYPE_CHECKING:
    from tests.payments.till import Till


def ordered(till: Till, key: str = "order-1") -> str:
    """Order credit of 100.00 for 90.00; the provider's scope is open."""
    return open_bank_topup(
        provider_id=till.provider_id,
        tenant_id=till.tenant_id,
        amount=Money(10000, "USD"),
        code="AUTUMN",
        request_key=key,
        opened_by=None,
        now=now(),
    )


def comes(till: Till, topup: str, minor: int, key: str) -> tuple[int, int, int]:
    """Credit money for an order and return subtotal, discount and total of its document; the scope is open."""
    result = credit_topup(
        topup=topup_by_public_id(till.provider_id, topup),
        received=Money(minor, "USD"),
        clearing=AccountKind.BANK_CLEARING,
        key=key,
        source_type="bank_credit",
        source_id=key,
        now=now(),
    )
    number = draft_of_payment(
        provider_id=till.provider_id,
        tenant_id=till.tenant_id,
        payment=key,
        posting_id=result.posting_id,
        amount=Money(minor, "USD"),
        topup=topup,
        now=now(),
    )
    row = Document.objects.get(pk=number)
    return row.subtotal_minor, row.discount_minor, row.total_minor


@pytest.mark.parametrize(
    ("payments", "documents", "balance"),
    [
        ([9000, 9000], [(10000, 1000, 9000), (9000, 0, 9000)], 19000),
        ([5000, 4000], [(5000, 0, 5000), (5000, 1000, 4000)], 10000),
        ([5000, 9000], [(5000, 0, 5000), (10000, 1000, 9000)], 15000),
        ([8999], [(8999, 0, 8999)], 8999),
    ],
)
def test_it_belongs_to_what_makes_the_total_whole(
    till: Till, payments: list[int], documents: list[tuple[int, int, int]], balance: int
) -> None:
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
        topup = ordered(till)

        found = [comes(till, topup, minor, f"bcr_{no}") for no, minor in enumerate(payments)]

    assert found == documents
    assert till.balance() == balance
    faultless(till)


def test_it_is_left_out_where_no_use_of_the_code_was_left(till: Till) -> None:
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10), total_limit=1)
        late = ordered(till)
        close_bank_topup(provider_id=till.provider_id, public_id=late, now=now())
        other = ordered(till, "order-2")
        assert comes(till, other, 9000, "bcr_1") == (10000, 1000, 9000)

        assert comes(till, late, 9000, "bcr_2") == (9000, 0, 9000)

    assert till.balance() == 19000
    faultless(till)


def transfer(till: Till, topup: str, cents: int, number: int) -> int:
    """Match a transfer with an order by hand, and return its line."""
    desk = BankDesk.open(till.provider_id)
    moved = Moved(cents=cents, reference=f"R{number}", currency="USD")
    desk.bring(Bank(number=str(number)).came(moved).camt(), name=f"{number}.xml")
    line = desk.line(amount_minor=cents)
    purpose = Purpose(tenant_id=till.tenant_id, topup=topup)
    own = {"provider_id": till.provider_id, "line_id": line.pk}
    with provider_scope(till.provider_id):
        credit_line(**own, purpose=purpose, decision=by_hand())
    return line.pk


def part_returns(till: Till, line: int, cents: int, number: int) -> None:
    """Let the bank take a part of a transfer back, and book it by hand."""
    desk = BankDesk(till.provider_id)
    back = Moved(
        cents=-cents, is_reversal=True, reason="AC04", bank_ref=f"B{number}", currency="USD"
    )
    desk.take(back, number=str(number))
    with provider_scope(till.provider_id):
        source = BankLine.objects.get(pk=line).public_id
    return_by_hand(
        provider_id=till.provider_id,
        line=desk.line(amount_minor=-cents).public_id,
        credited=[source],
        decision=by_hand(),
    )


def test_who_drafts_later_counts_what_had_come_by_then(till: Till) -> None:
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
    payment = start(till, code="AUTUMN")
    assert settle(till, payment) == "succeeded"
    with provider_scope(till.provider_id):
        discard_draft(provider_id=till.provider_id, document_id=Document.objects.get().pk)
        topup = Topup.objects.get().public_id
    transfer(till, topup, 9000, 1)

    draft_missing(provider_id=till.provider_id, now=now())

    with provider_scope(till.provider_id):
        row = Document.objects.get(source_id=payment)
    assert (row.subtotal_minor, row.discount_minor, row.total_minor) == (10000, 1000, 9000)


def test_what_was_taken_back_by_then_does_not_count(till: Till) -> None:
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
        topup = topup_by_public_id(till.provider_id, ordered(till))
    first = transfer(till, topup.public_id, 500, 1)
    transfer(till, topup.public_id, 40, 2)
    with provider_scope(till.provider_id):
        take_back_credit(provider_id=till.provider_id, line_id=first, decision=by_hand())
    transfer(till, topup.public_id, 3, 3)

    with provider_scope(till.provider_id):
        postings = BankCredit.objects.order_by("pk").values_list("posting_id", flat=True)
        before = [transferred_before(topup, number) for number in postings]

    assert before == [0, 500, 40]


def test_what_went_back_of_a_transfer_by_then_does_not_count(till: Till) -> None:
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "AUTUMN", in_dollars("discount_percent", 10))
        topup = topup_by_public_id(till.provider_id, ordered(till))
    first = transfer(till, topup.public_id, 500, 1)
    transfer(till, topup.public_id, 40, 2)
    part_returns(till, first, 20, 3)
    transfer(till, topup.public_id, 3, 4)

    with provider_scope(till.provider_id):
        postings = BankCredit.objects.order_by("pk").values_list("posting_id", flat=True)
        before = [transferred_before(topup, number) for number in postings]

    # The part that the bank took back was still there when the second transfer came.
    assert before == [0, 500, 520]
