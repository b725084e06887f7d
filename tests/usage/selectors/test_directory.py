"""Clients are found alike, whichever way the database looks for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from accounts.services.wallets import open_wallet
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.portal.views.conftest import build_world
from tests.roles import as_role
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


class TestByBalance:
    def test_sorts_the_wallets_of_one_currency(self, world: World) -> None:
        acme, globex = world.cast.acme, world.cast.globex

        assert by_balance(world, "balance").ids == [globex, acme]
        assert by_balance(world, "balance_down").ids == [acme, globex]
        assert by_balance(world, "balance") == FoundTenants([globex, acme], 2)

    def test_goes_on_behind_the_last_one_of_the_page_before(self, world: World) -> None:
        acme, globex = world.cast.acme, world.cast.globex

        assert by_balance(world, "balance", after=globex).ids == [acme]
        assert by_balance(world, "balance", after=acme).ids == []
        assert by_balance(world, "balance_down", after=acme).ids == [globex]

    @pytest.mark.parametrize("search", ["", "canary"])
    def test_finds_them_as_well_where_more_are_found_than_counted(
        self, world: World, monkeypatch: pytest.MonkeyPatch, search: str
    ) -> None:
        monkeypatch.setattr("usage.selectors.directory.COUNT_CAP", 0)
        wanted = TenantQuery(search=search, currency="USD", order="balance_down")

        page = found(world, wanted, None)

        assert page == FoundTenants([world.cast.acme, world.cast.globex], 1)

    def test_tells_apart_who_has_the_same_balance(self, world: World) -> None:
        own, acme, globex = world.cast.nimbus, world.cast.acme, world.cast.globex
        with as_role("worker"), provider_scope(own):
            for tenant_id in (acme, globex):
                open_wallet(provider_id=own, tenant_id=tenant_id, currency="EUR", now=NOW)

        first = by_balance(world, "balance", currency="EUR").ids
        last = by_balance(world, "balance_down", currency="EUR").ids

        assert first == sorted([acme, globex])
        assert last == first[::-1]
        assert by_balance(world, "balance", currency="EUR", after=first[0]).ids == first[1:]

    def test_leaves_out_who_has_no_wallet_of_it(self, world: World) -> None:
        assert by_balance(world, "balance", currency="EUR") == FoundTenants([], 0)
        newest = TenantQuery(currency="EUR")
        assert found(world, newest, None) == FoundTenants([], 0)
        assert found(world, TenantQuery(currency="USD"), None).count == 2

    def test_keeps_the_other_conditions(self, world: World) -> None:
        for bound in (None, 2):
            wanted = TenantQuery(search="globex", status="active", currency="USD", order="balance")
            assert found(world, wanted, bound) == FoundTenants([world.cast.globex], 1)
            below = TenantQuery(below=Decimal(-1), currency="USD", order="balance")
            assert found(world, below, bound) == FoundTenants([], 0)

    @pytest.mark.parametrize("cap", [10_000, 1, 0])
    def test_counts_those_of_a_status(
        self, world: World, monkeypatch: pytest.MonkeyPatch, cap: int
    ) -> None:
        monkeypatch.setattr("usage.selectors.directory.COUNT_CAP", cap)
        both = [world.cast.globex, world.cast.acme]

        active = TenantQuery(status="active", currency="USD", order="balance")
        assert found(world, active, None) == FoundTenants(both, min(2, cap + 1))
        assert found(world, replace(active, status="closed"), None) == FoundTenants([], 0)
        assert found(world, replace(active, currency="EUR"), None) == FoundTenants([], 0)

    @pytest.mark.parametrize("is_of_plan", [True, False])
    def test_finds_all_of_a_currency_where_more_meet_the_condition_than_are_counted(
        self, world: World, monkeypatch: pytest.MonkeyPatch, *, is_of_plan: bool
    ) -> None:
        own, held = world.cast.nimbus, {"EUR": world.cast.acme, "GBP": world.cast.globex}
        with as_role("worker"), provider_scope(own):
            plan_id = offered_versions(own)[0].plan_id
            for currency, tenant_id in held.items():
                open_wallet(provider_id=own, tenant_id=tenant_id, currency=currency, now=NOW)
        monkeypatch.setattr("usage.selectors.directory.COUNT_CAP", 0)

        for currency, tenant_id in held.items():
            wanted = TenantQuery(
                plan_id=plan_id if is_of_plan else None,
                below=None if is_of_plan else Decimal(1000),
                currency=currency,
                order="balance",
            )
            assert found(world, wanted, None) == FoundTenants([tenant_id], 1)

    def test_never_finds_another_provider_s(self, world: World) -> None:
        own = world.cast.sonora
        wanted = TenantQuery(currency="USD", order="balance")
        with provider_scope(own):
            ids = find_tenants(own, wanted, now=NOW, after=None, limit=10).ids

        assert not {world.cast.acme, world.cast.globex} & set(ids)


def by_balance(
    world: World, order: str, *, currency: str = "USD", after: int | None = None
) -> FoundTenants:
    """Return a page of Nimbus's clients by their balances."""
    own = world.cast.nimbus
    wanted = TenantQuery(currency=currency, order=order)
    with provider_scope(own):
        return find_tenants(own, wanted, now=NOW, after=after, limit=10)
