"""The shop that the tests of the hourly job sell from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.usage import Shop
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        yield Shop.open()
