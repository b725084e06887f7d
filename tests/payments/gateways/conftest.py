"""One gateway on the session's server, by itself and without a database; each folder says which, as `simulator`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway_simulators.common.world import Clock
from tests.payments.stand import NOW, put_up

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.common.world import SimulatedGateway
    from tests.payments.gateways.contract import Act
    from tests.payments.stand import Maker


@pytest.fixture
def server(
    running: SimulatorServer, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> SimulatorServer:
    """Put the folder's simulator on the server, at a fixed time; a proxy of the machine leads nowhere."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    return put_up(running, maker, clock=Clock(fixed=NOW))


@pytest.fixture
def there(server: SimulatorServer) -> SimulatedGateway:
    """Return the simulator."""
    (found,) = server.gateways.values()
    return found


@pytest.fixture
def payer() -> str:
    """Return no customer: the gateway makes none before somebody pays."""
    return ""


@pytest.fixture
def dispute(there: SimulatedGateway) -> Act:
    """Let a payer dispute a payment; returns the dispute's id."""
    return lambda payment_id: str(there.act("dispute_open", {"id": payment_id})["id"])


@pytest.fixture
def decide(there: SimulatedGateway) -> Act:
    """Let a bank decide a dispute: won or lost."""

    def close(dispute_id: str, outcome: str) -> str:
        return str(there.act("dispute_close", {"id": dispute_id, "outcome": outcome})["id"])

    return close


@pytest.fixture
def ask_about(there: SimulatedGateway) -> Act:
    """Let a payer's bank ask about a payment; returns the inquiry's id."""
    return lambda name: str(there.act("dispute_open", {"id": name, "is_inquiry": True})["id"])


@pytest.fixture
def escalate(there: SimulatedGateway) -> Act:
    """Let an inquiry become a dispute."""
    return lambda name: str(there.act("dispute_escalate", {"id": name})["id"])
