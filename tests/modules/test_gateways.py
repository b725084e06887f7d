"""A gateway of another package: found beside our own, and held to the same contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.portal.payment_words import failure_words
from payments.gateways.errors import GatewayRejected, WebhookRefused
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.refusals import decline_class
from payments.gateways.registry import gateway_kinds
from tests.modules.acme_sandbox import AcmeSandbox, Shop
from tests.payments.gateways.contract import (
    Act,
    CheckoutContract,
    Pay,
    RefundContract,
    RefundOutageContract,
    paid_by,
    pay_request,
)
from tests.payments.gateways.contract_books import AT, CatchUpContract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payments.gateways.protocol import Gateway
    from payments.gateways.values import GatewayPayment

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def sandbox(installed: object) -> Iterator[AcmeSandbox]:
    """Serve two accounts."""
    shops = {f"acme_test_{name * 8}": Shop(name, now=int(AT.timestamp())) for name in "ab"}
    with AcmeSandbox(**shops) as running:
        yield running


def connect(sandbox: AcmeSandbox, key: str) -> Gateway:
    secrets = WebhookSecrets("s-new", "s-old", NOW + timedelta(hours=1))
    endpoint = Endpoint(sandbox.url, is_simulated=True)
    return gateway_kinds()["acme_pay"].connect({"api_key": key}, secrets, endpoint)


class TestAcmePay(CheckoutContract, RefundContract, RefundOutageContract, CatchUpContract):
    @pytest.fixture
    def gateway(self, sandbox: AcmeSandbox) -> Gateway:
        return connect(sandbox, "acme_test_aaaaaaaa")

    @pytest.fixture
    def payer(self) -> str:
        return ""

    @pytest.fixture
    def visit(self, sandbox: AcmeSandbox) -> Act:
        shop = sandbox.shops["acme_test_aaaaaaaa"]
        return lambda url, button: shop.press(url.rpartition("/")[2], button)

    @pytest.fixture
    def pay(self, gateway: Gateway, visit: Act) -> Pay:
        def do(key: str, minor: int) -> GatewayPayment:
            page = gateway.start_checkout(pay_request(key, minor))
            visit(page.url, "pay")
            return paid_by(gateway.advance_checkout(page.checkout_id))

        return do

    @pytest.fixture
    def lose(self, sandbox: AcmeSandbox) -> Callable[[], None]:
        def lose() -> None:
            sandbox.lost = 1

        return lose

    def test_stands_beside_our_own(self, gateway: Gateway) -> None:
        assert {"acme_pay", "stripe"} <= gateway_kinds().keys()
        assert gateway.fetch_account().account_id == "a"

    def test_brings_its_own_words_for_a_refusal(self, sandbox: AcmeSandbox) -> None:
        assert decline_class("ACME_WALLET_SHUT") == "never"
        assert failure_words("acme_wallet_shut").startswith("Your Acme wallet is shut.")
        assert decline_class("expired_card") == "never"
        assert failure_words("expired_card") == "The card has expired."

    def test_another_account_sees_nothing(
        self, sandbox: AcmeSandbox, gateway: Gateway, visit: Act
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1"))
        visit(page.url, "pay")
        foreign = connect(sandbox, "acme_test_bbbbbbbb")

        with pytest.raises(GatewayRejected):
            foreign.advance_checkout(page.checkout_id)

    def test_a_live_key_meets_no_simulator(self, sandbox: AcmeSandbox) -> None:
        with pytest.raises(GatewayRejected):
            connect(sandbox, "acme_live_aaaaaaaa")


class TestWebhooks:
    BODY = json.dumps(
        {
            "id": "ev_1",
            "kind": "payment.paid",
            "object": "pay_1",
            "account": "a",
            "live": False,
            "at": 1,
        }
    ).encode()

    def parse(self, sandbox: AcmeSandbox, body: bytes, signature: str) -> Any:
        gateway = connect(sandbox, "acme_test_aaaaaaaa")
        return gateway.parse_event(body, {"Acme-Signature": signature}, now=NOW)

    def sign(self, body: bytes, *, at: datetime = NOW, with_: str = "s-new") -> str:
        from acme_extras.acme_pay.gateway import sign  # noqa: PLC0415 - only there once it is installed

        return str(sign(body, int(at.timestamp()), with_))

    def test_signed_ones_are_read(self, sandbox: AcmeSandbox) -> None:
        for secret in ("s-new", "s-old"):
            found = self.parse(sandbox, self.BODY, self.sign(self.BODY, with_=secret))
            assert (found.event_id, found.object_id) == ("ev_1", "pay_1")

    def test_others_are_refused(self, sandbox: AcmeSandbox) -> None:
        good = self.sign(self.BODY)
        for body, signature in (
            (self.BODY + b" ", good),
            (self.BODY, ""),
            (self.BODY, "é.é"),
            (self.BODY, self.sign(self.BODY, with_="another")),
            (self.BODY, self.sign(self.BODY, at=NOW - timedelta(hours=1))),
            (b"[]", self.sign(b"[]")),
            (b"\xff", self.sign(b"\xff")),
        ):
            with pytest.raises(WebhookRefused):
                self.parse(sandbox, body, signature)
