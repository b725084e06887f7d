"""kill -9 between any two steps at each gateway: of a page, a charge, an event, a refund and a saved method.

All steps of a story share one database that commits; at its end wallet, ledger and gateway are held against each other.
"""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pytest

from payments import services
from payments.services import (
    charges,
    checkout,
    method_setup,
    refund_outcomes,
    refunds,
    settlement,
    webhooks,
)
from tests.architecture.source import python_files, syntax_tree
from tests.payments.desks import DESKS
from tests.payments.faults.forks import at_once, killed
from tests.payments.shop import Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast


@pytest.fixture(params=sorted(DESKS))
def counter(
    request: pytest.FixtureRequest, committed_cast: Cast, simulated: SimulatorServer
) -> Shop:
    """Return Nimbus's shop with each gateway, in a database that commits."""
    cast = committed_cast
    return Shop.open((cast.nimbus, cast.acme), simulated, request.param)


def pages(shop: Shop) -> int:
    """Open, pay and settle; a page's customer is made once only, so that step is passed by the first one."""
    makes = shop.speaker().capabilities.makes_customers
    steps = [one for one in checkout.MARKERS if makes or one != "payment.customer_made"]
    for marker in sorted(steps, key=lambda one: one != "payment.customer_made"):
        killed(lambda marker=marker: shop.start(marker), marker)  # type: ignore[misc]  # a value of the loop
        shop.press(shop.start(marker))
        shop.poll(hours=1)
    for marker in settlement.MARKERS:
        payment = shop.start(f"settle-{marker}")
        shop.press(payment)
        killed(lambda payment=payment: shop.sync(payment), marker)  # type: ignore[misc]  # a value of the loop
        assert shop.row(payment).state == "requires_action"
        shop.poll(hours=1)
    return len(steps) + len(settlement.MARKERS)


def events(shop: Shop) -> int:
    """Hear of a payment."""
    for marker in webhooks.MARKERS:
        shop.press(shop.start(marker))
        told = shop.told()
        killed(lambda told=told: shop.hear(told), marker)  # type: ignore[misc]  # a value of the loop
        shop.poll(hours=1)
    return len(webhooks.MARKERS)


def given_back(shop: Shop) -> int:
    """Give 1.00 of a payment back, and let the dashboard do so once."""
    payment = shop.paid("given")
    for marker in refunds.MARKERS:
        killed(lambda marker=marker: shop.back(payment, 100, marker), marker)  # type: ignore[misc]  # a value of the loop
        shop.poll(hours=1)
    shop.told()
    shop.desk.refund(shop.row(payment).external_id, 100)
    told = shop.told()
    (marker,) = refund_outcomes.MARKERS
    killed(lambda: shop.hear(told), marker)
    shop.poll(hours=1)
    assert {one.state for one in shop.refunds()} == {"succeeded"}
    return len(shop.refunds())


def saved(shop: Shop) -> int:
    """Save a method each time, and charge the last one."""
    asked, read = ("method.opened", "method.page_opened"), ("method.page_read", "method.kept")
    for marker in asked:
        killed(lambda marker=marker: shop.set_up(marker), marker)  # type: ignore[misc]  # a value of the loop
        shop.saved(marker)
    for marker in read:
        setup = shop.set_up(marker)
        shop.desk.press(setup.checkout_url, "pay")
        killed(lambda setup=setup: shop.take_up(setup), marker)  # type: ignore[misc]  # a value of the loop
        assert shop.take_up(setup) == "done"
    names = [one.method_id for one in shop.methods()]
    assert len(names) == len(set(names)) == len((*asked, *read))
    # The customer of a page was made before: `pages` passes that step.
    assert {*asked, *read} == {*method_setup.MARKERS} - {"payment.customer_made"}
    for marker in charges.MARKERS:
        killed(lambda marker=marker: shop.charge(names[-1], f"job-{marker}"), marker)  # type: ignore[misc]  # a value of the loop
        shop.poll(hours=1)
    charged = [one.state for one in shop.rows() if one.kind == "charge"]
    # Where the gateway was told who pays before, nobody asks for money whose customer was never written down.
    assert charged[1:] == ["succeeded"] * (len(charges.MARKERS) - 1)
    return charged.count("succeeded")


@pytest.mark.processes
@pytest.mark.usefixtures("committed_db")
class TestKilled:
    def test_each_step_is_taken_up_by_the_next(self, counter: Shop) -> None:
        paid = pages(counter) + events(counter)
        back = given_back(counter)
        charged = saved(counter) if counter.speaker().capabilities.saves_methods else 0

        counter.follow_up()
        assert back == len(refunds.MARKERS) + 1
        counter.agrees(1050 * (paid + 1 + charged) - 100 * back)
        assert [one.public_id for one in counter.rows() if one.next_poll_at] == []

    def test_everybody_at_once_credits_it_once(self, counter: Shop) -> None:
        ends = at_once(counter.start, counter.start, counter.start)
        (row,) = counter.rows()
        assert {name for code, name in ends if code == 0} == {row.public_id}
        counter.press(counter.start())
        told = counter.told()

        def back() -> str:
            return counter.sync(row.public_id)

        ends = at_once(lambda: counter.hear(told), back, counter.poll, back)

        assert [code for code, _ in ends] == [0, 0, 0, 0]
        counter.follow_up()
        counter.agrees(1050)


def test_each_marker_is_one_of_a_story() -> None:
    passed = {
        node.args[0].value
        for path in python_files("payments")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "marker"
        and isinstance(node.args[0], ast.Constant)
    }
    modules = [
        import_module(f"payments.services.{one.name}") for one in iter_modules(services.__path__)
    ]
    stories = {one.__name__: one.MARKERS for one in modules if hasattr(one, "MARKERS")}
    told = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert passed
    assert passed == {name for story in stories.values() for name in story}
    untold = [name for name in stories if f"{name.rpartition('.')[2]}.MARKERS" not in told]
    assert untold == []
