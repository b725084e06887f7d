"""What the demo says to look at: people who can log in, and addresses that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.urls import include, path, resolve
from django.utils.html import escape

from billing_platform.demo.guide import BANK_STEPS, GUIDE
from billing_platform.demo_data.cast import PROVIDERS

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
