"""A discount stands on the document of the payment with which it was given, and on no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.enums import AccountKind
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Document
from invoicing.services.payment_documents import draft_of_payment
from payments.selectors.topups import topup_by_public_id
from payments.services.topup_money import close_bank_topup, credit_topup
from payments.services.topups import open_bank_topup
from tests.factories.promotions import campaign, in_dollars
from tests.invoicing.test_topup_documents import faultless

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
