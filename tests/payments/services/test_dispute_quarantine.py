"""A dispute that cannot be posted as it stands waits until somebody decides, and is posted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.errors import (
    DisputeNotFound,
    NothingToDecide,
)
from payments.services.disputes import accept_dispute, release_method
from payments.services.reconciliation import reconcile
from tests.payments.disputed import FEE, agrees, close, dispute, rows
from tests.payments.services.test_refunds import act, back, paid

if TYPE_CHECKING:
    from payments.models import Dispute
    from tests.cast import Cast
    from tests.payments.till import Till


class TestQuarantine:
    def test_more_than_is_left_waits_and_the_provider_bears_the_rest(self, till: Till) -> None:
        payment = paid(till)
        back(till, payment, 400)
        name = dispute(till, payment)
        till.hear()
        (row,) = rows(till)
        assert (row.problem, row.taken_minor, till.balance()) == ("amount", 0, 650)
        found = reconcile(provider_id=till.provider_id, now=now())
        assert [(one.object_id, one.payment) for one in found.differences] == [
            (name, row.public_id)
        ]

        accept(till, row, 1050)
        agrees(till, 0, fees=FEE, borne=400)
        with pytest.raises(NothingToDecide):
            accept(till, row, 1050)

        close(till, name, "won")
        till.hear()
        agrees(till, 650, fees=FEE)

    def test_another_currency_is_never_the_clients(self, till: Till) -> None:
        payment = paid(till)
        name = dispute(till, payment)
        simulator = till.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        found = simulator.accounts["acct_nimbus"].find("dispute", name)
        found["currency"] = "eur"
        for line in found["balance_transactions"]:
            line["currency"] = "eur"
        till.hear()
        (row,) = rows(till)
        assert (row.problem, row.currency, till.balance()) == ("currency", "EUR", 1050)

        with pytest.raises(NothingToDecide):
            accept(till, row, 1049, "EUR")
        accept(till, row, 1050, "EUR")

        (row,) = rows(till)
        assert (row.taken_minor, row.borne_minor, till.balance()) == (0, 1050, 1050)
        with provider_scope(till.provider_id):
            assert verify(provider_id=till.provider_id).findings == ()

    def test_a_payment_that_is_not_credited_is_decided_on_first(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        simulator = till.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        (intent,) = simulator.accounts["acct_nimbus"].all("payment_intent")
        intent["amount_received"] = 1049
        act(till, "dispute_open", id=intent["id"])
        till.hear()
        (row,) = rows(till)
        assert (row.problem, till.row(payment).state) == ("payment", "quarantined")
        with pytest.raises(NothingToDecide):
            accept(till, row, 1050)

    def test_another_providers_people_find_none(self, till: Till, cast: Cast) -> None:
        payment = paid(till)
        dispute(till, payment)
        till.hear()
        (row,) = rows(till)

        with pytest.raises(DisputeNotFound):
            accept_dispute(
                provider_id=cast.sonora,
                public_id=row.public_id,
                seen=Money(1050, "USD"),
                user_id=7,
                now=now(),
            )
        with pytest.raises(DisputeNotFound):
            release_method(provider_id=cast.sonora, public_id=row.public_id)


def accept(till: Till, row: Dispute, minor: int, currency: str = "USD") -> None:
    accept_dispute(
        provider_id=till.provider_id,
        public_id=row.public_id,
        seen=Money(minor, currency),
        user_id=7,
        now=now(),
    )
