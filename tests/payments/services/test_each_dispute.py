"""The ledger follows a dispute by each gateway through the same services: told, told again, told late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from payments.services.reconciliation import reconcile
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.payments.shop import Shop


class TestDispute:
    @pytest.mark.parametrize(("outcome", "left"), [("won", 1050), ("lost", 0)])
    def test_the_ledger_follows_it(self, shop: Shop, outcome: str, left: int) -> None:
        row = shop.row(shop.paid())
        shop.told()  # lost
        gateway = shop.server.gateways[shop.gateway]

        name = gateway.act("dispute_open", {"id": row.external_id})["id"]
        told = shop.told()
        shop.hear([*told, *told])
        assert shop.balance() == 0
        gateway.act("dispute_close", {"id": name, "outcome": outcome})
        shop.hear([*shop.told(), *told])

        assert shop.balance() == left
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})
