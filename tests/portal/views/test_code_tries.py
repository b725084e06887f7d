"""Who guesses promotion codes has to wait, on the form of bank orders as on the top-up page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.cache import cache

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from invoicing.models import BankOrder
from tests.factories.promotions import campaign, in_dollars
from tests.invoicing.bank_desk import BankDesk
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson

OWN = "/billing/bank/"
ASKED = {"amount": "125.50", "currency": "USD", "key": "k1"}
TOLD = "Too many codes"


class TestOrders:
    @pytest.mark.parametrize("path", [OWN, f"{OWN}order"])
    def test_who_guesses_codes_has_to_wait(
        self, as_person: AsPerson, cast: Cast, path: str
    ) -> None:
        cache.clear()
        alice = as_person("alice")
        with as_role("worker"):
            BankDesk.open(cast.nimbus)
            with provider_scope(cast.nimbus):
                campaign(cast.nimbus, terms=in_dollars("bonus_percent", 10))

        # The clock stands still: tries are counted by the minute, which could end among them.
        with time_machine.travel(now(), tick=False):
            guesses = [
                alice.post(path, {**ASKED, "code": f"X{no}"}).content.decode() for no in range(21)
            ]
            right = alice.post(f"{OWN}order", {**ASKED, "code": "AUTUMN"})
            plain = alice.post(OWN, {**ASKED, "code": ""})

        assert TOLD not in guesses[19]
        assert TOLD in guesses[20]
        assert right.status_code == 422
        assert TOLD in right.content.decode()
        with provider_scope(cast.nimbus):
            assert not BankOrder.objects.exists()
        assert "<dialog" in plain.content.decode()
