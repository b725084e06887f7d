"""Amounts at each gateway's border, there and back: of no, two and three decimals, and those it counts its own way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.paypal.amounts import CURRENCIES, to_paypal
from payments.gateways.paypal.reading import payment_of as read_paypal
from payments.gateways.razorpay.amounts import to_razorpay
from payments.gateways.razorpay.reading import payment_of as read_razorpay
from payments.gateways.stripe.amounts import to_stripe
from payments.gateways.stripe.reading import to_payment as read_stripe

# Stripe counts whole units of them; it and PayPal count three decimals of the others, or refuse them.
WHOLE = "BIF CLP DJF GNF JPY KMF KRW PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - a table of words
FINE = ("BHD", "JOD", "KWD", "OMR", "TND")
# Gateway, currency, ISO's minor units, what is sent; None is refused.
TABLE: list[tuple[str, str, int, Any]] = [
    ("stripe", "USD", 1050, 1050),
    ("stripe", "HUF", 17500, 17500),
    ("stripe", "TWD", 90000, 90000),
    *[("stripe", code, 500, 500) for code in WHOLE],
    ("stripe", "MGA", 900, 9),
    ("stripe", "MGA", 950, None),
    ("stripe", "UGX", 50, 5000),
    ("stripe", "ISK", 7, 700),
    *[("stripe", code, 1230, 1230) for code in FINE],
    *[("stripe", code, 1231, None) for code in FINE],
    ("stripe", "USD", 0, None),
    ("paypal", "USD", 1050, "10.50"),
    ("paypal", "USD", 5, "0.05"),
    ("paypal", "JPY", 500, "500"),
    ("paypal", "HUF", 50000, "500"),
    ("paypal", "HUF", 50001, None),
    ("paypal", "TWD", 50000, "500"),
    ("paypal", "TWD", 50050, None),
    *[("paypal", code, 1230, None) for code in FINE],
    ("paypal", "USD", -5, None),
    ("razorpay", "INR", 10050, 10050),
    ("razorpay", "USD", 1050, 1050),
    ("razorpay", "JPY", 500, 500),
    *[("razorpay", code, 1230, 1230) for code in ["BHD", "KWD", "OMR"]],
    *[("razorpay", code, 1231, None) for code in ["BHD", "KWD", "OMR"]],
    ("razorpay", "INR", 0, None),
]
GOOD = [row for row in TABLE if row[3] is not None]


def to_gateway(gateway: str, amount: Money) -> Any:
    if gateway == "paypal":
        sent = to_paypal(amount)
        assert sent["currency_code"] == amount.currency
        return sent["value"]
    return {"stripe": to_stripe, "razorpay": to_razorpay}[gateway](amount)


def received(gateway: str, currency: str, figure: Any) -> Money:
    """Read a payment of a figure as the gateway's own object."""
    if gateway == "paypal":
        amount = {"currency_code": currency, "value": figure}
        capture = {"id": "1", "status": "COMPLETED", "amount": amount}
        return read_paypal(capture, is_live=False).received
    found = {
        "id": "1",
        "amount": figure,
        "amount_received": figure,
        "livemode": False,
        "metadata": {},
    }
    if gateway == "razorpay":
        return read_razorpay(
            {**found, "currency": currency, "status": "captured"}, is_live=False
        ).received
    return read_stripe({**found, "currency": currency.lower(), "status": "succeeded"}).received


class TestTable:
    @pytest.mark.parametrize(("gateway", "currency", "minor", "figure"), GOOD)
    def test_an_amount_goes_there_and_back(
        self, gateway: str, currency: str, minor: int, figure: Any
    ) -> None:
        amount = Money(minor, currency)

        assert to_gateway(gateway, amount) == figure
        assert received(gateway, currency, figure) == amount

    @pytest.mark.parametrize(
        ("gateway", "currency", "minor"), [row[:3] for row in TABLE if row[3] is None]
    )
    def test_what_a_gateway_cannot_take_is_refused(
        self, gateway: str, currency: str, minor: int
    ) -> None:
        with pytest.raises(GatewayRejected) as caught:
            to_gateway(gateway, Money(minor, currency))

        assert caught.value.code == "amount_invalid"

    def test_each_gateway_meets_each_number_of_decimals(self) -> None:
        met = {(gateway, exponent(currency)) for gateway, currency, _, _ in TABLE}

        assert met == {
            (gateway, n) for gateway in ("stripe", "paypal", "razorpay") for n in (0, 2, 3)
        }

    @pytest.mark.parametrize("gateway", ["stripe", "paypal", "razorpay"])
    @given(minor=st.integers(1, 10**11), currency=st.sampled_from(sorted(CURRENCIES)))
    def test_nothing_is_rounded_on_the_way(self, gateway: str, minor: int, currency: str) -> None:
        amount = Money(minor, currency)
        try:
            figure = to_gateway(gateway, amount)
        except GatewayRejected:
            return

        assert received(gateway, currency, figure) == amount

    @pytest.mark.parametrize(
        ("gateway", "currency", "figure"),
        [
            ("stripe", "USD", 10.5),
            ("stripe", "USD", True),
            ("stripe", "USD", "1050"),
            ("stripe", "ISK", 550),
            ("stripe", "XXZ", 100),
            ("razorpay", "INR", 10.5),
            ("razorpay", "INR", True),
            ("razorpay", "INR", -1),
            ("razorpay", "", 100),
            ("paypal", "USD", 10.5),
            ("paypal", "USD", "1e3"),
            ("paypal", "JPY", "5.50"),
            ("paypal", "XXZ", "5.00"),
            ("paypal", "USD", "NaN"),
        ],
    )
    def test_a_figure_that_is_none_is_not_believed(
        self, gateway: str, currency: str, figure: Any
    ) -> None:
        # The gateways' `read` makes each of them an unknown state.
        with pytest.raises(
            (ValueError, TypeError, DomainError, GatewayRejected, GatewayUnavailable)
        ):
            received(gateway, currency, figure)
