"""How many units of a licence a client has: said when it begins, changed from an hour on, charged for each."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.portal.views.test_clients_edit import form as client_form
from tests.roles import as_role
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

HOUR = timedelta(hours=1)
CLIENTS = "/provider/clients/"


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)


@pytest.fixture
def team(world: World) -> int:
    """Return a version on sale with seats at 30.00 a month and a base fee."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        shop = Shop(world.cast.nimbus, now=NOW)
        shop.fee("seats", "30", "licence", name="Seats")
        shop.fee("monthly", "7", name="Base fee")
        version_id, _ = shop.version("team")
    return version_id


def begin(as_person: AsPerson, place: str, version_id: int, **said: str) -> Any:
    body = {"version": str(version_id), "starts": "now", "key": place, **said}
    return as_person("bill").post(f"{CLIENTS}{place}/subscriptions/begin", body, follow=True)


def change(as_person: AsPerson, place: str, person: str = "bill", **said: str) -> Any:
    url = f"{CLIENTS}{place}/subscriptions/units"
    body = {"code": "seats", "quantity": "5", "starts": "now", **said}
    return as_person(person).post(url, body, follow=True)


def subscription(world: World, version_id: int) -> str:
    with provider_scope(world.cast.nimbus):
        sql = "SELECT id FROM usage_subscription WHERE plan_version_id = %s ORDER BY id LIMIT 1"
        ((number,),) = fetch_all(sql, [version_id])
    return str(number)


def items(world: World, code: str = "seats") -> list[tuple[Any, ...]]:
    with provider_scope(world.cast.nimbus):
        return fetch_all(
            "SELECT i.quantity, lower(i.valid) FROM usage_subscription_item i JOIN usage_price x ON x.id = i.price_id"
            " WHERE x.code = %s AND NOT isempty(i.valid) ORDER BY i.id",
            [code],
        )


def fees(world: World, until: Any) -> dict[int, Decimal]:
    """Return what each client was charged for seats, in minor units."""
    with as_role("worker"):
        charge_hours(provider_id=world.cast.nimbus, until=until, now=until)
    with provider_scope(world.cast.nimbus):
        rows = fetch_all(
            "SELECT f.tenant_id, sum(f.amount_minor) FROM usage_fee f JOIN usage_price x ON x.id = f.price_id"
            " WHERE x.code = 'seats' GROUP BY 1"
        )
    return dict(rows)


class TestBegin:
    def test_three_seats_cost_three_times_one(
        self, world: World, team: int, as_person: AsPerson
    ) -> None:
        three = begin(as_person, world.acme, team, **{"units-seats": "3"})
        begin(as_person, world.globex, team, **{"units-seats": "1"})

        charged = fees(world, NOW + HOUR)
        assert charged[world.cast.acme] == 3 * charged[world.cast.globex] > 0
        body = " ".join(three.content.decode().split())
        assert 'Seats</span>: <span class="tnum">3</span>' in body
        assert items(world, "monthly") == [(1, NOW)] * 2

    def test_a_licence_is_never_silently_one(
        self, world: World, team: int, as_person: AsPerson
    ) -> None:
        answer = begin(as_person, world.acme, team)

        assert answer.status_code == 422
        assert "Units: Seats" in answer.content.decode()
        assert items(world) == []

    @pytest.mark.parametrize("units", ["0", "-1", "x", "2000000000", "0.0000000000001"])
    def test_what_is_no_number_of_units_is_refused(
        self, world: World, team: int, as_person: AsPerson, units: str
    ) -> None:
        answer = begin(as_person, world.acme, team, **{"units-seats": units})

        assert answer.status_code == 422
        assert items(world) == []

    def test_the_fields_follow_the_chosen_version(
        self, world: World, team: int, as_person: AsPerson
    ) -> None:
        client = as_person("bill")
        for url, name in (
            (f"{CLIENTS}{world.acme}/subscriptions/", f"?version={team}"),
            (f"{CLIENTS}new", "?plan=team@1"),
        ):
            body = client.get(f"{url}{name}").content.decode()
            assert "units-seats" in body
            assert "htmx-2.min.js" in body
        for name in ("?plan=plan@1", "?plan=none@9", ""):
            assert "units-seats" not in client.get(f"{CLIENTS}new{name}").content.decode()

    def test_a_new_client_has_as_many_as_agreed(
        self, world: World, team: int, as_person: AsPerson
    ) -> None:
        said = client_form(plan="team@1", currency="USD", starts_on="")
        client = as_person("bill")

        refused = client.post(f"{CLIENTS}new", said)
        assert refused.status_code == 422
        assert items(world) == []

        client.post(f"{CLIENTS}new", {**said, "units-seats": "12.5", "units-monthly": "2"})
        assert items(world) == [(Decimal("12.5"), NOW)]
        assert items(world, "monthly") == [(2, NOW)]


