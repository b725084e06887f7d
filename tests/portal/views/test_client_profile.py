"""A client's profile: legal data, contract, balance also below zero; changed by owners and billing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.services.credits import adjust
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tax.services.numbers import add_number
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

FILLED = {
    "legal_name": "Acme Robotics GmbH",
    "address": "Hauptstr. 1\r\n10115 Berlin",
    "country": "de",
    "billing_emails": "books@example.com",
    "language": "de",
    "name": "Not from here",
}


def base(public_id: str) -> str:
    return f"/provider/clients/{public_id}/profile/"


class TestProfile:
    def test_shows_what_is_stored_and_what_is_not(self, world: World, as_person: AsPerson) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            adjust(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.acme,
                amount=Money(-9000, "USD"),
                reason="Chargeback",
                key="below",
                now=NOW,
            )
            add_number(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.acme,
                country="DE",
                number="DE136695976",
                now=NOW,
            )
        as_person("bill").post(f"{base(world.acme)}edit", FILLED)

        body = as_person("rita").get(base(world.acme)).content.decode()
        bare = as_person("rita").get(base(world.globex)).content.decode()

        for words in (
            "Acme Robotics GmbH",
            "10115 Berlin",
            "DE136695976",
            "books@example.com",
            "-50.00 <span",
            "Pay-As-You-Go",
            "plan, version 1",
            "USD",
            "acme",
        ):
            assert words in body, words
        assert "Not given" in bare
        assert "Edit company data" not in body

    def test_company_data_are_changed_and_nothing_else(
        self, world: World, as_person: AsPerson
    ) -> None:
        answer = as_person("bill").post(f"{base(world.acme)}edit", FILLED)

        assert answer.headers["Location"] == base(world.acme)
        with provider_scope(world.cast.nimbus):
            tenant = tenant_by_id(world.cast.nimbus, world.cast.acme)
            profile = tenant_profile(world.cast.nimbus, world.cast.acme)
        assert (tenant.name, tenant.language) == ("Acme Canary-Acme", "de")
        assert (profile.country, profile.billing_emails) == ("DE", ("books@example.com",))

    def test_a_mistake_is_shown_where_it_stands(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("paula").post(f"{base(world.acme)}edit", {**FILLED, "country": "1x"})

        assert answer.status_code == 422
        assert "A country is two letters" in answer.content.decode()
        with provider_scope(world.cast.nimbus):
            assert tenant_profile(world.cast.nimbus, world.cast.acme).legal_name == ""

    @pytest.mark.parametrize(
        ("person", "status"), [("sue", 403), ("rita", 403), ("alice", 403), ("oskar", 404)]
    )
    def test_others_change_nothing(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        assert as_person(person).post(f"{base(world.acme)}edit", FILLED).status_code == status
        with provider_scope(world.cast.nimbus):
            assert tenant_profile(world.cast.nimbus, world.cast.acme).legal_name == ""
