"""Suspension follows the wallets, once per epoch, and a person's decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.errors import AlreadySuspendedError, NotSuspendedError, TenantClosedError
from tenants.models import Suspension
from tenants.selectors.suspensions import open_suspensions
from tenants.selectors.tenants import tenant_by_id
from tenants.services.suspension import (
    apply_wallet_flips,
    resume_by_hand,
    suspend_by_hand,
    suspend_for_debt,
)
from tenants.services.tenants import close_tenant, create_tenant, end_trials
from tenants.types import StatusChange, WalletFlip
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=1)


def fall(tenant_id: int, source: str = "USD") -> WalletFlip:
    return WalletFlip(tenant_id, source, suspended=True)


def rise(tenant_id: int, source: str = "USD") -> WalletFlip:
    return WalletFlip(tenant_id, source, suspended=False)


def begin_trial(cast: Cast) -> int:
    """Create a tenant whose trial ends a day after `LATER`; returns its id."""
    return create_tenant(
        provider_id=cast.nimbus,
        external_id="new",
        name="New",
        now=NOW,
        trial_ends_at=LATER + timedelta(days=1),
    ).id


class TestApplyWalletFlips:
    def test_it_suspends_and_returns(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            first = apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            back = apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(cast.acme)], now=LATER)
            rows = list(Suspension.objects.values_list("epoch", "since", "lifted_at"))

        assert first == [StatusChange(cast.acme, "suspended", 1)]
        assert back == [StatusChange(cast.acme, "active", 2)]
        assert rows == [(1, NOW, LATER)]

    def test_it_changes_nothing_twice(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            again = apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=LATER)
            other = apply_wallet_flips(
                provider_id=cast.nimbus, flips=[rise(cast.globex)], now=LATER
            )
            count = Suspension.objects.count()

        assert (again, other, count) == ([], [], 1)

    def test_two_wallets_hold_it_until_both_are_back(self, cast: Cast) -> None:
        both = [fall(cast.acme, "USD"), fall(cast.acme, "EUR")]
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=both, now=NOW)
            one = apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(cast.acme)], now=LATER)
            status = tenant_by_id(cast.nimbus, cast.acme).status
            last = apply_wallet_flips(
                provider_id=cast.nimbus, flips=[rise(cast.acme, "EUR")], now=LATER
            )

        assert (one, status) == ([], "suspended")
        assert last == [StatusChange(cast.acme, "active", 3)]

    def test_a_tenant_in_trial_returns_to_trial(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            tenant = begin_trial(cast)
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(tenant)], now=NOW)
            back = apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(tenant)], now=LATER)

        assert [change.status for change in back] == ["trial"]

    def test_a_trial_that_was_over_does_not_begin_again_by_a_clock_that_lags(
        self, cast: Cast
    ) -> None:
        with provider_scope(cast.nimbus):
            tenant = begin_trial(cast)
            end_trials(provider_id=cast.nimbus, tenant_ids=[tenant], now=LATER + timedelta(days=1))
            changes = apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(tenant)], now=LATER)
            status = tenant_by_id(cast.nimbus, tenant).status

        assert (changes, status) == ([], "active")

    def test_a_closed_tenant_stays_closed(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
            changes = apply_wallet_flips(
                provider_id=cast.nimbus, flips=[fall(cast.acme)], now=LATER
            )
            status = tenant_by_id(cast.nimbus, cast.acme).status

        assert (changes, status) == ([], "closed")

    def test_another_providers_tenant_is_out_of_reach(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            changes = apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.aria)], now=NOW)
            foreign = apply_wallet_flips(provider_id=cast.sonora, flips=[fall(cast.aria)], now=NOW)

        assert (changes, foreign) == ([], [])

    def test_it_works_in_the_tenants_own_scope(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
        with tenant_scope(cast.nimbus, cast.acme):
            back = apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(cast.acme)], now=LATER)

        assert [change.status for change in back] == ["active"]

    def test_the_database_refuses_an_epoch_twice(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            with pytest.raises(IntegrityError, match="epoch"), transaction.atomic():
                insert_suspension(cast, epoch=1, source="EUR")

    def test_the_database_refuses_one_reason_open_twice(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            with pytest.raises(IntegrityError, match="open"), transaction.atomic():
                insert_suspension(cast, epoch=9, source="USD")

    def test_the_database_refuses_a_tenant_of_another_provider(self, cast: Cast) -> None:
        with (
            provider_scope(cast.nimbus),
            pytest.raises(IntegrityError, match="scoped_fk"),
            transaction.atomic(),
        ):
            Suspension.objects.create(
                provider_id=cast.nimbus,
                tenant_id=cast.aria,
                epoch=1,
                reason="by_hand",
                since=NOW,
            )


class TestByHand:
    def test_it_holds_beside_an_empty_wallet(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="fraud", now=LATER)
            reasons = [row.reason for row in open_suspensions(cast.nimbus, cast.acme)]
            apply_wallet_flips(provider_id=cast.nimbus, flips=[rise(cast.acme)], now=LATER)
            status = tenant_by_id(cast.nimbus, cast.acme).status
            back = resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=LATER)

        assert reasons == ["exhausted", "by_hand"]
        assert status == "suspended"
        assert back == StatusChange(cast.acme, "active", 3)

    def test_it_leaves_other_reasons_when_lifted(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
            suspend_for_debt(provider_id=cast.nimbus, flips=[fall(cast.acme)], now=NOW)
            assert resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=LATER) is None
            assert tenant_by_id(cast.nimbus, cast.acme).status == "suspended"

    def test_it_refuses_a_second_time(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)
            with pytest.raises(AlreadySuspendedError):
                suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)

    def test_it_refuses_what_is_not_suspended_or_closed(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            with pytest.raises(NotSuspendedError):
                resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
            with pytest.raises(TenantClosedError):
                suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=NOW)


def insert_suspension(cast: Cast, *, epoch: int, source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenants_suspension (provider_id, tenant_id, epoch, reason, source, note, since)"
            " VALUES (%s, %s, %s, 'exhausted', %s, '', %s)",
            [cast.nimbus, cast.acme, epoch, source, NOW],
        )