class TestChange:
    @pytest.fixture
    def number(self, world: World, team: int, as_person: AsPerson) -> str:
        """Return Acme's subscription with three seats."""
        begin(as_person, world.acme, team, **{"units-seats": "3"})
        return subscription(world, team)

    def test_from_now_on_it_is_charged_and_told(
        self, world: World, number: str, as_person: AsPerson
    ) -> None:
        three = fees(world, NOW + HOUR)[world.cast.acme]

        answer = change(as_person, world.acme, subscription=number)

        assert "The units are changed." in answer.content.decode()
        assert [quantity for quantity, _ in items(world)] == [5]
        assert fees(world, NOW + 2 * HOUR)[world.cast.acme] * 3 == three * 5
        log = as_person("paula").get("/provider/audit/?kind=units").content.decode()
        assert "bill@" in log
        assert "Seats (team, version 1)" in log
        assert "Units before" in log
        activity = as_person("rita").get(f"{CLIENTS}{world.acme}/activity/").content.decode()
        assert "Seats (team, version 1)" in activity
        other = as_person("rita").get(f"{CLIENTS}{world.globex}/activity/").content.decode()
        assert "Seats (team, version 1)" not in other

    def test_from_the_next_period_on_both_are_shown(
        self, world: World, number: str, as_person: AsPerson
    ) -> None:
        answer = change(as_person, world.acme, subscription=number, starts="period")

        body = " ".join(answer.content.decode().split())
        assert 'Seats</span>: <span class="tnum">3</span>' in body
        assert '<span class="tnum">5</span> from' in body
        assert [quantity for quantity, _ in items(world)] == [3, 5]
        # What is agreed for later is corrected at the same hour; before it nothing else changes.
        assert (
            "A later change" in change(as_person, world.acme, subscription=number).content.decode()
        )
        change(as_person, world.acme, subscription=number, starts="period", quantity="4")
        assert [quantity for quantity, _ in items(world)] == [3, 4]

    @pytest.mark.parametrize(
        ("said", "words"),
        [
            ({"quantity": "0"}, "above 0"),
            ({"quantity": "many"}, "Write a number"),
            ({"code": "none"}, "Nothing called none runs"),
            ({"code": "calls"}, "Nothing called calls runs"),
            ({"subscription": "0"}, "no such subscription"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, world: World, number: str, as_person: AsPerson, said: dict[str, str], words: str
    ) -> None:
        answer = change(as_person, world.acme, **{"subscription": number, **said})

        assert words in answer.content.decode()
        assert [quantity for quantity, _ in items(world)] == [3]

    def test_what_was_typed_stays_where_it_is_refused(
        self, world: World, number: str, as_person: AsPerson
    ) -> None:
        said = {"subscription": number, "quantity": "1234,5x", "starts": "period"}

        answer = change(as_person, world.acme, **said)

        body = answer.content.decode()
        assert answer.status_code == 422
        assert body.count('value="1234,5x"') == body.count('aria-invalid="true"') == 1
        assert body.count('<option value="period" selected>') == 1
        page = as_person("bill").get(f"{CLIENTS}{world.acme}/subscriptions/").content.decode()
        assert "1234,5x" not in page

    def test_of_usage_nobody_has_units(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            ((number,),) = fetch_all(
                "SELECT id FROM usage_subscription WHERE tenant_id = %s", [world.cast.acme]
            )

        answer = change(as_person, world.acme, subscription=str(number), code="calls")

        assert "Nothing called calls runs" in answer.content.decode()
        assert [quantity for quantity, _ in items(world, "calls")] == [1, 1]

    def test_another_client_s_subscription_is_not_found(
        self, world: World, number: str, as_person: AsPerson
    ) -> None:
        answer = change(as_person, world.globex, subscription=number)

        assert "no such subscription" in answer.content.decode()
        assert [quantity for quantity, _ in items(world)] == [3]

    @pytest.mark.parametrize("person", ["rita", "sue", "alice"])
    def test_is_for_who_sells(
        self, world: World, number: str, as_person: AsPerson, person: str
    ) -> None:
        answer = change(as_person, world.acme, person, subscription=number)

        assert answer.status_code == 403
        assert [quantity for quantity, _ in items(world)] == [3]
        if person != "alice":
            page = as_person(person).get(f"{CLIENTS}{world.acme}/subscriptions/")
            assert "Seats" in page.content.decode()
            assert "Change units" not in page.content.decode()
