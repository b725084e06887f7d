"""A gateway's fee: told later, or never, or in another currency than the customer paid in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.selectors.payments import payment_by_public_id
from tests.payments.desks import StripeDesk
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cast import Cast
    from tests.payments.shop import Shop


@pytest.fixture
def stripe(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("stripe")


def paid(shop: Shop, **line: Any) -> tuple[str, dict[str, Any]]:
    """Return a payment that nobody has asked about, and its charge; what is named is other in the books' line."""
    payment = shop.start()
    shop.press(payment)
    account = StripeDesk(shop.server).there.accounts[f"acct_{shop.slug}"]
    (charge,) = account.all("charge")
    account.objects[charge["balance_transaction"]].update(line)
    return payment, charge


class TestLater:
    def test_one_that_is_told_the_next_day_is_noted_then(self, stripe: Shop) -> None:
        payment, charge = paid(stripe)
        line, charge["balance_transaction"] = charge["balance_transaction"], None
        stripe.sync(payment)
        at_once = stripe.row(payment)
        charge["balance_transaction"] = line

        stripe.poll(hours=25)

        row = stripe.row(payment)
        assert (at_once.state, at_once.fee_minor, row.fee_minor) == ("succeeded", None, 60)
        assert at_once.next_poll_at
        assert at_once.next_poll_at > now() + timedelta(hours=23)
        assert (row.next_poll_at, row.fee_currency) == (None, "USD")
        stripe.agrees(1050)

    def test_who_never_tells_one_is_asked_for_three_days(self, stripe: Shop) -> None:
        payment, charge = paid(stripe)
        charge["balance_transaction"] = None
        stripe.sync(payment)

        for hours in (25, 50):
            stripe.poll(hours=hours)
            assert stripe.row(payment).next_poll_at
        stripe.poll(hours=75)

        assert (stripe.row(payment).next_poll_at, stripe.row(payment).fee_minor) == (None, None)
        stripe.agrees(1050)

    def test_who_refuses_the_question_is_asked_for_three_days(self, stripe: Shop) -> None:
        payment, charge = paid(stripe)
        charge["balance_transaction"] = None
        stripe.sync(payment)
        account = StripeDesk(stripe.server).there.accounts["acct_nimbus"]
        del account.objects[stripe.row(payment).external_id]

        for hours in (25, 50):
            stripe.poll(hours=hours)
            assert stripe.row(payment).next_poll_at
        stripe.poll(hours=75)

        assert stripe.row(payment).next_poll_at is None
        assert stripe.row(payment).state == "succeeded"

    def test_one_that_is_known_stays(self, stripe: Shop) -> None:
        payment = stripe.paid()
        account = StripeDesk(stripe.server).there.accounts["acct_nimbus"]
        (charge,) = account.all("charge")
        account.objects[charge["balance_transaction"]]["fee"] = 1

        stripe.hear()

        assert stripe.row(payment).fee_minor == 60


class TestOtherCurrency:
    def test_it_is_kept_and_shown_and_taken_from_nothing(self, stripe: Shop, cast: Cast) -> None:
        payment, _ = paid(stripe, fee=55, currency="eur")
        stripe.sync(payment)

        with provider_scope(cast.nimbus):
            view = payment_by_public_id(cast.nimbus, payment)
        staff, own = browser(cast, "paula"), browser(cast, "alice")
        page = staff.get(f"/provider/payments/{payment}/").content.decode()
        lines = b"".join(staff.get("/provider/payments.csv")).decode().splitlines()

        assert (view.fee, view.net) == (Money(55, "EUR"), None)
        assert "in another currency than it was paid in" in page
        assert [line.split(",")[-2:] for line in lines] == [
            ["fee", "fee_currency"],
            ["0.55", "EUR"],
        ]
        assert "Fee of the" not in own.get(f"/billing/payments/{payment}/").content.decode()
        stripe.agrees(1050)
