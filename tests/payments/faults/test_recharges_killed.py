"""kill -9 between any two steps of a recharge, and several workers at once: one charge each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from payments.recharge_types import LinkTerms
from payments.services import recharge_links, recharge_outcomes, recharging
from payments.services.recharge_links import pay_recharge
from tests.payments.faults.forks import at_once, killed
from tests.payments.recharged import ASKS, Customer
from tests.payments.till import PAYER, Till, later

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

STEPS = (
    *recharging.MARKERS,
    *recharge_outcomes.MARKERS,
    "payment.opened",
    "payment.charged",
    "payment.posted",
)


@pytest.fixture
def customer(committed_cast: Cast, simulated: SimulatorServer) -> Customer:
    """Return Acme, low and with a rule, in a database that commits."""
    cast = committed_cast
    return Customer(Till.open(cast.nimbus, cast.acme, simulated, "nimbus"))


def scan(customer: Customer) -> dict[str, int]:
    return dict(customer.scan())


def link(customer: Customer, recharge: str) -> str:
    terms = LinkTerms(
        recharge=recharge,
        return_url="http://nimbus.localhost/billing/payments/{payment}/return",
        opened_by=1,
    )
    return pay_recharge(**customer.ids, terms=terms, payer=PAYER, now=now())


@pytest.mark.processes
class TestKilled:
    def test_each_step_is_taken_up_by_the_next_scan(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants()
        for done, step in enumerate(STEPS, start=1):
            customer.has(0)
            killed(lambda: scan(customer), step)
            scan(customer)  # the lease of a claim holds
            customer.poll(minutes=30)
            customer.scan(later(minutes=31))
            assert (customer.till.taken(), customer.till.balance()) == (done, 2000)

        rows = customer.recharges()
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert {row.state for row in rows} == {"done"}
        # Where the gateway never heard of it, the next scan begins anew.
        assert [row.code for row in rows if row.code] == ["never_started"]

    def test_workers_at_once_charge_once(self, customer: Customer) -> None:
        customer.has_card()
        customer.wants()
        customer.has(0)

        ends = at_once(*[lambda: scan(customer)] * 4)

        assert [code for code, _ in ends] == [0, 0, 0, 0]
        assert (customer.till.taken(), customer.till.balance()) == (1, 2000)
        assert len(customer.recharges()) == 1

    def test_a_link_opens_one_page_at_a_time(self, customer: Customer) -> None:
        customer.has_card(ASKS)
        customer.wants()
        customer.has(0)
        customer.scan()
        (row,) = customer.recharges()

        killed(lambda: link(customer, row.public_id), *recharge_links.MARKERS)
        ends = at_once(*[lambda: link(customer, row.public_id)] * 3)

        opened = {name for code, name in ends if code == 0}
        assert opened == {link(customer, row.public_id)}
