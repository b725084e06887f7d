"""What the demo says to look at: people who can log in, and addresses that exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.urls import include, path, resolve
from django.utils.html import escape

from billing_platform.demo.guide import BANK_STEPS, GUIDE
from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.demo_data.seeding import seed_demo
from tenants.models import User
from tests.roles import as_role

if TYPE_CHECKING:
    from django.test import Client

urlpatterns = [
    path("demo/", include("billing_platform.demo.urls")),
    path("", include("billing_platform.portal.urls")),
]


def emails(slug: str) -> set[str]:
    provider = next(row for row in PROVIDERS if row.slug == slug)
    people = [*provider.people, *(each for tenant in provider.tenants for each in tenant.people)]
    return {person.email for person in people}


class TestGuide:
    def test_names_people_of_the_cast(self) -> None:
        assert {stop.provider for stop in GUIDE} == {provider.slug for provider in PROVIDERS}
        for stop in GUIDE:
            assert stop.email in emails(stop.provider)

    def test_leads_to_addresses_that_exist(self) -> None:
        steps = [step for stop in GUIDE for step in stop.steps]
        steps += [step for way in BANK_STEPS for step in (*way.before, *way.after)]
        for step in steps:
            assert resolve(urlsplit(step.path).path).url_name

    def test_names_people_of_the_bank_stories(self) -> None:
        assert {way.provider for way in BANK_STEPS} == {provider.slug for provider in PROVIDERS}
        for way in BANK_STEPS:
            assert {way.email, way.buyer} <= emails(way.provider)

    @pytest.mark.django_db
    @pytest.mark.urls("tests.demo.test_guide")
    def test_is_a_page_with_a_login_for_each(self, client: Client) -> None:
        body = client.get("/demo/", SERVER_PORT="8000").content.decode()

        for stop in GUIDE:
            assert stop.email in body
        assert 'href="http://sonora.localhost:8000/billing/calls/"' in body
        for provider in PROVIDERS:
            for client_of in provider.tenants:
                assert escape(client_of.story) in body
                assert f"{provider.host}:8000/provider/clients/?q={client_of.external_id}" in body

    @pytest.mark.django_db
    def test_every_link_opens_for_the_login_beside_it(self, client: Client) -> None:
        with as_role("worker"):
            seed_demo(now=datetime(2026, 11, 20, 15, 30, tzinfo=UTC), days=4)

        for stop in GUIDE:
            client.force_login(User.objects.get(email=stop.email))
            for step in stop.steps:
                answer = client.get(step.path, HTTP_HOST=f"{stop.provider}.localhost")
                assert answer.status_code == 200, (stop.email, step.path)
        for way in BANK_STEPS:
            client.force_login(User.objects.get(email=way.email))
            for step in (*way.before, *way.after):
                answer = client.get(step.path, HTTP_HOST=f"{way.provider}.localhost")
                assert answer.status_code == 200, (way.email, step.path)
        assert "1 invoice is overdue" in self.page(client, "paula@nimbus.example", "/provider/")
        assert "Invoice overdue" in self.page(client, "erin@everline.example", "/dashboard/")
        assert "Invoice overdue" not in self.page(client, "alice@acme.example", "/dashboard/")
        for provider in PROVIDERS:
            client.force_login(User.objects.get(email=provider.people[0].email))
            for row in provider.tenants:
                address = f"/provider/clients/?q={row.external_id}"
                found = client.get(address, HTTP_HOST=provider.host).content.decode()
                assert escape(row.name) in found

    def page(self, client: Client, email: str, path: str) -> str:
        client.force_login(User.objects.get(email=email))
        return client.get(path, HTTP_HOST="nimbus.localhost").content.decode()
