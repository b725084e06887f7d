"""The demo's providers are connected to the simulators once, again after these forgot all, and not without them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.test import override_settings

from billing_platform.demo_data.gateways import connect_gateways
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.__main__ import all_gateways
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from payments.models import Connection, Credential
from payments.services.connections import check_connection
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.cast import Cast


@contextmanager
def simulators() -> Iterator[SimulatorServer]:
    world = World()
    with SimulatorServer(world, all_gateways(world), delivers=False) as server:
        endpoints = {code: {"url": server.url_of(code)} for code in server.gateways}
        with override_settings(
            GATEWAY_SIMULATORS=True,
            GATEWAY_ENDPOINTS=endpoints,
            GATEWAY_SIMULATORS_CONTROL=server.control_url,
        ):
            yield server


def connect() -> list[str]:
    with as_role("worker"):
        return connect_gateways(now=now())


def kept(provider_id: int) -> list[Any]:
    with provider_scope(provider_id):
        return [list(model.objects.order_by("pk").values()) for model in (Connection, Credential)]


class TestConnectGateways:
    def test_once_and_webhooks_follow_the_port(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        monkeypatch.setenv("PORT", "8123")
        with simulators() as server:
            made = connect()
            first = {each: kept(each) for each in (cast.nimbus, cast.sonora)}

            assert {"nimbus stripe", "sonora stripe", "sonora razorpay"} <= set(made)
            assert made[0] == "nimbus stripe"
            assert connect() == made
            assert {each: kept(each) for each in (cast.nimbus, cast.sonora)} == first
            hooks = server.gateways["razorpay"].dump()["accounts"]["acc_sonora"]["webhooks"]
            assert hooks[0]["url"].startswith("http://sonora.localhost:8123/hooks/razorpay/")

            monkeypatch.setenv("PORT", "8456")
            connect()
            _, credentials = kept(cast.nimbus)
            assert "nimbus.localhost:8456/hooks/stripe/" in credentials[0]["webhook_url"]

    def test_accounts_that_the_simulators_forgot_are_opened_anew(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        with simulators():
            connect()
            before, _ = kept(cast.sonora)
        with simulators():
            connect()
            after, _ = kept(cast.sonora)

            assert [row["public_id"] for row in after] == [row["public_id"] for row in before]
            for row in after:
                result = check_connection(
                    provider_id=cast.sonora, public_id=row["public_id"], now=now()
                )
                assert result.is_ok, row["gateway"]

    def test_nobody_is_connected_without_simulators(self, cast: Cast) -> None:
        assert connect() == []
        assert kept(cast.nimbus) == [[], []]
