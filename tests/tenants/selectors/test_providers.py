"""A provider's day is the one of its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.errors import ProviderNotFoundError
from tenants.models import Provider
from tenants.selectors.providers import provider_day
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


class TestProviderDay:
    @pytest.mark.parametrize(
        ("zone", "day"),
        [
            ("UTC", date(2026, 11, 20)),
            ("Europe/Berlin", date(2026, 11, 21)),
            ("America/Chicago", date(2026, 11, 20)),
        ],
    )
    def test_is_of_its_own_zone(self, cast: Cast, zone: str, day: date) -> None:
        with as_role("worker"), provider_scope(cast.nimbus):
            Provider.objects.filter(pk=cast.nimbus).update(time_zone=zone)

            assert provider_day(cast.nimbus, LATE) == day

    def test_is_of_nobody_in_a_strangers_scope(self, cast: Cast) -> None:
        with (
            as_role("worker"),
            provider_scope(cast.nimbus),
            pytest.raises(ProviderNotFoundError),
        ):
            provider_day(cast.sonora, LATE)
