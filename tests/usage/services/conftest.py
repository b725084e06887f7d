"""The shop that the tests of the hourly job sell from, and the provider that the tests of uploads meter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import as_role
from tests.usage.services.events import meter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cast import Cast


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        yield Shop.open()


@pytest.fixture
def nimbus(cast: Cast, uploads_folder: Path) -> Iterator[int]:
    """Return a provider whose tenant Acme is metered, as worker."""
    with as_role("worker"):
        with provider_scope(cast.nimbus):
            meter(cast.nimbus)
        yield cast.nimbus


@pytest.fixture
def in_nimbus(cast: Cast) -> Iterator[None]:
    """Open Nimbus's scope around a test."""
    with provider_scope(cast.nimbus):
        yield


@pytest.fixture
def metered(cast: Cast, in_nimbus: None) -> None:
    """Let Nimbus meter calls, and open its scope around a test."""
    meter(cast.nimbus)
