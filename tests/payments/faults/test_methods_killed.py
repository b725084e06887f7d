"""kill -9 between any two steps of saving a method, and everybody at once: one page, one method, one default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.models import Method, MethodSetup
from payments.services.method_setup import MARKERS, start_method_setup, take_up_setup
from payments.services.polling import poll_due
from payments.types import SetupTerms
from tests.payments.faults.forks import at_once, killed
from tests.payments.till import PAYER, Till, later, post

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


@pytest.fixture
def counter(committed_cast: Cast, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till in a database that commits."""
    cast = committed_cast
    return Till.open(cast.nimbus, cast.acme, simulated, "nimbus")


def follow_up(till: Till) -> None:
    """Let the poller come by until nothing is open."""
    for hours in (1, 2, 12, 36):
        poll_due(provider_id=till.provider_id, now=later(hours=hours))


def begin(till: Till) -> None:
    terms = SetupTerms(
        connection=till.public_id,
        currency="USD",
        request_key="form-1",
        return_url="http://nimbus.localhost/{setup}",
    )
    ids = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
    start_method_setup(**ids, terms=terms, payer=PAYER, now=now())


def setup_of(till: Till) -> MethodSetup:
    with provider_scope(till.provider_id):
        return MethodSetup.objects.get()


def press(till: Till) -> None:
    post(setup_of(till).checkout_url, {"choice": "pay", "number": "4242" * 4})


def take_up(till: Till, setup: int) -> str:
    return take_up_setup(provider_id=till.provider_id, setup_id=setup, now=now())


def saved_once(till: Till) -> bool:
    simulator: Any = till.server.gateways["stripe"]
    account = simulator.accounts["acct_nimbus"]
    with provider_scope(till.provider_id):
        rows = list(Method.objects.values_list("last4", "is_default"))
    made = len(account.all("checkout.session")), len(account.all("customer"))
    return (rows, made) == ([("4242", True)], (1, 1))


class TestKilled:
    @pytest.mark.parametrize("marker", MARKERS[:-2])
    def test_the_same_form_goes_on_where_it_stopped(self, counter: Till, marker: str) -> None:
        killed(lambda: begin(counter), marker)

        begin(counter)
        press(counter)
        follow_up(counter)

        assert saved_once(counter)

    @pytest.mark.parametrize("marker", MARKERS[-2:])
    def test_what_was_read_is_kept_by_the_next(self, counter: Till, marker: str) -> None:
        begin(counter)
        press(counter)
        setup = setup_of(counter).pk
        killed(lambda: take_up(counter, setup), marker)

        follow_up(counter)

        assert saved_once(counter)


class TestTogether:
    def test_webhook_return_and_poller_keep_it_once(self, counter: Till) -> None:
        begin(counter)
        press(counter)
        events = counter.deliveries()
        setup = setup_of(counter).pk

        ends = at_once(
            lambda: counter.hear(events),
            lambda: take_up(counter, setup),
            lambda: poll_due(provider_id=counter.provider_id, now=later(minutes=2)).asked,
            lambda: take_up(counter, setup),
        )

        assert [code for code, _ in ends] == [0, 0, 0, 0]
        assert saved_once(counter)
