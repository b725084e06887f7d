"""Two providers in one process never use each other's key, whichever gateways they have; no SDK keeps one by itself."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import TYPE_CHECKING, Any

import paypalrestsdk
import pytest
import stripe

from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.registry import gateway_kinds
from tests.payments.desks import DESKS, SIMULATORS
from tests.payments.gateways.contract import pay_request
from tests.payments.stand import put_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway_simulators.common.server import SimulatorServer
    from payments.gateways.protocol import Gateway

SLUGS = ("north7", "south8")
SDKS = ("stripe", "paypalrestsdk", "razorpay", "requests", "urllib3")
CALLS = 48


@pytest.fixture
def both(running: SimulatorServer) -> SimulatorServer:
    return put_up(running, *SIMULATORS.values())


@pytest.fixture
def gateways(both: SimulatorServer) -> dict[tuple[str, str], Gateway]:
    found = {}
    for code in DESKS:
        for slug in SLUGS:
            credentials = DESKS[code](both).open(slug)
            endpoint = Endpoint(both.url_of(code), is_simulated=True)
            kind = gateway_kinds()[code]
            found[code, slug] = kind.connect(credentials, WebhookSecrets(""), endpoint)
    return found


def owner_of(server: SimulatorServer, code: str, page: str) -> str:
    """Return whose account has an object."""
    accounts: dict[str, Any] = server.gateways[code].dump()["accounts"]
    (name,) = [
        name for name, one in accounts.items() if page in {found["id"] for found in one["objects"]}
    ]
    return name.removeprefix("acct_").removeprefix("acc_")


class TestThreads:
    def test_each_call_carries_its_own_key(
        self, both: SimulatorServer, gateways: dict[tuple[str, str], Gateway]
    ) -> None:
        ways = list(gateways)

        def pay(number: int) -> tuple[str, str, str]:
            code, slug = ways[number % len(ways)]
            gateway = gateways[code, slug]
            page = gateway.start_checkout(pay_request(f"{slug}-{number}"))
            assert gateway.advance_checkout(page.checkout_id).reference == page.reference
            return code, slug, page.checkout_id

        with ThreadPoolExecutor(8) as threads:
            made = list(threads.map(pay, range(CALLS)))

        assert len({page for _, _, page in made}) == CALLS
        assert [slug for _, slug, _ in made] == [
            owner_of(both, code, page) for code, _, page in made
        ]
        assert {line.status for line in both.log} <= {200, 201}


class TestModules:
    def test_no_sdk_keeps_a_key(
        self, both: SimulatorServer, gateways: dict[tuple[str, str], Gateway]
    ) -> None:
        for (code, slug), gateway in gateways.items():
            gateway.start_checkout(pay_request(f"{code}-{slug}"))

        found = [place for place, value in kept() if any(slug in value for slug in SLUGS)]

        assert found == []
        assert stripe.api_key is None
        assert paypalrestsdk.api.__api__ is None

    def test_no_default_argument_of_razorpay_remembers_a_call(self) -> None:
        found = [
            f"{module}.{function.__qualname__}"
            for module, function in functions("razorpay")
            for default in (
                *(function.__defaults__ or ()),
                *(function.__kwdefaults__ or {}).values(),
            )
            if isinstance(default, dict | list) and default
        ]

        assert found == []

    def test_the_search_finds_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stripe, "api_key", "sk_test_north7")

        assert ("stripe.api_key", "'sk_test_north7'") in set(kept())


HELD = (str, bytes, dict, list, tuple, set)


def kept() -> Iterator[tuple[str, str]]:
    """Yield what the SDKs' modules, classes and default arguments hold, as text."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in SDKS:
            yield from _held(name, module)
            for word, value in list(vars(module).items()):
                if isinstance(value, type) and value.__module__ == name:
                    yield from _held(f"{name}.{word}", value)
    for sdk in SDKS:
        for name, function in functions(sdk):
            yield f"{name}.{function.__qualname__}", repr(function.__defaults__)


def _held(place: str, holder: object) -> Iterator[tuple[str, str]]:
    for word, value in list(vars(holder).items()):
        if isinstance(value, HELD):
            yield f"{place}.{word}", repr(value)[:100_000]


def functions(sdk: str) -> Iterator[tuple[str, FunctionType]]:
    """Yield the functions and methods of an SDK's loaded modules."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == sdk:
            for value in list(vars(module).values()):
                inside = list(vars(value).values()) if isinstance(value, type) else [value]
                yield from ((name, one) for one in inside if isinstance(one, FunctionType))
