"""kill -9 between any two steps of a taxed top-up with a code, and two settlements at once: it is credited once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.selectors.balances import provider_balances
from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.models import Attempt, Topup
from payments.services import topup_money, topups
from payments.services.polling import poll_due
from payments.services.sync import sync_payment
from payments.types import TopupTerms
from promotions.models import Redemption
from tenants.services.settings import set_setting
from tests.factories.promotions import campaign, in_dollars
from tests.factories.tax import register_in_germany
from tests.payments.faults.forks import at_once, killed
from tests.payments.till import PAYER, Till, later

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
CHARGED = ("topup.opened", "payment.opened", "payment.charged", *topup_money.MARKERS)


@pytest.fixture
def counter(committed_cast: Cast, simulated: SimulatorServer) -> Till:
    """Return the till of a seller who taxes top-ups and has a code for one use, in a database that commits."""
    cast = committed_cast
    till = Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
    with provider_scope(till.provider_id):
        register_in_germany(till.provider_id)
        set_setting(provider_id=till.provider_id, name="tax.point", value="top_up", now=now())
        campaign(till.provider_id, "ONCE", in_dollars("discount_percent", 10), total_limit=1)
    return till


def buy(till: Till, method_id: str) -> str:
    return topups.charge_topup(
        provider_id=till.provider_id,
        tenant_id=till.tenant_id,
        terms=TopupTerms(
            connection=till.public_id,
            amount=Money(10000, "USD"),
            code="ONCE",
            request_key="form",
        ),
        payer=PAYER,
        method_id=method_id,
        now=now(),
    )


def credited_once(till: Till) -> None:
    with provider_scope(till.provider_id):
        assert (Topup.objects.count(), Attempt.objects.count()) == (1, 1)
        assert Topup.objects.get().state == "credited"
        assert [row.state for row in Redemption.objects.all()] == ["confirmed"]
        books = provider_balances(till.provider_id)
        assert verify(provider_id=till.provider_id).findings == ()
    assert books["gateway_clearing", "USD"] == -10710
    assert books["tax_payable", "USD"] == 1710
    assert (till.balance(), till.taken()) == (10000, 1)


@pytest.mark.parametrize("marker", CHARGED)
def test_killed_it_is_ended_by_its_form_or_the_poller(counter: Till, marker: str) -> None:
    method_id = counter.save_card()
    killed(lambda: buy(counter, method_id), marker)

    buy(counter, method_id)
    for hours in (1, 2):
        poll_due(provider_id=counter.provider_id, now=later(hours=hours))

    credited_once(counter)


@pytest.mark.parametrize("marker", topups.MARKERS)
def test_killed_on_its_way_to_the_page_it_goes_on_by_its_form(counter: Till, marker: str) -> None:
    def begin() -> str:
        return topups.start_topup(
            provider_id=counter.provider_id,
            tenant_id=counter.tenant_id,
            terms=TopupTerms(
                connection=counter.public_id,
                amount=Money(10000, "USD"),
                code="ONCE",
                request_key="form",
                return_url="http://nimbus.localhost/billing/payments/{payment}/return",
            ),
            payer=PAYER,
            now=now(),
        )

    killed(begin, marker)

    counter.press(begin())
    poll_due(provider_id=counter.provider_id, now=later(hours=1))

    credited_once(counter)


def test_settled_by_two_at_once_it_is_credited_once(counter: Till) -> None:
    method_id = counter.save_card()
    killed(lambda: buy(counter, method_id), "payment.charged")
    with provider_scope(counter.provider_id):
        attempt_id = Attempt.objects.get().pk

    def settle() -> str:
        return sync_payment(
            provider_id=counter.provider_id, attempt_id=attempt_id, now=later(hours=1)
        )

    ends = at_once(settle, settle)

    assert {end for _code, end in ends} == {"succeeded"}
    credited_once(counter)
