"""Stripe's objects with a field gone or odd: read or not trusted, never another error."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe as sdk

from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.errors import GatewayUnavailable
from payments.gateways.stripe.books import to_dispute, to_movements
from payments.gateways.stripe.gateway import StripeGateway
from payments.gateways.stripe.reading import (
    FEE,
    WHOLE_PAGE,
    to_checkout,
    to_method,
    to_payment,
    to_refund,
)
from payments.gateways.stripe.webhooks import listed_event
from tests.payments.browser import press_stripe as press
from tests.payments.gateways.contract import Charge, pay_request

ODD: tuple[Any, ...] = (None, True, -1, 10**30, 1.5, "", "zzz", [], [1], {}, {"id": 1})
Found = dict[str, Any]


@pytest.fixture
def objects(
    client: sdk.StripeClient,
    gateway: StripeGateway,
    simulator: StripeSimulator,
    ask: Charge,
) -> dict[str, tuple[Callable[[Found], object], Found]]:
    """One object of each kind as Stripe sends it, with its reader."""
    request = ask("a-1", 1000)
    paid = gateway.charge(request).payment_id
    page = gateway.start_checkout(pay_request("c-1", customer=request.customer_id, saves=True))
    press(page.url, "pay")
    refund = simulator.act("dashboard_refund", {"id": paid, "amount": 100})["id"]
    dispute = simulator.act("dispute_open", {"id": paid})["id"]
    v1 = client.v1
    return {
        "payment": (to_payment, v1.payment_intents.retrieve(paid, {"expand": [FEE]}).to_dict()),
        "checkout": (
            to_checkout,
            v1.checkout.sessions.retrieve(page.checkout_id, {"expand": WHOLE_PAGE}).to_dict(),
        ),
        "refund": (to_refund, v1.refunds.retrieve(refund).to_dict()),
        "dispute": (to_dispute, v1.disputes.retrieve(dispute).to_dict()),
        "method": (to_method, v1.payment_methods.retrieve(request.method_id).to_dict()),
        "movement": (
            to_movements,
            v1.balance_transactions.list({"expand": ["data.source"]}).to_dict()["data"][0],
        ),
        "event": (listed_event, v1.events.list({"limit": 1}).to_dict()["data"][0]),
    }


def mutants(found: Found) -> Iterator[tuple[str, Found]]:
    """Every object in which one field, at any depth, is gone or odd."""
    for path in paths(found):
        for odd in ODD:
            changed = copy.deepcopy(found)
            parent: Any = changed
            for step in path[:-1]:
                parent = parent[step]
            parent[path[-1]] = odd
            yield f"{path} {odd!r}", changed
        changed = copy.deepcopy(found)
        parent = changed
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]
        yield f"{path} gone", changed


def paths(value: Any) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (step,)
        if isinstance(inner, dict | list):
            yield from ((step, *rest) for rest in paths(inner))


def reason_of(read: Callable[[Found], object], found: Found, name: str) -> str:
    try:
        read(found)
    except GatewayUnavailable as error:
        return error.reason
    except Exception as error:
        raise AssertionError(name) from error
    return ""


class TestReading:
    def test_an_odd_field_is_an_answer_not_to_trust(
        self, objects: dict[str, tuple[Callable[[Found], object], Found]]
    ) -> None:
        refused = dict.fromkeys(objects, 0)

        for kind, (read, found) in objects.items():
            read(found)
            for name, changed in mutants(found):
                refused[kind] += reason_of(read, changed, name) == "unknown_state"

        assert min(refused.values()) > 20, refused

    @pytest.mark.parametrize("currency", ["xxx", "zzz", "usdollar", "USD ", "é"])
    def test_an_unknown_currency_is_an_answer_not_to_trust(
        self, objects: dict[str, tuple[Callable[[Found], object], Found]], currency: str
    ) -> None:
        for kind in ("payment", "refund", "dispute", "movement"):
            read, found = objects[kind]
            with pytest.raises(GatewayUnavailable):
                read({**found, "currency": currency})
