"""A number's way from the form to its confirmation: silence is no word against it, every question leaves evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError, connection, transaction

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tax import tasks
from tax.errors import InvalidNumber, NoRegister, NumberNotFound, TooManyNumbers
from tax.models import NumberCheck, TaxNumber
from tax.selectors.profiles import tax_profile
from tax.services.number_checks import TRIES, check_due, check_number, record_by_hand
from tax.services.numbers import add_number, ask_again, remove_number
from tenants.errors import TenantNotFoundError
from tests.cast import NOW
from tests.factories.tax import FRENCH_VAT, GERMAN_VAT, register_in_germany
from tests.roles import as_role

if TYPE_CHECKING:
    from datetime import datetime

    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.vies.simulator import ViesSimulator
    from tests.cast import Cast

DAY = timedelta(days=1)


def enter(cast: Cast, number: str = FRENCH_VAT, country: str = "FR") -> str:
    with tenant_scope(cast.nimbus, cast.acme):
        return add_number(
            provider_id=cast.nimbus, tenant_id=cast.acme, country=country, number=number, now=NOW
        )


def check(cast: Cast, now: datetime = NOW) -> None:
    check_due(provider_id=cast.nimbus, clock=lambda: now)


def row_of(cast: Cast) -> TaxNumber:
    with provider_scope(cast.nimbus):
        return TaxNumber.objects.get(provider_id=cast.nimbus)


def evidence(cast: Cast) -> list[NumberCheck]:
    with provider_scope(cast.nimbus):
        return list(NumberCheck.objects.filter(provider_id=cast.nimbus).order_by("pk"))


def standing(cast: Cast, now: datetime = NOW) -> str:
    with tenant_scope(cast.nimbus, cast.acme):
        return tax_profile(cast.nimbus, cast.acme, now=now).numbers[0].standing


class TestCheck:
    def test_a_confirmation_is_kept_with_its_consultation_number(
        self, cast: Cast, register: SimulatorServer
    ) -> None:
        with provider_scope(cast.nimbus):
            register_in_germany(cast.nimbus)
        enter(cast)
        assert standing(cast) == "pending"

        check(cast)

        (proof,) = evidence(cast)
        assert (proof.outcome, proof.asked_at, proof.requester) == ("valid", NOW, GERMAN_VAT)
        assert proof.consultation_number.startswith("WAPI")
        assert standing(cast) == "valid"

    def test_a_number_that_the_register_does_not_know_is_not_valid(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        vies.act("strike_off", {"number": FRENCH_VAT})
        enter(cast)

        check(cast)

        assert standing(cast) == "invalid"

    def test_silence_is_asked_again_with_growing_waits_and_never_taken_for_a_no(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        vies.act("trouble", {"code": "MS_MAX_CONCURRENT_REQ", "left": 7})
        enter(cast)
        at = NOW

        for wait in (*TRIES, TRIES[-1]):
            check(cast, at)
            check(cast, at)  # it is not due any more
            assert row_of(cast).next_check_at == at + wait
            assert standing(cast) == "pending"
            at += wait
        check(cast, at)

        assert [one.outcome for one in evidence(cast)] == ["unavailable"] * 7 + ["valid"]
        assert evidence(cast)[0].fault == "MS_MAX_CONCURRENT_REQ"
        assert row_of(cast).tries == 0

    def test_silence_after_a_confirmation_leaves_it_standing_until_it_is_too_old(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        enter(cast)
        check(cast)
        vies.act("trouble", {"code": "MS_UNAVAILABLE", "left": 99})
        again = NOW + 30 * DAY
        assert row_of(cast).next_check_at == again

        check(cast, again)

        assert standing(cast, again) == "valid"
        assert standing(cast, NOW + 91 * DAY) == "stale"

    def test_a_number_that_was_given_back_is_found_out(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        enter(cast)
        check(cast)
        vies.act("strike_off", {"number": FRENCH_VAT})

        check(cast, NOW + 30 * DAY)

        assert standing(cast, NOW + 30 * DAY) == "invalid"

    def test_a_silent_member_state_is_left_alone_for_the_round(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        vies.act("trouble", {"code": "MS_UNAVAILABLE", "state": "FR", "left": 9})
        for number in (FRENCH_VAT, "FR83404833048"):
            enter(cast, number)
        enter(cast, "LU26375245", "LU")

        found = check_due(provider_id=cast.nimbus, clock=lambda: NOW)

        assert (found.asked, found.unavailable, found.silent) == (2, 1, ("FR",))

    def test_who_holds_a_number_asks_alone(self, cast: Cast, register: SimulatorServer) -> None:
        enter(cast)
        number_id = row_of(cast).pk

        first, second = (
            check_number(provider_id=cast.nimbus, number_id=number_id, clock=lambda: NOW)
            for _ in range(2)
        )

        assert (first, second) == ("valid", None)
        assert len(register.log) == 1

    def test_a_number_removed_meanwhile_stays_removed(
        self, cast: Cast, register: SimulatorServer
    ) -> None:
        public_id = enter(cast)
        with tenant_scope(cast.nimbus, cast.acme):
            remove_number(
                provider_id=cast.nimbus, tenant_id=cast.acme, public_id=public_id, now=NOW
            )

        check(cast)

        assert register.log == []
        assert enter(cast) != public_id


class TestAddNumber:
    def test_the_same_twice_is_one(self, cast: Cast) -> None:
        assert enter(cast) == enter(cast, "fr 40 303 265 045")

    def test_refuses_what_is_none_and_too_many(self, cast: Cast) -> None:
        with pytest.raises(InvalidNumber):
            enter(cast, "FR1")
        for number in range(10):
            enter(cast, f"12345678{number}", "US")
        with pytest.raises(TooManyNumbers):
            enter(cast)

    def test_of_another_provider_s_tenant_is_refused(self, cast: Cast) -> None:
        with provider_scope(cast.sonora), pytest.raises(TenantNotFoundError):
            add_number(
                provider_id=cast.sonora,
                tenant_id=cast.acme,
                country="FR",
                number=FRENCH_VAT,
                now=NOW,
            )

    def test_tenants_cannot_confirm_themselves(self, cast: Cast) -> None:
        enter(cast)
        with tenant_scope(cast.nimbus, cast.acme):
            rows = TaxNumber.objects.filter(provider_id=cast.nimbus)
            assert rows.update(said="valid", said_at=NOW) == 0

    def test_another_tenant_sees_none(self, cast: Cast) -> None:
        public_id = enter(cast)
        with tenant_scope(cast.nimbus, cast.globex):
            assert tax_profile(cast.nimbus, cast.globex, now=NOW).numbers == ()
            with pytest.raises(NumberNotFound):
                remove_number(
                    provider_id=cast.nimbus, tenant_id=cast.globex, public_id=public_id, now=NOW
                )


class TestByHand:
    def test_what_a_person_read_counts_and_is_evidence(self, cast: Cast) -> None:
        public_id = enter(cast, "980780684", "GB")
        assert standing(cast) == "form"
        own: Any = {"provider_id": cast.nimbus, "tenant_id": cast.acme, "public_id": public_id}

        with provider_scope(cast.nimbus):
            record_by_hand(
                **own,
                is_valid=True,
                consultation_number="HMRC-1",
                note="gov.uk",
                user_id=cast.users["bill"],
                now=NOW,
            )
            with pytest.raises(NoRegister):
                ask_again(**own, now=NOW)

        (proof,) = evidence(cast)
        assert (proof.source, proof.consultation_number, proof.note) == ("hand", "HMRC-1", "gov.uk")
        assert (standing(cast), row_of(cast).next_check_at) == ("valid", None)

    def test_evidence_is_never_changed(self, cast: Cast, register: SimulatorServer) -> None:
        enter(cast)
        check(cast)
        with (
            as_role("owner"),
            provider_scope(cast.nimbus),
            pytest.raises(OperationalError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE tax_number_check SET outcome = 'valid'")


class TestTasks:
    def test_the_sweep_rings_for_who_has_something_due(
        self, cast: Cast, register: SimulatorServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []
        monkeypatch.setattr(
            tasks.check_provider, "delay", lambda *, provider_id: rung.append(provider_id)
        )
        enter(cast)

        with as_role("worker"):
            tasks.check_numbers()
            tasks.check_provider(provider_id=cast.nimbus)

        assert rung == [cast.nimbus]
        assert [one.outcome for one in evidence(cast)] == ["valid"]

    def test_is_scheduled_and_watched(self) -> None:
        assert "tax.check_numbers" in {entry["task"] for entry in SCHEDULE.values()}
        assert "check_tax_numbers" in HEARTBEATS
