"""Suspending several clients at once, and letting them return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tenants.selectors.tenants import tenant_by_id
from tenants.services.suspension import suspend_by_hand
from tests.cast import NOW

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/clients/"


def statuses(world: World) -> list[str]:
    """Return where Acme and Globex stand."""
    with provider_scope(world.cast.nimbus):
        found = [tenant_by_id(world.cast.nimbus, i) for i in (world.cast.acme, world.cast.globex)]
    return [tenant.status for tenant in found]


class TestSelected:
    def test_names_who_was_chosen_on_the_list(self, world: World, as_person: AsPerson) -> None:
        client = as_person("sue")
        assert f'name="client" value="{world.acme}"' in client.get(URL).content.decode()

        body = client.get(
            f"{URL}selected", {"client": [world.acme, world.aria, "x\x00"], "q": "acme"}
        ).content.decode()

        assert "1 selected client" in body
        assert "Acme Canary-Acme" in body
        assert "Aria" not in body
        assert 'name="back" value="?q=acme"' in body

    def test_takes_as_many_as_the_longest_page_has(self, world: World, as_person: AsPerson) -> None:
        chosen = [*(f"ten_{number}" for number in range(99)), world.acme]

        body = as_person("sue").get(f"{URL}selected", {"client": chosen}).content.decode()

        assert "1 selected client" in body

    def test_needs_a_choice(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("sue").get(f"{URL}selected", {"order": "name"}, follow=True)

        assert answer.redirect_chain == [(f"{URL}?order=name", 302)]
        assert "Choose at least one client." in answer.content.decode()


class TestSuspendAndResume:
    def test_tell_what_came_of_each(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            suspend_by_hand(
                provider_id=world.cast.nimbus, tenant_id=world.cast.globex, note="", now=NOW
            )
        client = as_person("sue")
        chosen = {"client": [world.acme, world.globex, world.acme], "note": "Fraud?"}

        answer = client.post(f"{URL}suspend", {**chosen, "back": "?order=name"}, follow=True)

        body = answer.content.decode()
        assert answer.redirect_chain == [(f"{URL}result", 302)]
        assert "1 of 2 suspended" in body
        assert [(row.name, row.refusal) for row in answer.context["rows"]] == [
            ("Acme Canary-Acme", ""),
            ("Globex Canary-Globex", "This client is suspended by hand already."),
        ]
        assert answer.context["failed"] == [world.globex]
        assert f'href="{URL}?order=name"' in body
        assert statuses(world) == ["suspended", "suspended"]
        assert client.get(f"{URL}result").content.decode().count("Not done") == 1

        body = client.post(f"{URL}resume", chosen, follow=True).content.decode()
        assert "2 of 2 no longer suspended by hand" in body
        assert statuses(world) == ["active", "active"]

        answer = client.post(f"{URL}resume", chosen, follow=True)
        assert "This client is not suspended by hand." in answer.content.decode()
        assert answer.context["failed"] == [world.acme, world.globex]

    def test_are_told_to_who_did_it_only(self, world: World, as_person: AsPerson) -> None:
        client = as_person("sue")
        client.post(f"{URL}suspend", {"client": [world.acme]})

        assert as_person("paula").get(f"{URL}result").headers["Location"] == URL
        assert as_person("rita").get(f"{URL}result").status_code == 403

    def test_leave_foreign_clients_alone(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("oskar").post(
            f"{URL}suspend", {"client": [world.acme, "ten_nobody", "\x00"]}, follow=True
        )

        body = answer.content.decode()
        assert "There is no such client." in body
        assert "Canary-Acme" not in body
        assert answer.context["failed"] == []
        assert statuses(world) == ["active", "active"]

    def test_lead_nowhere_else(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("sue").post(f"{URL}suspend", {"back": "//evil.example/?q=x"})

        assert answer.headers["Location"].startswith(URL)

    @pytest.mark.parametrize("action", ["suspend", "resume"])
    @pytest.mark.parametrize(
        ("person", "status"), [("rita", 403), ("alice", 403), ("mallory", 404)]
    )
    def test_are_not_for_those_who_only_read(
        self, world: World, as_person: AsPerson, person: str, status: int, action: str
    ) -> None:
        client = as_person(person)

        assert client.post(f"{URL}{action}", {"client": [world.acme]}).status_code == status
        assert client.get(f"{URL}selected", {"client": [world.acme]}).status_code == status
        assert statuses(world) == ["active", "active"]
        if person == "rita":
            assert 'form="choice"' not in client.get(URL).content.decode()
