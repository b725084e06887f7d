"""Staff press the button that asks the gateway now, on the page of a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from gateway_simulators.common.faults import Fault
from tests.payments.views.test_pay import BACKEND, browser

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.payments.till import Till


@pytest.fixture
def path(till: Till) -> str:
    """Return the page of a payment that was made, and that no webhook told of."""
    payment = till.start()
    till.press(payment)
    return f"/provider/payments/{payment}/"


def ask(client: Client, path: str) -> str:
    return client.post(f"{path}ask", follow=True).content.decode()


class TestAsking:
    def test_it_credits_what_the_gateway_has_once(self, till: Till, cast: Cast, path: str) -> None:
        bill = browser(cast, "bill")
        assert f'action="{path}ask"' in bill.get(path).content.decode()

        told = [ask(bill, path) for _ in range(2)]

        assert "It moved on." in told[0]
        assert "The gateway has nothing new." in told[1]
        assert (till.balance(), till.taken()) == (1050, 1)

    def test_a_gateway_that_is_down_changes_nothing(
        self, till: Till, cast: Cast, path: str
    ) -> None:
        till.server.faults.append(Fault(".*", "500", left=99))

        told = ask(browser(cast, "bill"), path)

        assert "It moved on." not in told
        assert "nothing new" not in told
        assert "The gateway does not answer." in told
        assert till.balance() == 0

    @pytest.mark.parametrize("role", ["sue", "rita"])
    def test_who_posts_no_money_asks_for_none(
        self, till: Till, cast: Cast, path: str, role: str
    ) -> None:
        client = browser(cast, role)

        assert client.post(f"{path}ask").status_code == 403
        assert f'action="{path}ask"' not in client.get(path).content.decode()
        assert till.balance() == 0

    def test_another_providers_payment_is_not_there(
        self, till: Till, cast: Cast, path: str
    ) -> None:
        oskar = Client(headers={"host": "sonora.localhost"})
        oskar.force_login(cast.user("oskar"), backend=BACKEND)

        assert oskar.post(f"{path}ask").status_code == 404
        assert till.balance() == 0
