"""A round of checks: who asks under a number that nobody knows, how long it lasts, and whom silence holds up."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import psycopg2
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tax import tasks
from tax.models import TaxNumber
from tax.selectors.requesters import is_unknown_to_register
from tax.services.number_checks import check_due, check_number
from tests.cast import NOW
from tests.factories.tax import FRENCH_VAT, GERMAN_VAT, register_in_germany
from tests.roles import as_role
from tests.superuser import superuser_url
from tests.tax.services.test_numbers import DAY, check, enter, evidence, row_of, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway_simulators.common.server import SimulatorServer
    from gateway_simulators.vies.simulator import ViesSimulator
    from tests.cast import Cast

LINE: Final = "hashtextextended('tax.register:FR', 0)"
TURN: Final = "hashtextextended('tax.register.waits:FR', 0)"
FRENCH = (FRENCH_VAT, "FR83404833048")


def is_unknown(cast: Cast) -> bool:
    with provider_scope(cast.nimbus):
        return is_unknown_to_register(cast.nimbus, GERMAN_VAT)


@contextmanager
def asked_by_another(*more: str) -> Iterator[Callable[[], None]]:
    """Hold the line to France, and more, in a session of its own; yields what lets it go."""
    with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as other:
        other.autocommit = True
        cursor = other.cursor()
        for key in (LINE, *more):
            cursor.execute(f"SELECT pg_advisory_lock({key})")
        yield lambda: cursor.execute(f"SELECT pg_advisory_unlock({LINE})")
        # The server lets a closed session's locks go a moment later.
        cursor.execute("SELECT pg_advisory_unlock_all()")


def once_somebody_waits(let_go: Callable[[], None]) -> Thread:
    """Let the line go as soon as somebody queues for it."""

    def watch() -> None:
        with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as other:
            other.autocommit = True
            cursor = other.cursor()
            waits = False
            while not waits:
                cursor.execute(
                    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
                )
                (waits,) = cursor.fetchone() or (False,)
        let_go()

    thread = Thread(target=watch, daemon=True)
    thread.start()
    return thread


class TestRequester:
    def test_one_that_vies_does_not_know_keeps_no_customer_from_being_confirmed(
        self, cast: Cast, vies: ViesSimulator
    ) -> None:
        with provider_scope(cast.nimbus):
            register_in_germany(cast.nimbus)
        vies.act("trouble", {"code": "INVALID_REQUESTER_INFO"})
        enter(cast)
        assert not is_unknown(cast)

        check(cast)

        assert standing(cast) == "valid"
        told = [(one.fault, one.requester, one.consultation_number) for one in evidence(cast)]
        assert told == [("INVALID_REQUESTER_INFO", GERMAN_VAT, ""), ("", "", "")]
        assert is_unknown(cast)
        check(cast, NOW + 30 * DAY)
        assert evidence(cast)[-1].consultation_number
        assert not is_unknown(cast), "it is known by now"


class TestRound:
    def test_silence_of_one_state_holds_no_other_up(self, cast: Cast, vies: ViesSimulator) -> None:
        vies.act("trouble", {"code": "MS_UNAVAILABLE", "state": "FR", "left": 9})
        for number in FRENCH:
            enter(cast, number)
        enter(cast, "LU26375245", "LU")

        found = check_due(provider_id=cast.nimbus, clock=lambda: NOW, limit=2)

        assert (found.asked, found.silent) == (2, ("FR",))
        with provider_scope(cast.nimbus):
            assert TaxNumber.objects.get(country="LU").said == "valid"

    def test_a_state_that_another_one_asks_waits_for_the_next_round(
        self, cast: Cast, register: SimulatorServer
    ) -> None:
        enter(cast, FRENCH[0])
        enter(cast, "LU26375245", "LU")
        enter(cast, FRENCH[1])
        with asked_by_another():
            first = check_due(provider_id=cast.nimbus, clock=lambda: NOW, limit=1)
        second = check_due(provider_id=cast.nimbus, clock=lambda: NOW)

        assert (first.asked, first.silent, second.asked) == (1, (), 2), (
            "none takes Luxembourg's place"
        )
        with provider_scope(cast.nimbus):
            assert {row.said for row in TaxNumber.objects.all()} == {"valid"}

    def test_a_new_number_waits_while_its_state_is_asked(
        self, cast: Cast, register: SimulatorServer
    ) -> None:
        enter(cast)
        times = iter((NOW, NOW + DAY))
        one: dict[str, Any] = {"provider_id": cast.nimbus, "number_id": row_of(cast).pk}
        one["clock"] = partial(next, times)
        with asked_by_another() as let_go:
            assert check_number(**one, patience=timedelta(milliseconds=20)) is None
            assert standing(cast) == "pending"
            thread = once_somebody_waits(let_go)
            assert check_number(**one) == "valid"
            thread.join()
        assert [one.asked_at for one in evidence(cast)] == [NOW], "read once its turn has come"

    def test_nobody_waits_behind_one_who_waits(self, cast: Cast, register: SimulatorServer) -> None:
        enter(cast)
        number_id = row_of(cast).pk

        with asked_by_another(TURN):
            found = check_number(provider_id=cast.nimbus, number_id=number_id, clock=lambda: NOW)

        assert (found, standing(cast), register.log) == (None, "pending", [])

    def test_each_question_is_told_to_who_holds_the_lease(
        self, cast: Cast, register: SimulatorServer
    ) -> None:
        for number in FRENCH:
            enter(cast, number)
        asked: list[int] = []

        check_due(
            provider_id=cast.nimbus,
            clock=partial(next, iter(NOW + DAY * at for at in range(9))),
            after_each=lambda: asked.append(len(register.log)),
        )

        assert asked == [1, 2]
        assert [one.asked_at for one in evidence(cast)] == [NOW + DAY, NOW + 2 * DAY]

    def test_the_task_renews_its_lease_by_each(self, cast: Cast, register: SimulatorServer) -> None:
        for number in FRENCH:
            enter(cast, number)

        with as_role("worker"), CaptureQueriesContext(connection) as caught:
            tasks.check_provider(provider_id=cast.nimbus)

        saved = [one for one in caught if "SET lease_until" in one["sql"]]
        assert len(saved) == len(FRENCH) + 1, "and at its end"
