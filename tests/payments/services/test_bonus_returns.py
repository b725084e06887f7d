"""A refund takes back its bonus by stated rules (decision 0023): said before, in the refund's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accounts.selectors.bonus import bonus_left
from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.errors import RefundNotCovered
from payments.models import Refund
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable
from payments.services.refunds import give_back
from payments.services.topups import charge_topup
from payments.types import RefundTerms, TopupTerms
from tests.factories.promotions import campaign, in_dollars
from tests.payments.disputed import agrees, close, dispute
from tests.payments.services.test_refunds import act
from tests.payments.till import PAYER

if TYPE_CHECKING:
    from tests.payments.till import Till


def topped_up(till: Till, benefit: str, worth: int) -> str:
    """Return a top-up of 10.00 by a code."""
    with provider_scope(till.provider_id):
        campaign(till.provider_id, "CODE", in_dollars(benefit, worth))
    payment = charge_topup(
        provider_id=till.provider_id,
        tenant_id=till.tenant_id,
        terms=TopupTerms(
            amount=Money(1000, "USD"),
            connection=till.public_id,
            request_key="form-1",
            return_url=till.terms().return_url,
            code="code",
        ),
        payer=PAYER,
        method_id=till.save_card(),
        now=now(),
    )
    till.hear()
    return payment


def back(till: Till, payment: str, minor: int, key: str = "k", **more: Any) -> int:
    """Refund a part; returns what the page said beforehand that it would take of the bonus."""
    amount = Money(minor, "USD")
    with provider_scope(till.provider_id):
        rest = refundable(payment_by_public_id(till.provider_id, payment), till.provider_id)
    assert rest is not None
    effect = rest.effect_of(
        RefundTerms(amount=amount, destination=more.get("destination", "original"))
    )
    give_back(
        provider_id=till.provider_id,
        public_id=payment,
        amount=amount,
        reason="x",
        request_key=key,
        user_id=7,
        now=now(),
        **more,
    )
    assert effect.after.amount_minor == till.balance()
    return effect.bonus.amount_minor


def bonus(till: Till) -> int:
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
        return bonus_left(till.provider_id, till.tenant_id, "USD")


class TestRefunds:
    def test_each_takes_its_share_and_the_last_one_the_rest(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 101)
        assert (till.balance(), bonus(till)) == (1101, 101)

        assert (back(till, payment, 500), bonus(till)) == (50, 51)
        assert (back(till, payment, 500, "k2"), bonus(till)) == (51, 0)

        agrees(till, 0)

    def test_a_discount_goes_with_what_was_paid(self, till: Till) -> None:
        payment = topped_up(till, "discount_percent", 10)
        assert till.balance() == 1000

        assert back(till, payment, 900) == 100

        agrees(till, 0)

    def test_bonus_is_used_first_and_what_was_used_stays_used(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 100)
        till.use(170)

        with pytest.raises(RefundNotCovered):
            back(till, payment, 931)
        assert back(till, payment, 930, "k2") == 0

        agrees(till, 0)

    def test_one_that_fails_gives_it_again(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 100)
        assert back(till, payment, 1000) == 100
        till.hear()
        with provider_scope(till.provider_id):
            (row,) = Refund.objects.all()

        act(till, "refund_fail", id=row.external_id, reason="declined")
        till.hear()

        assert (till.balance(), bonus(till)) == (1100, 100)

    def test_to_the_balance_nothing_is_taken(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 100)

        assert back(till, payment, 1000, destination="balance") == 0

        assert (till.balance(), bonus(till)) == (1100, 100)

    def test_one_that_is_not_covered_takes_nothing(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 200)
        till.use(300)

        with pytest.raises(RefundNotCovered):
            back(till, payment, 1000)

        assert till.balance() == 900


class TestDisputes:
    def test_one_takes_the_bonus_and_gives_it_again_when_it_is_won(self, till: Till) -> None:
        payment = topped_up(till, "bonus_fixed", 100)
        name = dispute(till, payment)
        till.hear()
        assert (till.balance(), bonus(till)) == (0, 0)

        close(till, name, "won")
        till.hear()
        till.hear()

        assert (till.balance(), bonus(till)) == (1100, 100)
