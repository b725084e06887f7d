"""Money is credited if and only if the gateway has it, once; rows of the failure table that need no kill."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.errors import FormReused, NotQuarantined, ReceivedChanged
from payments.errors_gateways import GatewayDown
from payments.events import PaymentSettled
from payments.selectors.payments import PaymentQuery, payment_totals
from payments.services.gateways import load_gateway
from payments.services.payers import page_key
from payments.services.polling import poll_due
from payments.services.settlement import accept_received, settle
from payments.services.sync import sync_payment
from tests.payments.till import Till, later

if TYPE_CHECKING:
    from payments.gateways.values import GatewayPayment

CREATE = "/v1/checkout/sessions"


def sync(till: Till, payment: str) -> str:
    return sync_payment(provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now())


def fetched(till: Till, payment: str) -> GatewayPayment:
    row = till.row(payment)
    with provider_scope(till.provider_id):
        gateway = load_gateway(provider_id=till.provider_id, connection_id=row.connection_id)
    page = gateway.advance_checkout(row.checkout_id)
    assert page.payment is not None
    return page.payment


class TestSettlement:
    def test_a_payment_is_credited_once_whoever_comes_first(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        heard: list[PaymentSettled] = []
        monkeypatch.setitem(dispatcher._inside, PaymentSettled, [heard.append])
        payment = till.start()
        assert sync(till, payment) == "requires_action"
        till.press(payment)

        events = till.deliveries()
        assert sync(till, payment) == "succeeded"
        assert set(till.hear([*events, *reversed(events)])) <= {"processed", "ignored"}
        assert sync(till, payment) == "succeeded"

        assert till.balance() == 1050
        assert till.postings() == [(payment, -1050)]
        row = till.row(payment)
        assert (row.posting_id, row.received_minor, row.checkout_url) == (
            heard[0].posting_id,
            1050,
            "",
        )
        assert [(one.payment, one.reference, one.amount_minor) for one in heard] == [
            (payment, "inv_1", 1050)
        ]
        with provider_scope(till.provider_id):
            assert verify(provider_id=till.provider_id).findings == ()

    def test_a_webhook_alone_credits_it(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "challenge")

        assert "processed" in till.hear()

        assert till.row(payment).state == "succeeded"
        assert till.balance() == 1050

    def test_without_return_and_webhook_the_poller_credits_it(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)

        early = poll_due(provider_id=till.provider_id, now=now())
        count = poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert (early.asked, count.asked, count.moved) == (0, 1, 1)
        assert till.balance() == 1050
        assert till.row(payment).next_poll_at is None

    def test_one_declined_card_is_not_the_end_of_the_page(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "decline")
        till.hear()

        assert till.row(payment).state == "requires_action"
        till.press(payment)
        till.hear()
        assert till.row(payment).state == "succeeded"
        assert till.balance() == 1050

    def test_a_page_that_ran_out_is_canceled(self, till: Till) -> None:
        payment = till.start()
        till.server.advance(86_401)

        assert sync(till, payment) == "canceled"

        assert (till.balance(), till.taken()) == (0, 0)

    def test_a_bank_debit_is_pending_until_the_money_is_there(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        assert till.row(payment).state == "pending"
        assert till.balance() == 0

        till.server.advance(5 * 86_400)
        till.hear()

        assert till.row(payment).state == "succeeded"
        assert till.balance() == 1050

    def test_an_older_view_changes_nothing(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        found = fetched(till, payment)
        sync(till, payment)
        row = till.row(payment)

        for state in ("pending", "failed", "canceled", "requires_action"):
            older = replace(found, state=type(found.state)(state), received=Money(0, "USD"))
            settle(provider_id=till.provider_id, attempt_id=row.pk, found=older, now=now())

        assert till.row(payment).state == "succeeded"
        assert till.balance() == 1050


class TestLostAnswers:
    def test_a_page_is_asked_for_again_under_its_key(self, till: Till) -> None:
        till.server.faults.append(Fault(CREATE, "timeout_before", left=3, method="POST"))
        with pytest.raises(GatewayDown):
            till.start()
        payment = till.only()
        assert till.row(payment).state == "unknown"

        assert till.start() == payment

        assert till.row(payment).state == "requires_action"
        keys = {line.key for line in till.server.log if line.path == CREATE}
        row = till.row(payment)
        assert keys == {page_key(row.key, row.customer_id)}

    def test_a_page_that_nobody_saw_is_canceled_once_its_key_is_forgotten(self, till: Till) -> None:
        # The work was done and its server error is kept under the key: every repetition gets it.
        till.server.faults.append(Fault(CREATE, "500_done", method="POST"))
        with pytest.raises(GatewayDown):
            till.start()

        poll_due(provider_id=till.provider_id, now=later(minutes=2))
        assert till.row(till.only()).state == "unknown"
        poll_due(provider_id=till.provider_id, now=later(hours=6))

        assert till.row(till.only()).state == "canceled"

    def test_another_form_value_under_one_key_is_refused(self, till: Till) -> None:
        till.start(1050, "form-1")

        with pytest.raises(FormReused):
            till.start(1051, "form-1")

    def test_an_outage_on_return_is_no_failure(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        till.server.faults.append(Fault(".*", "429", left=9))

        assert sync(till, payment) == "requires_action"

        till.server.faults.clear()
        assert sync(till, payment) == "succeeded"


class TestQuarantine:
    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"received": Money(1049, "USD")}, "amount"),
            ({"received": Money(1050, "EUR")}, "currency"),
            ({"is_live": True}, "mode"),
            ({"reference": "pay_another"}, "reference"),
        ],
    )
    def test_money_that_differs_is_shown_and_not_credited(
        self, till: Till, change: dict[str, object], problem: str
    ) -> None:
        payment = till.start()
        till.press(payment)
        found = replace(fetched(till, payment), **change)  # type: ignore[arg-type]  # one field of it
        row = till.row(payment)

        state = settle(provider_id=till.provider_id, attempt_id=row.pk, found=found, now=now())

        assert state == "quarantined"
        assert till.row(payment).problem == problem
        assert (till.balance(), till.postings()) == (0, [])

    def test_people_may_accept_the_amount_that_came_once(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        part = replace(fetched(till, payment), received=Money(1000, "USD"))
        settle(provider_id=till.provider_id, attempt_id=till.row(payment).pk, found=part, now=now())

        def accept(seen: Money) -> None:
            accept_received(
                provider_id=till.provider_id,
                public_id=payment,
                found=part,
                seen=seen,
                user_id=1,
                now=now(),
            )

        with pytest.raises(ReceivedChanged):
            accept(Money(1050, "USD"))
        accept(Money(1000, "USD"))
        with pytest.raises(NotQuarantined):
            accept(Money(1000, "USD"))

        assert till.balance() == 1000
        assert till.row(payment).accepted_by == 1

    def test_money_of_another_mode_is_accepted_by_nobody(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        live = replace(fetched(till, payment), is_live=True)
        row = till.row(payment)
        settle(provider_id=till.provider_id, attempt_id=row.pk, found=live, now=now())

        with pytest.raises(NotQuarantined):
            accept_received(
                provider_id=till.provider_id,
                public_id=payment,
                found=live,
                seen=live.received,
                user_id=1,
                now=now(),
            )

    def test_what_came_in_another_currency_counts_in_that_one(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        euros = replace(fetched(till, payment), received=Money(900, "EUR"))
        row = till.row(payment)
        settle(provider_id=till.provider_id, attempt_id=row.pk, found=euros, now=now())

        accept_received(
            provider_id=till.provider_id,
            public_id=payment,
            found=euros,
            seen=Money(900, "EUR"),
            user_id=1,
            now=now(),
        )

        with provider_scope(till.provider_id):
            (total,) = payment_totals(till.provider_id, PaymentQuery()) or []
        assert (total.taken, total.count) == (Money(900, "EUR"), 1)
