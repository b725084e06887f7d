"""Stripe's units against ISO's, one row per kind of currency."""

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected
from payments.gateways.stripe.amounts import from_stripe, to_stripe
from tests.payments.gateways.test_currencies import FINE, WHOLE

TABLE = [
    ("USD", 1050, 1050),
    ("JPY", 500, 500),
    ("HUF", 17500, 17500),
    ("UGX", 50, 5000),
    ("ISK", 7, 700),
    ("MGA", 900, 9),
    ("KWD", 1230, 1230),
]


class TestToStripe:
    @pytest.mark.parametrize(("currency", "minor", "units"), TABLE)
    def test_there_and_back(self, currency: str, minor: int, units: int) -> None:
        amount = Money(minor, currency)

        assert to_stripe(amount) == units
        assert from_stripe(units, currency.lower()) == amount

    @pytest.mark.parametrize(
        ("currency", "minor"), [("KWD", 1231), ("MGA", 950), ("USD", 0), ("USD", -5)]
    )
    def test_refuses_what_stripe_cannot_take(self, currency: str, minor: int) -> None:
        with pytest.raises(GatewayRejected) as caught:
            to_stripe(Money(minor, currency))

        assert caught.value.code == "amount_invalid"

    def test_knows_every_currency_that_stripe_counts_in_another_way(self) -> None:
        assert [to_stripe(Money(100, code)) for code in WHOLE] == [100] * len(WHOLE)
        assert [to_stripe(Money(1000, code)) for code in FINE] == [1000] * len(FINE)
        for code in FINE:
            with pytest.raises(GatewayRejected):
                to_stripe(Money(1001, code))

    def test_refuses_a_fraction_of_a_whole_currency(self) -> None:
        with pytest.raises(GatewayRejected):
            from_stripe(550, "isk")
