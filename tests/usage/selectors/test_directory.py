"""Clients are found alike, whichever way the database looks for them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.portal.views.conftest import build_world
from usage.selectors.directory import FoundTenants, TenantQuery, find_tenants
from usage.selectors.sale import offered_versions

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.portal.views.conftest import World


@pytest.fixture
def world(cast: Cast) -> World:
    """Return Acme and Globex with a plan, credit and an hour of usage that was charged."""
    cache.clear()
    return build_world(cast)


def found(world: World, wanted: TenantQuery, bound: int | None) -> FoundTenants:
    """Return what a question finds."""
    own = world.cast.nimbus
    with provider_scope(own):
        return find_tenants(own, wanted, now=NOW, after=None, limit=10, bound=bound)


class TestFindTenants:
    def test_finds_the_same_one_by_one_and_all_at_once(self, world: World) -> None:
        with provider_scope(world.cast.nimbus):
            plan_id = offered_versions(world.cast.nimbus)[0].plan_id
        below, word = Decimal(20), "canary"
        wanted = [
            TenantQuery(below=below),
            TenantQuery(plan_id=plan_id),
            TenantQuery(plan_id=plan_id, below=below),
            TenantQuery(search=word, status="active", below=below),
        ]

        gathered = [found(world, one, None) for one in wanted]

        assert gathered == [found(world, one, 2) for one in wanted]
        for one in (gathered[0], *gathered[2:]):
            assert one == FoundTenants([world.cast.globex], 1)
        assert set(gathered[1].ids) == {world.cast.acme, world.cast.globex}

    def test_finds_nobody_whom_one_condition_leaves_out(self, world: World) -> None:
        for bound in (None, 2):
            assert found(world, TenantQuery(below=Decimal(-1)), bound) == FoundTenants([], 0)
            assert found(world, TenantQuery(plan_id=0), bound) == FoundTenants([], 0)
            out = TenantQuery(search="canary", status="closed", below=Decimal(20))
            assert found(world, out, bound) == FoundTenants([], 0)
