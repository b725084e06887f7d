"""Acme and Globex with credit, a contract and usage; and people with a browser in front of the portals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW, Cast, CastRows, client_of
from tests.database import undone
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.services.charging import charge_hours

AsPerson = Callable[[str], Client]


@dataclass(frozen=True)
class World:
    """The cast with public ids of its tenants."""

    cast: Cast
    acme: str
    globex: str
    aria: str


@pytest.fixture(scope="module")
def shared_world(
    request: pytest.FixtureRequest, cast_rows: CastRows, django_db_blocker: pytest.FixtureRequest
) -> Iterator[World | None]:
    """Return one world for a file, whose tests undo what they do; None where a test of the file wants none."""
    others = [
        item
        for item in request.session.items
        if item.path == request.path
        and isinstance(item, pytest.Function)
        and "world" not in item.fixturenames
        and (
            {"db", "committed_db"} & set(item.fixturenames) or item.get_closest_marker("django_db")
        )
    ]
    if others:
        yield None
        return
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        yield build_world(cast_rows.copy())


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None, cast_rows: CastRows) -> Cast:
    """Return the cast: the world's, where the test has one."""
    has_world = "world" in request.fixturenames
    shared: World | None = request.getfixturevalue("shared_world") if has_world else None
    return shared.cast if shared else cast_rows.copy()


@pytest.fixture
def world(cast: Cast, shared_world: World | None) -> World:
    """Return the cast after an hour of usage at Acme that was charged."""
    # What a test before counted of the same people.
    cache.clear()
    return shared_world or build_world(cast)


def build_world(cast: Cast) -> World:
    """Let Acme and Globex subscribe and pay, and charge Acme's hour."""
    hour = NOW - timedelta(hours=1)
    with as_role("worker"):
        shop = Shop(cast.nimbus, now=hour)
        with provider_scope(cast.nimbus):
            shop.price("calls", {"unit": "0.25", "included": "10"})
            shop.fee("base", "5.00", "setup")
            version_id, _ = shop.version()
            for tenant_id, credit in ((cast.acme, 5000), (cast.globex, 1200)):
                pay_in(cast.nimbus, tenant_id, Money(credit, "USD"))
                shop.subscribe(tenant_id, version_id, hour)
            shop.use(cast.acme, "calls", "30", hour)
        charge_hours(provider_id=cast.nimbus, until=NOW, now=NOW)
    return World(cast, *(public_id(cast, name) for name in ("acme", "globex", "aria")))


def pay_in(provider_id: int, tenant_id: int, amount: Money) -> None:
    """Give a tenant credit; the provider's scope is open."""
    at = NOW - timedelta(hours=2)
    open_wallet(provider_id=provider_id, tenant_id=tenant_id, currency=amount.currency, now=at)
    add_credit(
        provider_id=provider_id,
        tenant_id=tenant_id,
        amount=amount,
        reason="Secret reason",
        key=f"credit-{tenant_id}",
        now=at,
    )


def public_id(cast: Cast, name: str) -> str:
    """Return what URLs call a tenant."""
    provider_id = cast.sonora if name == "aria" else cast.nimbus
    with provider_scope(provider_id):
        return tenant_by_id(provider_id, getattr(cast, name)).public_id


@pytest.fixture
def as_person(cast: Cast) -> AsPerson:
    """Return a function that logs somebody in on the provider's own host."""

    return partial(client_of, cast)
