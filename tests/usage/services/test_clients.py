"""Taking on a client is one transaction, and one client however often it is asked for."""

from __future__ import annotations

import pytest

from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tenants.errors import TenantExistsError
from tenants.models import Invitation, Tenant
from tenants.types import TenantSpec
from tests.cast import NOW, Cast, build_cast
from tests.kernel.races import in_threads
from tests.roles import as_role
from usage.errors import VersionNotActiveError
from usage.services.clients import FirstContract, NewClient, add_client


def add(cast: Cast, key: str, external_id: str = "initech", version_id: int = 0) -> NewClient:
    """Take on Initech."""
    contract = FirstContract(version_id=version_id, starts_at=NOW) if version_id else None
    with provider_scope(cast.nimbus):
        return add_client(
            provider_id=cast.nimbus,
            key=key,
            spec=TenantSpec(external_id=external_id, name="Initech"),
            admin_email="peter@initech.example",
            contract=contract,
            invited_by=cast.users["paula"],
            now=NOW,
        )


class TestAddClient:
    def test_asked_for_twice_invites_once(self, cast: Cast) -> None:
        key = new_public_id("ten")
        first, second = add(cast, key), add(cast, key)

        assert first.tenant == second.tenant
        assert first.tenant.public_id == key
        assert first.invitation is not None
        assert second.invitation is None

    def test_another_client_of_the_same_id_is_refused(self, cast: Cast) -> None:
        add(cast, new_public_id("ten"))

        with pytest.raises(TenantExistsError):
            add(cast, new_public_id("ten"))

    def test_leaves_nothing_behind_when_the_plan_is_not_on_sale(self, cast: Cast) -> None:
        with pytest.raises(VersionNotActiveError):
            add(cast, new_public_id("ten"), version_id=2**40)

        with provider_scope(cast.nimbus):
            assert not Tenant.objects.filter(external_id="initech").exists()
            assert not Invitation.objects.exists()
            assert fetch_all("SELECT 1 FROM accounts_wallet LIMIT 1") == []

    def test_asked_for_at_the_same_moment_is_one_client(self, committed_db: str) -> None:
        cast = build_cast()
        key = new_public_id("ten")

        made = in_threads(lambda _: add(cast, key), range(4), role="app")

        assert len({client.tenant.id for client in made}) == 1
        assert sum(client.invitation is not None for client in made) == 1
        with as_role("worker"), provider_scope(cast.nimbus):
            assert Tenant.objects.filter(external_id="initech").count() == 1
            assert len(fetch_all("SELECT 1 FROM accounts_wallet")) == 1
