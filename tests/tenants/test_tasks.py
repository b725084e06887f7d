"""The periodic work of this part, on a database that commits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.job_history import last_runs
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.selectors.hosts import list_hosts, provider_id_by_host, waiting_hosts
from tenants.services.hosts import ask_for_host
from tenants.tasks import prove_hosts
from tests.cast import NOW, build_cast
from tests.roles import as_role

if TYPE_CHECKING:
    from tenants.types import HostView
    from tests.dns_server import DnsServer


def asked_for(provider_id: int, name: str) -> HostView:
    with provider_scope(provider_id):
        ask_for_host(provider_id=provider_id, name=name, now=NOW)
        return next(host for host in list_hosts(provider_id) if host.name == name)


@pytest.mark.usefixtures("committed_db")
class TestProveHosts:
    def test_it_asks_for_all_that_wait_and_not_for_old_ones(
        self, server: DnsServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cast = build_cast()
        host = asked_for(cast.nimbus, "pay.example.com")
        other = asked_for(cast.sonora, "rechnung.example.com")
        server.texts[host.record] = [host.challenge]
        monkeypatch.setattr("tenants.tasks.wall_clock", lambda: NOW + timedelta(hours=1))

        with as_role("worker"):
            prove_hosts()
            (run,) = last_runs(job="prove_hosts")
            with system_scope():
                assert waiting_hosts(now=NOW, limit=9) == [(cast.sonora, other.id)]
                assert waiting_hosts(now=NOW + timedelta(days=31), limit=9) == []

        assert run.counts == {"proved": 1, "waiting": 1}
        assert run.error == ""
        assert provider_id_by_host("pay.example.com") == cast.nimbus
        assert asked_for(cast.sonora, other.name).outcome == "missing"
