"""kill -9 between any two steps of a refund, and two at once: the money goes back once."""

from __future__ import annotations

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.errors import RefundTooLarge, RequestDecided, RequestIsOpen
from payments.models import Attempt, Refund, RefundRequest
from payments.services import balance_refunds, refund_decisions, refund_requests, refunds
from payments.services.polling import poll_due
from payments.types import RefundTerms
from tests.payments.faults.forks import at_once, killed
from tests.payments.till import Till, later
from tests.roles import set_role

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]


def back(till: Till, minor: int, key: str, to: str = "original") -> str:
    try:
        return refunds.give_back(
            provider_id=till.provider_id,
            public_id=till.only(),
            amount=Money(minor, "USD"),
            reason="x",
            request_key=key,
            destination=to,
            user_id=7,
            now=now(),
        )
    except RefundTooLarge as error:
        return error.code


def agreed(till: Till, balance: int) -> None:
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
        assert [row.state for row in Refund.objects.all()] == ["succeeded"]
    assert till.balance() == balance == -sum(minor for _, minor in till.postings())


@pytest.mark.parametrize("marker", refunds.MARKERS)
def test_killed_it_is_ended_by_the_poller(counter: Till, marker: str) -> None:
    killed(lambda: back(counter, 1050, "form"), marker)

    for hours in (1, 2):
        poll_due(provider_id=counter.provider_id, now=later(hours=hours))
    counter.hear()

    agreed(counter, 0)


def test_of_two_at_once_that_are_too_much_one_goes_back(counter: Till) -> None:
    ends = at_once(lambda: back(counter, 800, "form-1"), lambda: back(counter, 800, "form-2"))

    assert sorted(end for _, end in ends) == ["refund_too_large", "succeeded"]
    counter.hear()
    agreed(counter, 250)


@pytest.mark.parametrize("marker", [*balance_refunds.MARKERS, "refund.opened"])
def test_killed_on_the_way_to_the_balance_it_is_whole_or_nothing(
    counter: Till, marker: str
) -> None:
    killed(lambda: back(counter, 400, "form", "balance"), marker)
    with provider_scope(counter.provider_id):
        assert Refund.objects.count() == (marker == "refund.opened")

    assert back(counter, 400, "form", "balance") == "succeeded"

    with provider_scope(counter.provider_id):
        assert verify(provider_id=counter.provider_id).findings == ()
        assert Refund.objects.count() == 1
    assert counter.balance() == 1050


def test_of_card_balance_and_dashboard_at_once_only_the_dashboard_is_beyond_refusal(
    counter: Till,
) -> None:
    with provider_scope(counter.provider_id):
        paid = Attempt.objects.get().external_id
    details = {"id": paid, "amount": 300}
    counter.server.gateways["stripe"].act("dashboard_refund", details)
    (event,) = [one for one in counter.deliveries() if "refund" in one.body][:1]

    ends = at_once(
        lambda: back(counter, 750, "form-1"),
        lambda: back(counter, 750, "form-2", "balance"),
        lambda: counter.hear([event]),
    )
    set_role("worker")
    counter.hear()

    assert [code for code, _ in ends] == [0, 0, 0]
    with provider_scope(counter.provider_id):
        assert verify(provider_id=counter.provider_id).findings == ()
        given = [row.amount_minor for row in Refund.objects.exclude(state="failed")]
    assert sorted(given) == [300, 750]


def ask(till: Till, key: str) -> str:
    try:
        return refund_requests.ask_refund(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            public_id=till.only(),
            amount=Money(800, "USD"),
            reason="Paid twice",
            request_key=key,
            user_id=7,
            now=now(),
        )
    except RequestIsOpen as error:
        return error.code


def approve(till: Till, to: str) -> str:
    with provider_scope(till.provider_id):
        name = RefundRequest.objects.get().public_id
    try:
        return refund_decisions.approve_request(
            provider_id=till.provider_id,
            public_id=name,
            terms=RefundTerms(amount=Money(800, "USD"), destination=to),
            user_id=8,
            now=now(),
        )
    except RequestDecided as error:
        return error.code


@pytest.mark.parametrize("marker", refund_requests.MARKERS)
def test_killed_while_asking_it_is_asked_once(counter: Till, marker: str) -> None:
    killed(lambda: ask(counter, "form"), marker)

    assert ask(counter, "form").startswith("rrq_")

    with provider_scope(counter.provider_id):
        assert RefundRequest.objects.count() == 1


def test_of_two_that_ask_at_once_one_waits(counter: Till) -> None:
    ends = at_once(lambda: ask(counter, "form-1"), lambda: ask(counter, "form-2"))

    assert sorted(end[:4] for _, end in ends) == ["refu", "rrq_"]


@pytest.mark.parametrize("marker", [*refund_decisions.MARKERS, "refund.opened", "refund.sent"])
def test_killed_while_deciding_it_is_given_back_once(counter: Till, marker: str) -> None:
    ask(counter, "form")
    killed(lambda: approve(counter, "original"), marker)

    approve(counter, "original")
    for hours in (1, 2):
        poll_due(provider_id=counter.provider_id, now=later(hours=hours))
    counter.hear()

    agreed(counter, 250)


def test_of_two_that_decide_at_once_one_does(counter: Till) -> None:
    ask(counter, "form")

    ends = at_once(lambda: approve(counter, "original"), lambda: approve(counter, "balance"))
    counter.hear()

    assert [code for code, _ in ends] == [0, 0]
    assert "refund_request_decided" in [end for _, end in ends]
    with provider_scope(counter.provider_id):
        assert verify(provider_id=counter.provider_id).findings == ()
        assert [row.amount_minor for row in Refund.objects.all()] == [800]
