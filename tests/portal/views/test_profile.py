"""A tenant's own profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.models import TenantEvent, TenantProfileEvent
from tenants.selectors.profiles import tenant_profile
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/company/profile/"
FILLED = {
    "name": "Acme Robotics",
    "legal_name": "Acme Robotics GmbH",
    "address": "Hauptstr. 1\r\n10115 Berlin",
    "country": "de",
    "billing_emails": "Books@example.com\r\ncfo@example.com, books@example.com",
    "language": "de",
    "time_zone": "Europe/Berlin",
}


class TestProfile:
    def test_saves_company_addresses_language_and_zone(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")

        answer = client.post(URL, FILLED)

        assert answer.headers["Location"] == URL
        with tenant_scope(world.cast.nimbus, world.cast.acme):
            stored = tenant_profile(world.cast.nimbus, world.cast.acme)
            tenant = tenant_by_id(world.cast.nimbus, world.cast.acme)
        assert (tenant.name, tenant.language, tenant.time_zone) == (
            "Acme Robotics",
            "de",
            "Europe/Berlin",
        )
        assert (stored.country, stored.address) == ("DE", "Hauptstr. 1\n10115 Berlin")
        assert stored.billing_emails == ("books@example.com", "cfo@example.com")
        body = client.get(URL).content.decode()
        assert "/company/tax/" in body  # where tax numbers stand, and nowhere else
        assert 'name="tax_id"' not in body
        assert "cfo@example.com" in body

    def test_who_changed_what_is_kept(self, world: World, as_person: AsPerson) -> None:
        client = as_person("alice")
        client.post(URL, FILLED)
        client.post(URL, {**FILLED, "legal_name": "Acme SE", "tax_id": "DE987654321"})

        with provider_scope(world.cast.nimbus):
            changes = list(TenantProfileEvent.objects.order_by("pgh_id"))
            named = TenantEvent.objects.order_by("pgh_id").last()
        assert [(row.legal_name, row.tax_id) for row in changes] == [
            ("Acme Robotics GmbH", ""),
            ("Acme SE", ""),
        ]
        assert {row.pgh_context["user"] for row in changes} == {world.cast.users["alice"]}
        assert named is not None
        assert named.name == "Acme Robotics"

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("name", " ", "This field is required."),
            ("time_zone", "Mars/Olympus", "is not known."),
            ("country", "D1", "A country is two letters"),
            ("billing_emails", "not an address", "is not an e-mail address."),
            ("billing_emails", "\n".join(f"a{n}@example.com" for n in range(11)), "At most 10"),
            ("language", "xx", "Select a valid choice."),
        ],
    )
    def test_says_what_cannot_be_and_keeps_what_was_typed(
        self, world: World, as_person: AsPerson, field: str, value: str, words: str
    ) -> None:
        answer = as_person("alice").post(URL, {**FILLED, field: value})

        body = answer.content.decode()
        assert answer.status_code == 422
        assert words in body
        assert "Acme Robotics GmbH" in body
        with tenant_scope(world.cast.nimbus, world.cast.acme):
            assert tenant_profile(world.cast.nimbus, world.cast.acme).legal_name == ""
            assert tenant_by_id(world.cast.nimbus, world.cast.acme).name != "Acme Robotics"

    def test_another_tenant_s_profile_stays_its_own(
        self, world: World, as_person: AsPerson
    ) -> None:
        as_person("alice").post(URL, FILLED)

        assert "cfo@example.com" not in as_person("charlie").get(URL).content.decode()
        with tenant_scope(world.cast.nimbus, world.cast.globex):
            stored = tenant_profile(world.cast.nimbus, world.cast.acme)
        assert stored.legal_name == ""

    def test_takes_the_same_number_of_queries_empty_or_filled(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("alice")
        client.get(URL)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(URL)
            counts.append(len(queries))
            client.post(URL, FILLED)
            client.get(URL)

        assert counts[0] == counts[1]

    @pytest.mark.parametrize(("person", "status"), [("bob", 403), ("paula", 403), ("mallory", 404)])
    def test_is_for_those_who_administer_the_tenant(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        client = as_person(person)

        assert client.get(URL).status_code == status
        assert client.post(URL, FILLED).status_code == status
