"""A balance that is low is topped up once; a card that says no is not hammered; nothing is charged unasked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from billing_platform.kernel.clock import now
from billing_platform.kernel.models import JobRun, OutboxMessage
from billing_platform.kernel.relay import relay
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments import tasks
from payments.enums import TopupBar
from payments.errors import NoDefaultMethod
from payments.errors_recharges import CapTooLow, RechargeNotFound, RechargeTermsRefused
from payments.models import AutoPay, Recharge, RechargeRule
from payments.recharge_types import LinkTerms
from payments.services.auto_pay import set_auto_pay
from payments.services.method_freezing import freeze_method
from payments.services.recharge_links import pay_recharge
from payments.services.recharge_rules import switch_recharge_rule_off
from tenants.registry_tax import TAX_POINT, TAX_PRICES_INCLUSIVE
from tenants.registry_topups import TOPUP_LEAST_MINOR, TOPUP_MOST_MINOR
from tenants.services.settings import set_setting
from tests.factories.tax import register_in_germany
from tests.payments.recharged import (
    ASKS,
    CHARGE,
    DEAD,
    POOR,
    START,
    STOLEN,
    Customer,
    at,
    through_tasks,
)
from tests.payments.till import PAYER
from tests.roles import as_role

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

    from tests.payments.till import Till


@pytest.fixture
def customer(till: Till) -> Customer:
    """Return Acme with 50.00, who will say which card and which rule."""
    found = Customer(till)
    found.has(5000)
    return found


class TestAmounts:
    def test_only_what_is_below_is_topped_up_and_by_one_charge(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants()
        customer.has(1000)
        assert customer.scan() == {}
        assert customer.asked() == []

        customer.has(-2500)
        assert customer.scan() == {"charged": 1}

        assert customer.till.balance() == -2500 + 2 * 2000  # as many amounts as it takes
        assert len(customer.asked()) == 1
        assert customer.scan() == {}

    def test_a_target_is_filled_up_to(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants(mode="target", amount_minor=7500)
        customer.has(999)

        customer.scan()

        assert customer.till.balance() == 7500

    def test_what_is_on_its_way_counts(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants(mode="target", amount_minor=3000)
        customer.has(100)
        customer.till.start(minor=500)

        customer.scan()

        assert customer.till.balance() == 100 + 2400
        customer.has(100)
        customer.till.press(customer.till.start(minor=900, key="bank"), "bank")
        customer.poll(minutes=2)
        assert customer.scan() == {"enough": 1}

    def test_caps_make_it_smaller_then_stop_it_until_they_begin_anew(
        self, customer: Customer
    ) -> None:
        customer.has_card()
        with at(START):
            customer.wants(daily_cap_minor=3000, monthly_cap_minor=4000)
            for expected in (2000, 1000):
                customer.has(0)
                customer.scan()
                assert customer.till.balance() == expected
            customer.has(0)
            assert customer.scan() == {"daily_cap": 1}
            assert customer.rule().hindrance == "daily_cap"
        with at(START + timedelta(days=1)):
            customer.scan()
            assert customer.till.balance() == 1000
            customer.has(0)
            assert customer.scan() == {"monthly_cap": 1}
            assert customer.rule().hindrance == "monthly_cap"
        with at(START + timedelta(days=31)):
            assert customer.scan() == {"charged": 1}
        assert customer.till.balance() == 2000
        assert len(customer.asked()) == 4


class TestTax:
    def test_what_is_charged_bears_tax_and_keeps_to_caps_and_the_providers_limits(
        self, customer: Customer
    ) -> None:
        taxed(customer)
        customer.has_card()
        customer.wants(daily_cap_minor=3500)
        customer.has(0)
        customer.scan()
        assert (customer.payments()[0].amount_minor, customer.till.balance()) == (2380, 2000)

        customer.has(0)
        customer.scan()
        assert customer.payments()[1].amount_minor == 1120  # what the cap has left, tax included
        assert customer.till.balance() == 941
        customer.wants(amount_minor=5000)
        put(customer, TOPUP_MOST_MINOR.name, 3000)
        customer.has(0)
        customer.scan()
        assert customer.till.balance() == 3000
        put(customer, TOPUP_LEAST_MINOR.name, 4000)
        customer.has(0)
        assert customer.scan() == {TopupBar.TOO_SMALL.value: 1}
        assert customer.rule().hindrance == "refused"
        assert len(customer.asked()) == 3

    def test_where_prices_include_it_a_target_is_still_reached(self, customer: Customer) -> None:
        taxed(customer)
        put(customer, TAX_PRICES_INCLUSIVE.name, value=True)
        customer.has_card()
        customer.wants(mode="target", amount_minor=3000)
        customer.has(0)

        customer.scan()

        assert customer.payments()[0].amount_minor == 3571
        assert customer.till.balance() == 3001


class TestAgreement:
    def test_nobody_is_charged_who_switched_it_off_or_has_no_card_for_it(
        self, customer: Customer
    ) -> None:
        method = customer.has_card()
        customer.wants()
        customer.has(0)
        set_auto_pay(**customer.ids, is_on=False, now=now())
        assert customer.scan() == {"auto_pay_off": 1}
        assert customer.rule().hindrance == "auto_pay_off"

        set_auto_pay(**customer.ids, is_on=True, now=now())
        switch_recharge_rule_off(**customer.ids, currency="USD", now=now())
        assert customer.scan() == {}
        with provider_scope(customer.till.provider_id):
            assert AutoPay.objects.get().is_on  # it may pay for other things

        customer.wants()
        with provider_scope(customer.till.provider_id):
            freeze_method(
                **customer.ids,
                connection_id=method.connection_id,
                method_id=method.method_id,
                now=now(),
            )
        assert customer.scan() == {"no_method": 1}
        assert customer.asked() == []

    def test_a_rule_that_could_never_work_is_refused(self, customer: Customer) -> None:
        with pytest.raises(NoDefaultMethod):
            customer.wants()
        customer.has_card()
        with pytest.raises(RechargeTermsRefused):
            customer.wants(mode="target", amount_minor=1000)
        with pytest.raises(CapTooLow):
            customer.wants(daily_cap_minor=1999)
        with pytest.raises(RechargeNotFound):
            switch_recharge_rule_off(**customer.ids, currency="EUR", now=now())
        customer.wants()
        with provider_scope(customer.till.provider_id):
            for wrong in (
                {"threshold_minor": 0},
                {"mode": "target", "amount_minor": 1},
                {"daily_cap_minor": 0},
            ):
                with pytest.raises(IntegrityError), transaction.atomic():
                    RechargeRule.objects.update(**wrong)


class TestDeclines:
    @pytest.mark.takes(seconds=30)
    def test_a_dead_card_is_asked_four_times_in_a_month_of_hours(
        self, customer: Customer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        through_tasks(monkeypatch)
        customer.has_card(DEAD)
        customer.wants()
        customer.has(-100)

        with as_role("worker"):
            for hour in range(31 * 24):
                with at(START + timedelta(hours=hour)):
                    tasks.recharge()

        tried = [line.at for line in customer.asked()]
        days = [round((one - tried[0]) / 86400, 1) for one in tried]
        assert days == [0, 1, 3, 7]
        assert customer.breaker().paused_at is not None
        assert customer.till.balance() == -100
        with as_role("worker"), provider_scope(customer.till.provider_id):
            told = OutboxMessage.objects.filter(topic="recharge.declined").order_by("pk")
            assert [one.payload["is_paused"] for one in told] == [False, True]
            last = JobRun.objects.filter(
                job="recharge", provider_id=customer.till.provider_id
            ).latest("started_at")
        assert last.skipped == {"paused": 1}

        # Switching it off and on, or another rule, arms nothing; the card that works does.
        with at(START + timedelta(days=32)):
            switch_recharge_rule_off(**customer.ids, currency="USD", now=now())
            customer.wants(amount_minor=3000)
            assert customer.scan() == {"paused": 1}
            customer.has_card()
            assert customer.scan() == {"charged": 1}
            assert customer.till.balance() == 2900
            assert customer.breaker().declines == 0

    def test_a_settled_payment_arms_it_unless_the_card_is_never_taken(
        self, customer: Customer
    ) -> None:
        with at(START):
            customer.has_card(STOLEN)
            customer.wants()
            customer.has(0)
            customer.scan()
            assert customer.rule().hindrance == "paused"
        with at(START + timedelta(hours=1)):
            customer.till.press(customer.till.start(minor=500))
            customer.till.hear()
            assert customer.till.balance() == 500
            assert customer.scan() == {"paused": 1}
            customer.has_card(POOR)
            assert customer.scan() == {"charged": 1}
            assert (customer.rule().hindrance, customer.rule().decline) == ("waiting", "later")
        with at(START + timedelta(hours=2)):
            assert customer.scan() == {"waiting": 1}
            customer.till.press(customer.till.start(minor=100, key="form-2"))
            customer.till.hear()
            assert customer.scan() == {"charged": 1}
        assert [row.decline for row in customer.recharges()] == ["never", "later", "later"]
        assert customer.breaker().declines == 1

    def test_3d_secure_fails_over_to_a_link_that_pays_the_same_once(
        self, customer: Customer
    ) -> None:
        customer.has_card(ASKS)
        customer.wants()
        customer.has(0)
        customer.scan()
        (row,) = customer.recharges()
        assert (row.decline, row.code) == ("customer", "authentication_required")
        assert (customer.rule().hindrance, customer.rule().recharge) == ("paused", row.public_id)
        (told,) = mails()
        assert f"/billing/auto-recharge/{row.public_id}/pay" in str(told.body)
        assert "confirm" in told.subject

        def pay() -> str:
            terms = LinkTerms(
                recharge=row.public_id,
                return_url="http://nimbus.localhost/billing/payments/{payment}/return",
                opened_by=1,
            )
            return pay_recharge(**customer.ids, terms=terms, payer=PAYER, now=now())

        payment = pay()
        assert pay() == payment
        customer.till.press(payment)
        customer.till.hear()
        assert pay() == payment
        assert customer.till.balance() == 2000
        assert customer.till.taken() == 1
        customer.has(0)
        assert customer.scan() == {"charged": 1}  # armed again, and asked for again
        assert len(customer.asked()) == 2

    def test_a_recharge_that_nobody_refused_has_no_link(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants()
        customer.has(0)
        customer.scan()
        terms = LinkTerms(
            recharge=customer.recharges()[0].public_id,
            return_url="http://nimbus.localhost/",
            opened_by=1,
        )

        with pytest.raises(RechargeNotFound):
            pay_recharge(**customer.ids, terms=terms, payer=PAYER, now=now())


class TestOutage:
    @pytest.mark.parametrize("mode", ["timeout_before", "500_done", "lost"])
    def test_an_outage_is_no_decline_and_never_a_second_charge(
        self, customer: Customer, mode: str
    ) -> None:
        customer.has_card()
        customer.wants()
        customer.has(0)
        customer.till.server.faults.append(Fault(CHARGE, mode, left=3, method="POST"))
        customer.scan()
        for _ in range(3):
            assert customer.scan() == {"followed": 1, "underway": 1}
        assert customer.rule().hindrance == "underway"

        customer.poll(minutes=2)
        customer.scan()

        assert (customer.till.taken(), customer.till.balance()) == (1, 2000)
        assert len({line.key for line in customer.asked()}) == 1
        assert customer.breaker().declines == 0
        assert mails() == []

    def test_a_broken_connection_is_left_alone_until_it_works(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants()
        customer.has(0)
        customer.till.server.gateways["stripe"].act("revoke_key", {"key": "sk_test_nimbus"})

        customer.scan()

        assert customer.scan() == {"gateway": 1}
        assert customer.rule().hindrance == "gateway"
        assert customer.breaker().declines == 0
        assert mails() == []


class TestRows:
    def test_a_recharge_keeps_what_it_charged(self, customer: Customer) -> None:
        customer.has_card(DEAD)
        customer.wants()
        customer.has(0)
        customer.scan()

        with provider_scope(customer.till.provider_id):
            for wrong in (
                {"state": "charging", "decided_at": None},
                {"amount_minor": 1},
                {"decline": "never"},
                {"number": 7},
            ):
                with pytest.raises(IntegrityError), transaction.atomic():
                    Recharge.objects.update(**wrong)


def put(customer: Customer, name: str, value: Any) -> None:
    """Change a setting of the provider."""
    with provider_scope(customer.till.provider_id):
        set_setting(provider_id=customer.till.provider_id, name=name, value=value, now=now())


def taxed(customer: Customer) -> None:
    """Let the provider tax top-ups, at 19 %."""
    with provider_scope(customer.till.provider_id):
        register_in_germany(customer.till.provider_id)
    put(customer, TAX_POINT.name, "top_up")


def mails() -> list[EmailMessage]:
    """Let the outbox send what waits, and return the mails about recharges."""
    with as_role("worker"):
        relay(clock=now, limit=50)
    return [one for one in mail.outbox if "charged" in str(one.body)]
