"""A top-up by transfer is suggested, quoted and warned of as one that is paid at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import time_machine

from tests.cast import NOW
from tests.invoicing.bank_desk import BankDesk
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

OWN = "/billing/bank/"
QUOTE = "/billing/pay/quote"
SHORT = "This does not cover your next billing cycle."


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestOrders:
    def test_it_is_suggested_quoted_and_warned_of(self, as_person: AsPerson, world: World) -> None:
        with as_role("worker"):
            BankDesk.open(world.cast.nimbus)
        alice = as_person("alice")
        with time_machine.travel(NOW, tick=False):
            page = text(alice.get(OWN))
            found = re.search(rf'href="({OWN}\?amount=([\d.]+)&amp;currency=USD)"', page)
            assert found, page
            asked = {"amount": found[2], "currency": "USD", "code": "", "key": "k"}
            filled = text(alice.get(found[1].replace("&amp;", "&")))
            enough, little = (
                text(alice.post(OWN, {**asked, "amount": amount})) for amount in (found[2], "1.00")
            )
            live = [
                text(alice.post(QUOTE, {**asked, "amount": amount})) for amount in (found[2], "1")
            ]

        assert "It should cover your next billing cycle." in page
        assert f'hx-post="{QUOTE}"' in page
        assert f'value="{found[2]}"' in filled
        for shown, is_short in ((enough, False), (little, True), (live[0], False), (live[1], True)):
            assert "Total to pay" in shown
            assert (SHORT in shown) is is_short
        assert "<dialog" in little

    def test_no_suggestion_where_nobody_takes_transfers(
        self, as_person: AsPerson, world: World
    ) -> None:
        with as_role("worker"):
            BankDesk.open(world.cast.nimbus, "")
        with time_machine.travel(NOW, tick=False):
            page = text(as_person("alice").get(OWN))

        assert "Your next billing cycle" not in page
        assert "Bank transfer is not set up here" in page
