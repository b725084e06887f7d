"""A PayPal agreement that its payer took back: charged once in vain, then marked, and no default any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.clock import now
from payments.services.methods import refresh_methods, set_default_method
from tests.payments.shop import Shop

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast


class TestTakenBack:
    def test_it_is_charged_once_in_vain_and_marked(
        self, cast: Cast, simulated: SimulatorServer
    ) -> None:
        shop = Shop.open((cast.nimbus, cast.acme), simulated, "paypal")
        method = shop.saved()
        own = {"provider_id": shop.provider_id, "tenant_id": shop.tenant_id}
        set_default_method(**own, public_id=method.public_id)
        simulated.gateways["paypal"].act("revoke", {"id": method.method_id})

        row = shop.row(shop.charge(method.method_id))
        shop.poll(hours=1)
        refresh_methods(**own, now=now())

        assert (row.state, row.posting_id) == ("failed", None)
        (kept,) = shop.methods()
        assert (kept.state, kept.is_default) == ("gone", False)
        assert shop.balance() == 0
