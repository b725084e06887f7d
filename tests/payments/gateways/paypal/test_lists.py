"""PayPal's lists come page by page: all of them are read, and what is not whole proves nothing."""

import pytest

from gateway_simulators.paypal import vault
from gateway_simulators.paypal.account import Account
from gateway_simulators.paypal.problems import Body, Object
from gateway_simulators.paypal.simulator import PayPalSimulator
from gateway_simulators.paypal.vault import keep_payer
from payments.gateways.errors import GatewayUnavailable
from payments.gateways.paypal.gateway import PayPalGateway
from tests.payments.gateways.contract import LONG_AGO

CUSTOMER = "customer-1"


@pytest.fixture
def account(simulator: PayPalSimulator) -> Account:
    return simulator.accounts["a"]


class TestEvents:
    @pytest.mark.parametrize("count", [0, 100, 251])
    def test_each_page_is_read_oldest_first(
        self, gateway: PayPalGateway, account: Account, count: int
    ) -> None:
        names = [f"ORDER{number}" for number in range(count)]
        for name in names:
            account.tell("CHECKOUT.ORDER.APPROVED", {"id": name})

        found = list(gateway.list_events(since=LONG_AGO))

        assert [event.object_id for event in found] == names


class TestTokens:
    @pytest.mark.parametrize("count", [5, 6, 12])
    def test_each_page_is_read(self, gateway: PayPalGateway, account: Account, count: int) -> None:
        made = [keep_payer(account, "ok@payer.example", CUSTOMER)["id"] for _ in range(count)]

        assert [one.method_id for one in gateway.list_methods(CUSTOMER)] == made

    def test_a_list_that_is_not_whole_proves_nothing(
        self, gateway: PayPalGateway, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep_payer(account, "ok@payer.example", CUSTOMER)
        whole = vault.list_tokens

        def cut(there: Account, query: Body) -> Object:
            found = whole(there, query)
            return {**found, "total_items": found["total_items"] + 1}

        monkeypatch.setattr(vault, "list_tokens", cut)

        with pytest.raises(GatewayUnavailable):
            gateway.list_methods(CUSTOMER)
