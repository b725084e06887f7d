"""Nimbus, who may issue invoices to Acme, and its till, as worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.server import SimulatorServer
from gateway_simulators.common.world import World
from tenants.models import Provider
from tests.payments.desks import DESKS, SIMULATORS
from tests.payments.stand import put_up
from tests.payments.till import Till
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast


@pytest.fixture
def seller(cast: Cast) -> Iterator[int]:
    """Return Nimbus with an address, in its open scope."""
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(
            legal_name="Nimbus Inc.", address="1 Cloud Way\nReno", country="US"
        )
        yield cast.nimbus


@pytest.fixture
def till(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """Return Nimbus's till, where Acme pays."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with SimulatorServer(World(), [], delivers=False) as running:
        put_up(running, *SIMULATORS.values())
        DESKS["stripe"](running).open("nimbus")
        endpoints = {"stripe": {"url": running.url_of("stripe")}}
        with override_settings(GATEWAY_SIMULATORS=True, GATEWAY_ENDPOINTS=endpoints):
            yield Till.open(cast.nimbus, cast.acme, running, "nimbus")
