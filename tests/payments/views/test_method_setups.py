"""Pages for saving a method that nobody came back from: the poller takes them up, and closes what is a day old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope, system_scope
from gateway_simulators.common.faults import Fault
from payments.errors import FormReused
from payments.errors_gateways import GatewayDown
from payments.models import MethodSetup
from payments.selectors.health import providers_at_gateways
from payments.services.method_setup import start_method_setup
from payments.services.polling import catch_up, poll_due
from payments.types import SetupTerms
from tests.payments.till import PAYER, later
from tests.payments.views.test_methods import alice, begin, press, rows
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

    from tests.payments.till import Till

__all__ = ["alice"]


def setup_of(till: Till) -> MethodSetup:
    with provider_scope(till.provider_id):
        return MethodSetup.objects.get()


class TestPoll:
    def test_what_was_saved_behind_a_closed_browser_is_taken_up(
        self, till: Till, alice: Client
    ) -> None:
        press(begin(alice, till), "challenge")
        till.deliveries()  # lost

        with as_role("worker"), system_scope():
            assert providers_at_gateways(due_at=now()) == []
            assert providers_at_gateways(due_at=later(minutes=2)) == [till.provider_id]
        count = poll_due(provider_id=till.provider_id, now=later(minutes=2))
        again = poll_due(provider_id=till.provider_id, now=later(minutes=9))

        assert (count.asked, count.moved, again.asked) == (1, 1, 0)
        assert [row.last4 for row in rows(till)] == ["3155"]
        assert setup_of(till).next_poll_at is None

    def test_events_that_were_missed_are_listed(self, till: Till, alice: Client) -> None:
        press(begin(alice, till), "pay")
        till.deliveries()  # lost

        catch_up(provider_id=till.provider_id, now=now())

        assert [row.last4 for row in rows(till)] == ["4242"]

    def test_a_page_that_is_left_is_asked_about_less_and_less_and_closed_after_a_day(
        self, till: Till, alice: Client
    ) -> None:
        setup = begin(alice, till)

        poll_due(provider_id=till.provider_id, now=later(minutes=2))
        waits = setup_of(till)
        poll_due(provider_id=till.provider_id, now=later(hours=25))

        assert (waits.state, waits.polls) == ("open", 1)
        assert (setup_of(till).state, setup_of(till).next_poll_at) == ("closed", None)
        press(setup, "pay")
        assert rows(till) == [], "the gateway closed its page too"

    def test_a_gateway_that_is_down_is_asked_again(self, till: Till, alice: Client) -> None:
        press(begin(alice, till), "pay")
        till.deliveries()
        till.server.faults.append(Fault(".*", "429", left=99))
        poll_due(provider_id=till.provider_id, now=later(minutes=2))
        till.server.faults.clear()
        assert (setup_of(till).state, rows(till)) == ("open", [])

        poll_due(provider_id=till.provider_id, now=later(hours=1))

        assert len(rows(till)) == 1

    def test_one_whose_page_nobody_saw_ends_and_its_form_opens_no_other(self, till: Till) -> None:
        terms = SetupTerms(
            connection=till.public_id,
            currency="USD",
            request_key="form-1",
            return_url="http://nimbus.localhost/{setup}",
        )
        ids = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
        till.server.faults.append(Fault(".*", "429", left=99))
        with pytest.raises(GatewayDown):
            start_method_setup(**ids, terms=terms, payer=PAYER, now=now())
        till.server.faults.clear()

        poll_due(provider_id=till.provider_id, now=later(hours=6))

        assert setup_of(till).state == "closed"
        with pytest.raises(FormReused):
            start_method_setup(**ids, terms=terms, payer=PAYER, now=later(hours=6))
