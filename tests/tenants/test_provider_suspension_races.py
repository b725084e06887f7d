"""The whole provider is suspended while others write: once, for everybody, and not by half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.models import Provider, Suspension, Tenant
from tenants.services import provider_suspension, suspension
from tenants.services.provider_suspension import resume_provider, suspend_provider
from tenants.services.suspension import apply_wallet_flips
from tenants.services.tenants import create_tenant
from tenants.types import PLATFORM_SOURCE, WalletFlip
from tests.cast import NOW, build_cast
from tests.kernel.races import die, in_killed_process, in_threads
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.cast import Cast


def suspend(cast: Cast) -> bool:
    with as_role("worker"):
        return suspend_provider(provider_id=cast.nimbus, reason="Unpaid.", now=NOW).is_new


def statuses(cast: Cast) -> set[str]:
    with provider_scope(cast.nimbus):
        return set(Tenant.objects.values_list("status", flat=True))


def open_rows(cast: Cast) -> set[int]:
    """Return how many open rows of the platform the suspended tenants have."""
    with provider_scope(cast.nimbus):
        rows = Suspension.objects.filter(source=PLATFORM_SOURCE, lifted_at__isnull=True)
        counted = rows.values("tenant_id").annotate(n=Count("id"))
        assert len(counted) == Tenant.objects.count()
        return {row["n"] for row in counted}


class TestAtOnce:
    def test_it_happens_once_beside_new_clients_and_the_hourly_run(self, committed_db: str) -> None:
        cast = build_cast()

        def create(number: int) -> bool:
            with provider_scope(cast.nimbus):
                create_tenant(provider_id=cast.nimbus, external_id=f"n-{number}", name="N", now=NOW)
            return False

        def charge(number: int) -> bool:
            for is_down in (True, False) * 5:
                flip = WalletFlip(
                    (cast.acme, cast.globex)[number % 2], f"U{number}", suspended=is_down
                )
                with system_scope():
                    apply_wallet_flips(provider_id=cast.nimbus, flips=[flip], now=NOW)
            return False

        def act(number: int) -> bool:
            work: Callable[[int], bool] = (lambda _: suspend(cast), create, charge)[number % 3]
            return work(number)

        assert sum(in_threads(act, range(9))) == 1
        assert statuses(cast) == {"suspended"}
        assert open_rows(cast) == {1}

        with as_role("worker"):
            assert resume_provider(provider_id=cast.nimbus, now=NOW).is_new
        assert statuses(cast) == {"active"}


class TestKilled:
    def test_in_the_middle_it_has_not_happened(
        self, committed_db: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cast = build_cast()
        follow = suspension.follow_provider

        def follow_and_die(**words: object) -> None:
            follow(**words)  # type: ignore[arg-type]  # as it was called
            die()

        with monkeypatch.context() as patch:
            patch.setattr(provider_suspension, "follow_provider", follow_and_die)
            in_killed_process(lambda: suspend(cast))

        assert statuses(cast) == {"active"}
        with provider_scope(cast.nimbus):
            assert Provider.objects.get(pk=cast.nimbus).suspended_at is None
        assert suspend(cast)
        assert open_rows(cast) == {1}
