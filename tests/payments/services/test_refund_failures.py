"""A refund that comes back days later is told to the provider's people, and to the client who asked, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from payments.enums import RefundDestination, RefundState
from payments.services.refund_decisions import approve_request
from payments.services.refund_failures import TOPIC, tell_failure
from payments.services.refund_notices import TOPIC as REQUEST_TOPIC
from payments.services.refunds import give_back
from tests.payments.services.test_refund_requests import ask, say, terms
from tests.payments.services.test_refunds import act, back, paid, rows
from tests.payments.services.test_staff_notices import announced, dashboard, mailed
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till


def fail(till: Till) -> None:
    """Let the last refund come back, which is told twice."""
    till.hear()
    act(till, "refund_fail", id=rows(till)[-1].external_id, reason="expired_or_canceled_card")
    told = till.deliveries()
    till.hear(told + told)
    assert rows(till)[-1].state == RefundState.FAILED


class TestStaff:
    def test_one_that_comes_back_is_told_once_and_shown_until_the_money_went(
        self, till: Till, cast: Cast
    ) -> None:
        payment = paid(till)
        assert back(till, payment, 400) == RefundState.SUCCEEDED
        fail(till)

        told = mailed(till.provider_id, TOPIC, tell_failure)

        assert announced(till.provider_id, TOPIC) == 1
        assert set(told) == {"paula", "bill"}
        assert f"4.00 USD of the payment {payment} failed" in told["bill"]
        bill = browser(cast, "bill")
        assert "1 refund came back" in dashboard(bill)
        listed = bill.get("/provider/payments/?state=refund_returned").context["page"].lines
        assert {line.row.public_id for line in listed} == {payment}
        assert "bank transfer" in bill.get(f"/provider/payments/{payment}/").content.decode()

        give_back(
            provider_id=till.provider_id,
            public_id=payment,
            amount=Money(400, "USD"),
            reason="Ordered twice",
            request_key="form-2",
            user_id=7,
            destination=RefundDestination.BALANCE,
            now=now(),
        )

        assert "refund came back" not in dashboard(bill)
        assert bill.get("/provider/payments/?state=refund_returned").context["page"].lines == []

    def test_what_went_back_before_it_came_back_did_not_go_another_way(
        self, till: Till, cast: Cast
    ) -> None:
        payment = paid(till)
        assert back(till, payment, 300) == RefundState.SUCCEEDED
        assert back(till, payment, 200, key="form-2") == RefundState.SUCCEEDED
        bill = browser(cast, "bill")
        assert "refund came back" not in dashboard(bill)
        till.hear()

        for refund, minor in zip(rows(till), (300, 200), strict=True):
            assert refund.amount_minor == minor
            act(till, "refund_fail", id=refund.external_id, reason="expired_or_canceled_card")
            till.hear()
            assert "1 refund came back" in dashboard(bill), "one payment, however many"
        listed = bill.get("/provider/payments/?state=refund_returned").context["page"].lines
        assert {line.row.public_id for line in listed} == {payment}

    def test_one_that_is_refused_at_once_its_person_has_read(self, till: Till, cast: Cast) -> None:
        payment = paid(till)
        act(till, "dashboard_refund", id=till.row(payment).external_id, amount=1000)

        assert back(till, payment, 1000) == RefundState.FAILED

        assert mailed(till.provider_id, TOPIC, tell_failure) == {}
        assert "refund came back" not in dashboard(browser(cast, "bill"))


class TestClient:
    def test_who_had_asked_is_told_too(self, till: Till) -> None:
        request = ask(till, paid(till))
        say(till, approve_request, request, terms=terms())
        fail(till)

        told = mailed(till.provider_id, TOPIC, tell_failure)

        assert announced(till.provider_id, REQUEST_TOPIC) == 2
        assert set(told) == {"paula", "bill", "alice"}
        assert "could not be paid to where it came from" in told["alice"]
        assert "on your balance again" in told["alice"]
