"""A till in a database that commits, so that other processes see what was paid there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cast import build_cast
from tests.payments.till import Till
from tests.roles import set_role

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer


@pytest.fixture
def counter(committed_db: str, simulated: SimulatorServer) -> Till:
    """Return Nimbus's till, where 10.50 were paid, in a database that commits."""
    set_role("worker")
    cast = build_cast()
    till = Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
    till.charge(till.save_card())
    till.hear()
    return till
