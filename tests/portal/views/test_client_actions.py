"""What a provider's people do for a client: once per form, by the right role, for their own clients only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.suspensions import open_suspensions
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World


def url(public_id: str, action: str) -> str:
    return f"/provider/clients/{public_id}/{action}"


def balance(world: World) -> int:
    with provider_scope(world.cast.nimbus):
        return wallets_of(world.cast.nimbus, [world.cast.acme])[0].settled


def reasons(world: World) -> list[tuple[str, str]]:
    with provider_scope(world.cast.nimbus):
        found = open_suspensions(world.cast.nimbus, world.cast.acme)
    return [(open_.reason, open_.note) for open_ in found]


def status(world: World) -> str:
    with provider_scope(world.cast.nimbus):
        return tenant_by_id(world.cast.nimbus, world.cast.acme).status


def filled(client: Client, address: str, **values: str) -> dict[str, str]:
    """Open a form as a person does and fill it in."""
    body = client.get(address).content.decode()
    key = re.findall(r'name="key" value="([^"]+)"', body)[0]
    return {"amount": "12.50", "currency": "USD", "reason": "Goodwill", "key": key, **values}


class TestCredit:
    def test_is_posted_once_however_often_the_form_is_sent(
        self, world: World, as_person: AsPerson
    ) -> None:
        client, address = as_person("bill"), url(world.acme, "credit")
        before, form = balance(world), filled(client, address)

        words = [client.post(address, form, follow=True).content.decode() for _ in range(2)]

        assert balance(world) == before + 1250
        assert "12.50 USD posted." in words[0]
        assert "posted already" in words[1]
        assert "Goodwill" in words[0]

    def test_one_key_does_not_serve_two_amounts(self, world: World, as_person: AsPerson) -> None:
        client, address = as_person("bill"), url(world.acme, "credit")
        before, form = balance(world), filled(client, address)
        client.post(address, form)

        answer = client.post(address, {**form, "amount": "99"})

        assert (answer.status_code, balance(world)) == (422, before + 1250)

    def test_brings_a_client_that_ran_out_back_at_once(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        down = url(world.acme, "correct")
        client.post(down, filled(client, down, amount="500", direction="down"))
        assert (status(world), reasons(world)) == ("suspended", [("exhausted", "")])

        address = url(world.acme, "credit")
        client.post(address, filled(client, address, amount="1000"))

        assert (status(world), reasons(world)) == ("active", [])

    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": "0"},
            {"amount": "-5"},
            {"amount": "1.001"},
            {"amount": "NaN"},
            {"amount": "1e30"},
            {"amount": ""},
            {"reason": ""},
            {"currency": "EUR"},
            {"key": ""},
        ],
    )
    def test_bad_input_posts_nothing_and_keeps_what_was_typed(
        self, world: World, as_person: AsPerson, wrong: dict[str, str]
    ) -> None:
        client, address = as_person("bill"), url(world.acme, "credit")
        before, form = balance(world), filled(client, address, **wrong)

        answer = client.post(address, form)

        assert (answer.status_code, balance(world)) == (422, before)
        if "reason" not in wrong:
            assert "Goodwill" in answer.content.decode()


class TestCorrect:
    def test_goes_below_zero_and_stays_beside_what_it_corrects(
        self, world: World, as_person: AsPerson
    ) -> None:
        client, address = as_person("bill"), url(world.acme, "correct")
        before = balance(world)

        client.post(address, filled(client, address, amount="100.25", direction="down"))

        assert balance(world) == before - 10025


class TestSuspend:
    def test_tells_why_and_is_lifted_by_hand(self, world: World, as_person: AsPerson) -> None:
        client = as_person("sue")

        client.post(url(world.acme, "suspend"), {"note": "Fraud check"})

        assert (status(world), reasons(world)) == ("suspended", [("by_hand", "Fraud check")])
        page = client.get(url(world.acme, "")).content.decode()
        assert "Fraud check" in page
        assert "Resume" in page
        answer = client.post(url(world.acme, "resume"), follow=True).content.decode()
        assert "is back." in answer
        assert (status(world), reasons(world)) == ("active", [])

    def test_credit_does_not_lift_it(self, world: World, as_person: AsPerson) -> None:
        client, address = as_person("paula"), url(world.acme, "credit")
        client.post(url(world.acme, "suspend"), {"note": "Fraud check"})

        client.post(address, filled(client, address))

        assert status(world) == "suspended"

    def test_twice_is_said(self, world: World, as_person: AsPerson) -> None:
        client = as_person("paula")
        client.post(url(world.acme, "suspend"), {"note": "One"})

        again = client.post(url(world.acme, "suspend"), {"note": "Two"})

        assert (again.status_code, reasons(world)) == (422, [("by_hand", "One")])

    def test_a_client_that_is_not_suspended_by_hand_is_not_resumed(
        self, world: World, as_person: AsPerson
    ) -> None:
        answer = as_person("paula").post(url(world.acme, "resume"), follow=True)

        assert "is back." not in answer.content.decode()
        assert status(world) == "active"


class TestOffers:
    @pytest.mark.parametrize(
        ("person", "offered"),
        [
            ("paula", {"credit", "correct", "edit", "suspend"}),
            ("bill", {"credit", "correct", "edit"}),
            ("sue", {"suspend"}),
            ("rita", set()),
        ],
    )
    def test_each_role_is_offered_what_it_may(
        self, world: World, as_person: AsPerson, person: str, offered: set[str]
    ) -> None:
        body = as_person(person).get(url(world.acme, "")).content.decode()

        words = ("credit", "correct", "edit", "suspend", "resume")
        assert {word for word in words if url(world.acme, word) in body} == offered
