"""Money goes back once, never more than was paid, and comes again when the gateway could not deliver it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from accounts.services.credits import adjust
from accounts.services.grants import grant_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.enums import REFUND_MOVES, RefundState
from payments.errors import (
    AmountRefused,
    FormReused,
    NotRefundable,
    PaymentNotFound,
    RefundNeedsSecond,
    RefundNotCovered,
    RefundTooLarge,
)
from payments.models import Refund
from payments.selectors.health import oldest_unresolved
from payments.services.polling import poll_due
from payments.services.reconciliation import reconcile
from payments.services.refunds import give_back
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.services.settings import set_setting
from tests.payments.till import later

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till


def paid(till: Till, card: str = "pm_card_visa") -> str:
    """Return a payment of 10.50 that is credited."""
    payment = till.charge(till.save_card(card))
    till.hear()
    assert till.balance() == 1050
    return payment


def back(
    till: Till, payment: str, minor: int = 1050, key: str = "form-1", code: str = "USD"
) -> str:
    return give_back(
        provider_id=till.provider_id,
        public_id=payment,
        amount=Money(minor, code),
        reason="Ordered twice",
        request_key=key,
        user_id=7,
        now=now(),
    )


def rows(till: Till) -> list[Refund]:
    with provider_scope(till.provider_id):
        return list(Refund.objects.order_by("pk"))


def act(till: Till, action: str, **details: object) -> str:
    made = till.server.gateways["stripe"].act(action, details)
    return str(made["id"])


def agrees(till: Till, balance: int) -> None:
    """Hold wallet, ledger and gateway against each other."""
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
    assert till.balance() == balance == -sum(minor for _, minor in till.postings())
    found = reconcile(provider_id=till.provider_id, now=now())
    assert (found.differences, found.failed) == ((), {})


class TestAsked:
    def test_a_part_and_then_the_rest_goes_back_once_each(self, till: Till) -> None:
        payment = paid(till)

        assert back(till, payment, 400) == back(till, payment, 400) == RefundState.SUCCEEDED
        agrees(till, 650)
        with pytest.raises(FormReused):
            back(till, payment, 401)
        with pytest.raises(RefundTooLarge):
            back(till, payment, 651, "form-2")
        back(till, payment, 650, "form-3")

        assert set(till.hear()) == {"processed"}
        agrees(till, 0)
        assert [row.amount_minor for row in rows(till)] == [400, 650]

    @pytest.mark.parametrize(
        ("minor", "code", "refusal"),
        [
            (1051, "USD", RefundTooLarge),
            (0, "USD", AmountRefused),
            (-5, "USD", AmountRefused),
            (5, "EUR", NotRefundable),
        ],
    )
    def test_what_was_not_paid_is_refused(
        self, till: Till, minor: int, code: str, refusal: type[Exception]
    ) -> None:
        payment = paid(till)

        with pytest.raises(refusal):
            back(till, payment, minor, code=code)

        assert (rows(till), till.balance()) == ([], 1050)

    def test_a_payment_that_is_not_credited_or_another_providers_is_refused(
        self, till: Till, cast: Cast
    ) -> None:
        with pytest.raises(NotRefundable):
            back(till, till.start())
        payment = paid(till)
        with pytest.raises(PaymentNotFound):
            give_back(
                provider_id=cast.sonora,
                public_id=payment,
                amount=Money(5, "USD"),
                reason="x",
                request_key="f",
                user_id=7,
                now=now(),
            )
        assert rows(till) == []

    def test_used_money_and_bonus_are_not_paid_out(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            for call, minor in ((adjust, -300), (grant_credit, 500)):
                call(
                    provider_id=till.provider_id,
                    tenant_id=till.tenant_id,
                    amount=Money(minor, "USD"),
                    reason="x",
                    key=f"k{minor}",
                    now=now(),
                )

        with pytest.raises(RefundNotCovered):
            back(till, payment, 751)

        assert till.balance() == 1250
        assert back(till, payment, 750, "form-2") == RefundState.SUCCEEDED
        assert till.balance() == 500

    def test_above_the_limit_of_one_person_it_is_refused(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            set_setting(
                provider_id=till.provider_id,
                name=APPROVAL_LIMIT_MINOR.name,
                value=500,
                now=now(),
            )

        with pytest.raises(RefundNeedsSecond):
            back(till, payment, 501)

        assert back(till, payment, 500) == RefundState.SUCCEEDED


class TestAnswers:
    @pytest.mark.parametrize("mode", ["lost", "500_done", "429", "reset"])
    def test_a_lost_answer_gives_one_refund(self, till: Till, mode: str) -> None:
        payment = paid(till)
        till.server.faults.append(Fault("/v1/refunds", mode, left=9))
        assert back(till, payment) == RefundState.UNKNOWN
        assert till.balance() == 0
        till.server.faults.clear()

        for minutes in (2, 10):
            poll_due(provider_id=till.provider_id, now=later(minutes=minutes))
        till.hear()

        assert [row.state for row in rows(till)] == [RefundState.SUCCEEDED]
        agrees(till, 0)

    def test_a_refusal_reverses_at_once(self, till: Till) -> None:
        payment = paid(till)
        act(till, "dashboard_refund", id=till.row(payment).external_id, amount=1000)

        assert back(till, payment, 1000) == RefundState.FAILED

        assert till.balance() == 1050
        till.hear()
        agrees(till, 50)

    def test_a_pending_one_that_fails_reverses_once(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        till.server.advance(5 * 86_400)
        till.hear()
        assert till.balance() == 1050
        assert back(till, payment) == RefundState.PENDING
        till.hear()
        assert till.balance() == 0

        act(till, "refund_fail", id=rows(till)[0].external_id, reason="declined")
        events = till.deliveries()
        till.hear(events + events)
        poll_due(provider_id=till.provider_id, now=later(hours=2))

        (row,) = rows(till)
        assert (row.state, row.failure_code) == (RefundState.FAILED, "declined")
        agrees(till, 1050)
        assert back(till, payment, 1050, "form-2") == RefundState.PENDING


class TestDashboard:
    def test_it_is_recorded_once_though_it_is_told_twice(self, till: Till) -> None:
        payment = paid(till)
        act(till, "dashboard_refund", id=till.row(payment).external_id, amount=300)
        events = till.deliveries()

        till.hear(events + events)

        (row,) = rows(till)
        assert (row.amount_minor, row.asked_by) == (300, None)
        agrees(till, 750)
        with pytest.raises(RefundTooLarge):
            back(till, payment, 751)

    def test_it_is_recorded_even_when_the_money_is_used(self, till: Till) -> None:
        payment = paid(till)
        back(till, payment, 1000)
        act(till, "dashboard_refund", id=till.row(payment).external_id, amount=50)
        with provider_scope(till.provider_id):
            adjust(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                amount=Money(-50, "USD"),
                reason="x",
                key="k",
                now=now(),
            )

        till.hear()

        assert till.balance() == -50


def test_the_table_of_moves_ends_with_failed() -> None:
    assert [state for state, after in REFUND_MOVES.items() if not after] == [RefundState.FAILED]


class TestHealth:
    def test_a_refund_that_waits_for_its_gateway_counts_as_unresolved(self, till: Till) -> None:
        payment = paid(till)
        till.server.faults.append(Fault("/v1/refunds", "429", left=99))
        assert back(till, payment) == RefundState.UNKNOWN

        with provider_scope(till.provider_id):
            assert oldest_unresolved(till.provider_id) == rows(till)[0].created_at
        till.server.faults.clear()
        poll_due(provider_id=till.provider_id, now=later(minutes=2))
        with provider_scope(till.provider_id):
            assert oldest_unresolved(till.provider_id) is None
