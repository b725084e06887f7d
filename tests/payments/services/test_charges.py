"""A saved method is charged once, whatever is lost on the way."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from gateway_simulators.stripe.payments import confirm_payment
from payments.models import Attempt
from payments.services.polling import poll_due
from tests.payments.desks import StripeDesk
from tests.payments.till import later
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.payments.till import Till

CHARGE = "/v1/payment_intents"
CARDS = {
    "InsufficientFunds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "authenticationRequired": "pm_card_authenticationRequired",
}


class TestCharges:
    def test_a_job_that_runs_twice_charges_once(self, till: Till) -> None:
        method = till.save_card()

        assert till.charge(method) == till.charge(method)

        assert (till.taken(), till.balance()) == (1, 1050)

    @pytest.mark.parametrize(
        ("mode", "times"), [("lost", 3), ("500_done", 1), ("timeout_before", 3)]
    )
    def test_a_lost_answer_is_found_out_under_the_same_key(
        self, till: Till, mode: str, times: int
    ) -> None:
        method = till.save_card()
        till.server.faults.append(Fault(CHARGE, mode, left=times, method="POST"))
        payment = till.charge(method)
        assert till.row(payment).state == "unknown"
        assert till.balance() == 0

        poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert till.row(payment).state == "succeeded"
        assert (till.taken(), till.balance()) == (1, 1050)
        keys = {
            line.key for line in till.server.log if (line.method, line.path) == ("POST", CHARGE)
        }
        assert keys == {till.row(payment).key}

    def test_a_decline_keeps_the_banks_reason(self, till: Till) -> None:
        payment = till.charge(till.save_card("pm_card_visa_chargeDeclinedInsufficientFunds"))

        row = till.row(payment)
        assert (row.state, row.failure_code) == ("failed", "insufficient_funds")
        assert (till.taken(), till.balance()) == (0, 0)

    @pytest.mark.parametrize("card", ["InsufficientFunds", "authenticationRequired"])
    def test_a_refused_one_is_ended_at_the_gateway(self, till: Till, card: str) -> None:
        found = till.charge(till.save_card(CARDS[card]))

        row = till.row(found)
        intent = StripeDesk(till.server).there.accounts["acct_nimbus"].objects[row.external_id]
        assert (row.state, row.next_poll_at, intent["status"]) == ("failed", None, "canceled")
        assert row.failure_code != ""

    def test_what_could_not_be_ended_at_once_the_poller_ends(self, till: Till) -> None:
        method = till.save_card(CARDS["InsufficientFunds"])
        till.server.faults.append(Fault(f"{CHARGE}/.*/cancel", "timeout_before", left=3))
        row = till.row(till.charge(method))
        intent = StripeDesk(till.server).there.accounts["acct_nimbus"].objects[row.external_id]
        assert (row.state, intent["status"]) == ("failed", "requires_payment_method")

        poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert intent["status"] == "canceled"
        assert till.row(row.public_id).next_poll_at is None

    def test_what_was_refused_before_anybody_ended_it_is_ended(self, till: Till) -> None:
        method = till.save_card(CARDS["InsufficientFunds"])
        till.server.faults.append(Fault(f"{CHARGE}/.*/cancel", "timeout_before", left=9))
        recent, old = (till.row(till.charge(method, key=key)) for key in ("c-1", "c-2"))
        till.server.faults.clear()
        with provider_scope(till.provider_id):
            Attempt.objects.update(next_poll_at=None)
            Attempt.objects.filter(pk=old.pk).update(state_at=later(days=-40))
        migration = import_module("payments.migrations.0024_old_refused_charges")
        with as_role("owner"), connection.cursor() as cursor:
            cursor.execute(migration.RECENT)

        poll_due(provider_id=till.provider_id, now=later(hours=2))

        objects = StripeDesk(till.server).there.accounts["acct_nimbus"].objects
        states = [objects[row.external_id]["status"] for row in (recent, old)]
        assert states == ["canceled", "requires_payment_method"]

    def test_what_the_key_may_not_end_stays_to_be_ended(self, till: Till) -> None:
        method = till.save_card(CARDS["InsufficientFunds"])
        till.server.faults.append(Fault(f"{CHARGE}/.*/cancel", "timeout_before", left=3))
        row = till.row(till.charge(method))
        desk = StripeDesk(till.server).there
        desk.keys["sk_test_nimbus"].permissions = ["rak_payment_intent_read"]

        poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert till.row(row.public_id).next_poll_at is not None
        assert desk.accounts["acct_nimbus"].objects[row.external_id]["status"] != "canceled"

    def test_money_that_came_after_all_is_credited_and_not_lost(self, till: Till) -> None:
        method = till.save_card(CARDS["InsufficientFunds"])
        till.server.faults.append(Fault(f"{CHARGE}/.*", "500", left=9))
        row = till.row(till.charge(method))
        till.server.faults.clear()
        account = StripeDesk(till.server).there.accounts["acct_nimbus"]
        intent = account.objects[row.external_id]
        intent["payment_method"] = till.save_card()
        confirm_payment(account, {}, row.external_id)

        poll_due(provider_id=till.provider_id, now=later(minutes=2))

        assert till.row(row.public_id).state == "succeeded"
        assert (till.taken(), till.balance()) == (1, 1050)

    def test_a_refused_key_breaks_the_connection_and_nothing_else(self, till: Till) -> None:
        method = till.save_card()
        till.server.gateways["stripe"].act("revoke_key", {"key": "sk_test_nimbus"})

        payment = till.charge(method)

        assert till.row(payment).state == "failed"
        assert till.connection.state == "broken"
        assert "sk_test_nimbus" not in till.connection.state_note
