"""What two people do at the same moment: at most two keys live, one owner remains, an invitation is used once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

from django.db import connection

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from tenants.models import ApiKey, Suspension, Tenant
from tenants.selectors.members import list_members
from tenants.selectors.memberships import memberships_of
from tenants.selectors.saved_filters import saved_filters
from tenants.services.api_keys import create_api_key
from tenants.services.invitations import accept_invitation, invite_member
from tenants.services.members import change_role, remove_member
from tenants.services.saved_filters import choose_default, save_filter
from tenants.services.suspension import apply_wallet_flips
from tenants.types import WalletFlip
from tests.cast import NOW, build_cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def at_once(actions: Sequence[Callable[[], object]]) -> list[bool]:
    """Run actions in threads that start together; return which of them were not refused."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> bool:
        try:
            barrier.wait(timeout=20)
            action()
        except DomainError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


class TestAtOnce:
    def test_at_most_two_keys_live(self, committed_db: str) -> None:
        cast = build_cast()

        def make() -> None:
            with provider_scope(cast.nimbus):
                create_api_key(provider_id=cast.nimbus, rotate=True, now=NOW)

        made = at_once([make] * 6)

        with provider_scope(cast.nimbus):
            assert ApiKey.objects.count() == sum(made) == 2

    def test_two_owners_cannot_remove_each_other(self, committed_db: str) -> None:
        cast = build_cast()
        place = {"provider_id": cast.nimbus, "tenant_id": 0}
        with provider_scope(cast.nimbus):
            change_role(**place, user_id=cast.users["bill"], role="owner")

        def remove(name: str) -> Callable[[], None]:
            def act() -> None:
                with provider_scope(cast.nimbus):
                    remove_member(**place, user_id=cast.users[name])

            return act

        done = at_once([remove("paula"), remove("bill")])

        assert sorted(done) == [False, True]
        with provider_scope(cast.nimbus):
            assert [r.role for r in list_members(cast.nimbus, 0)].count("owner") == 1

    def test_two_who_invite_one_address_mail_it_once(self, committed_db: str) -> None:
        cast = build_cast()

        def invite() -> None:
            with provider_scope(cast.nimbus):
                invite_member(
                    provider_id=cast.nimbus,
                    tenant_id=cast.acme,
                    email="new@example.com",
                    role="user",
                    invited_by=cast.users["paula"],
                    now=NOW,
                    replaces=False,
                )

        assert sum(at_once([invite] * 4)) == 1

    def test_one_form_keeps_one_filter_and_one_default(self, committed_db: str) -> None:
        cast = build_cast()
        person = {"provider_id": cast.nimbus, "user_id": cast.users["paula"]}

        def keep() -> None:
            with provider_scope(cast.nimbus):
                number = save_filter(
                    **person, role="owner", name="Low", query="below=0", now=NOW, is_shared=True
                )
                choose_default(**person, filter_id=number)

        assert all(at_once([keep] * 4))

        with provider_scope(cast.nimbus):
            found = saved_filters(cast.nimbus, cast.users["paula"])
        assert [(row.name, row.is_default) for row in found] == [("Low", True)]

    def test_an_invitation_lets_in_once(self, committed_db: str) -> None:
        cast = build_cast()
        with provider_scope(cast.nimbus):
            token = invite_member(
                provider_id=cast.nimbus,
                tenant_id=0,
                email="mallory@example.com",
                role="support",
                invited_by=cast.users["paula"],
                now=NOW,
            ).token

        done = at_once(
            [lambda: accept_invitation(token=token, user_id=cast.users["mallory"], now=NOW)] * 4
        )

        assert sum(done) == 1
        assert len(memberships_of(cast.users["mallory"])) == 1

    def test_two_wallets_that_flip_agree_with_the_tenant(self, committed_db: str) -> None:
        cast = build_cast()

        def flip(source: str, *, suspended: bool) -> Callable[[], None]:
            def act() -> None:
                with provider_scope(cast.nimbus):
                    wallet = WalletFlip(cast.acme, source, suspended=suspended)
                    apply_wallet_flips(provider_id=cast.nimbus, flips=[wallet], now=NOW)

            return act

        for _ in range(5):
            at_once([flip("USD", suspended=True), flip("EUR", suspended=True)])
            at_once([flip("USD", suspended=False), flip("EUR", suspended=False)])

        with provider_scope(cast.nimbus):
            tenant = Tenant.objects.get(pk=cast.acme)
            epochs = list(Suspension.objects.order_by("epoch").values_list("epoch", flat=True))
            assert not Suspension.objects.filter(lifted_at__isnull=True).exists()
        assert tenant.status == "active"
        assert len(epochs) == len(set(epochs)) == 10
        assert tenant.epoch == 15
