"""The platform suspends a whole provider: once, with all its tenants, and back without a trace of anybody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from billing_platform.kernel.errors import NotFoundError
from billing_platform.kernel.scope import provider_scope
from tenants.errors import MissingReasonError, NotSuspendedError
from tenants.models import Provider, ProviderEvent, Suspension
from tenants.selectors.providers import provider_view
from tenants.selectors.suspensions import entitlement, open_suspensions
from tenants.selectors.tenants import tenant_by_id
from tenants.services.provider_suspension import (
    ProviderSuspended,
    resume_provider,
    suspend_provider,
)
from tenants.services.suspension import apply_wallet_flips, resume_by_hand, suspend_by_hand
from tenants.services.tenants import close_tenant, create_tenant
from tenants.types import StatusChange, WalletFlip
from tests.cast import NOW, Cast
from tests.roles import as_role

LATER = NOW + timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("as_worker")


@pytest.fixture
def as_worker(cast: Cast) -> object:
    with as_role("worker"):
        yield


def suspend(cast: Cast) -> ProviderSuspended:
    return suspend_provider(provider_id=cast.nimbus, reason="Unpaid fees.", now=NOW)


def resume(cast: Cast) -> ProviderSuspended:
    return resume_provider(provider_id=cast.nimbus, now=LATER)


def states(cast: Cast) -> list[tuple[str, int]]:
    found = []
    for provider, tenant in (
        (cast.nimbus, cast.acme),
        (cast.nimbus, cast.globex),
        (cast.sonora, cast.aria),
    ):
        with provider_scope(provider):
            row = tenant_by_id(provider, tenant)
        found.append((row.status, row.epoch))
    return found


class TestSuspending:
    def test_suspends_all_its_tenants_and_nobody_elses(self, cast: Cast) -> None:
        assert suspend(cast) == ProviderSuspended(is_new=True, epoch=1, tenants=2)

        assert states(cast) == [("suspended", 1), ("suspended", 1), ("active", 0)]
        with provider_scope(cast.nimbus):
            view = provider_view(cast.nimbus)
            assert (view.suspended_at, view.suspension_note) == (NOW, "Unpaid fees.")
            (row,) = open_suspensions(cast.nimbus, cast.acme)
        assert (row.reason, row.kind, row.note) == ("by_hand", "platform", "")

    def test_again_changes_nothing(self, cast: Cast) -> None:
        suspend(cast)
        again = suspend_provider(provider_id=cast.nimbus, reason="Another.", now=LATER)

        assert again == ProviderSuspended(is_new=False, epoch=1, tenants=0)
        assert states(cast)[0] == ("suspended", 1)
        with provider_scope(cast.nimbus):
            assert provider_view(cast.nimbus).suspension_note == "Unpaid fees."
            assert Suspension.objects.count() == 2

    def test_answers_the_switch_in_the_words_that_it_knows(self, cast: Cast) -> None:
        suspend(cast)

        with provider_scope(cast.nimbus):
            found = entitlement(cast.nimbus, "acme")
        assert (found.status, found.reason, found.since) == ("suspended", "by_hand", NOW)
        assert not found.may_create

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x00b"])
    def test_wants_a_reason(self, cast: Cast, reason: str) -> None:
        with pytest.raises(MissingReasonError):
            suspend_provider(provider_id=cast.nimbus, reason=reason, now=NOW)
        assert states(cast)[0] == ("active", 0)

    def test_wants_a_provider(self, cast: Cast) -> None:
        with pytest.raises(NotFoundError):
            suspend_provider(provider_id=-3, reason="x", now=NOW)

    def test_leaves_closed_tenants(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            close_tenant(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)

        assert suspend(cast).tenants == 1
        assert resume(cast).tenants == 1
        assert states(cast)[0][0] == "closed"

    def test_a_tenant_made_meanwhile_is_suspended_as_well(self, cast: Cast) -> None:
        suspend(cast)
        with provider_scope(cast.nimbus):
            made = create_tenant(provider_id=cast.nimbus, external_id="n", name="N", now=LATER)
        assert (made.status, made.epoch) == ("suspended", 1)

        assert resume(cast).tenants == 3

    def test_is_told_in_the_audit_log(self, cast: Cast) -> None:
        suspend(cast)
        resume(cast)

        with provider_scope(cast.nimbus):
            told = list(ProviderEvent.objects.order_by("pgh_id").values_list("suspension_note"))
        assert told[-2:] == [("Unpaid fees.",), ("",)]


class TestResuming:
    def test_brings_all_back(self, cast: Cast) -> None:
        suspend(cast)

        assert resume(cast) == ProviderSuspended(is_new=True, epoch=1, tenants=2)
        assert resume(cast) == ProviderSuspended(is_new=False, epoch=1, tenants=0)
        assert states(cast) == [("active", 2), ("active", 2), ("active", 0)]

    def test_and_the_next_time_is_another_epoch(self, cast: Cast) -> None:
        suspend(cast)
        resume(cast)

        assert suspend(cast).epoch == 2
        assert states(cast)[0] == ("suspended", 3)

    def test_leaves_who_is_suspended_for_another_reason(self, cast: Cast) -> None:
        fall = WalletFlip(cast.acme, "USD", suspended=True)
        with provider_scope(cast.nimbus):
            apply_wallet_flips(provider_id=cast.nimbus, flips=[fall], now=NOW)
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.globex, note="n", now=NOW)
        suspend(cast)

        assert resume(cast).tenants == 0
        assert [status for status, _ in states(cast)] == ["suspended", "suspended", "active"]

    def test_a_wallet_that_rises_meanwhile_does_not_bring_its_tenant_back(self, cast: Cast) -> None:
        suspend(cast)
        for is_down in (True, False):
            flip = WalletFlip(cast.acme, "USD", suspended=is_down)
            with provider_scope(cast.nimbus):
                apply_wallet_flips(provider_id=cast.nimbus, flips=[flip], now=LATER)
        assert states(cast)[0][0] == "suspended"

        resume(cast)
        assert states(cast)[0][0] == "active"


class TestItsOwnPeople:
    def test_cannot_lift_it_by_hand(self, cast: Cast) -> None:
        suspend(cast)

        with provider_scope(cast.nimbus), pytest.raises(NotSuspendedError):
            resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=LATER)
        assert states(cast)[0][0] == "suspended"

    def test_may_suspend_a_client_besides(self, cast: Cast) -> None:
        suspend(cast)
        with provider_scope(cast.nimbus):
            change = suspend_by_hand(
                provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=LATER
            )
        assert change == StatusChange(cast.acme, "suspended", 2)

        resume(cast)
        assert [status for status, _ in states(cast)][:2] == ["suspended", "active"]

    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_cannot_write_it_through_the_web(self, cast: Cast, role: str) -> None:
        suspend(cast)
        with as_role(role), provider_scope(cast.nimbus):  # type: ignore[arg-type]
            row = Provider.objects.filter(pk=cast.nimbus)
            row.update(name="Nimbus 2")
            if role == "worker":
                assert row.update(suspension_note="x") == 1
                return
            for change in ({"suspended_at": None}, {"suspension_note": ""}):
                with pytest.raises(ProgrammingError), transaction.atomic():
                    row.update(**change)

    def test_cannot_reach_another_provider(self, cast: Cast) -> None:
        with provider_scope(cast.sonora), connection.cursor() as cursor:
            cursor.execute("UPDATE tenants_provider SET suspended_at = now() WHERE slug = 'nimbus'")
            assert cursor.rowcount == 0


class TestCommands:
    def call(self, *words: str) -> dict[str, object]:
        out = StringIO()
        call_command(*words, "--provider", "nimbus", "--json", stdout=out)
        found: dict[str, object] = json.loads(out.getvalue())
        return found

    def test_suspend_and_let_return(self, cast: Cast) -> None:
        words = ("suspend_provider", "--reason", "Unpaid fees.")

        assert self.call(*words) == {"is_new": True, "epoch": 1, "tenants": 2}
        assert self.call(*words) == {"is_new": False, "epoch": 1, "tenants": 0}
        assert self.call("resume_provider") == {"is_new": True, "epoch": 1, "tenants": 2}

    def test_say_why_not(self, cast: Cast) -> None:
        for words in (("suspend_provider", "--reason", "x"), ("resume_provider",)):
            with pytest.raises(CommandError, match="no provider nobody"):
                call_command(*words, "--provider", "nobody")
        with pytest.raises(CommandError, match="Say why"):
            self.call("suspend_provider", "--reason", " ")
