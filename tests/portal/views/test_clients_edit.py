"""Taking on a client and changing one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.models import Invitation, Tenant
from tenants.selectors.tenants import list_tenants, tenant_by_external_id
from tenants.services.tenants import close_tenant
from tests.cast import NOW
from tests.roles import as_role
from usage.selectors.directory import running_plans

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/clients/"
NEW = f"{URL}new"


def form(**changes: str) -> dict[str, str]:
    """Return what a person sends, with some of it changed."""
    return {
        "key": new_public_id("ten"),
        "name": "Initech",
        "external_id": "initech",
        "category": "organisation",
        "email": "peter@initech.example",
        "currency": "USD",
        "time_zone": "Asia/Kolkata",
        "billing_plan": "PREPAID",
        "contract_type": "FIXED",
        "credit_limit": "12,50",
        "plan": "plan@1",
        "starts_on": "",
        **changes,
    }


def mails() -> list[dict[str, Any]]:
    """Return the mails that were written."""
    with as_role("worker"), system_scope():
        rows = fetch_all("SELECT payload FROM kernel_outbox WHERE topic = 'mail' ORDER BY id")
    return [json.loads(payload) for (payload,) in rows]


class TestNewClient:
    def test_has_a_wallet_a_plan_and_an_invited_admin(
        self, world: World, as_person: AsPerson
    ) -> None:
        answer = as_person("bill").post(NEW, form(), follow=True)

        assert answer.status_code == 200
        assert "Initech is added; peter@initech.example is invited." in answer.content.decode()
        nimbus = world.cast.nimbus
        with provider_scope(nimbus):
            tenant = tenant_by_external_id(nimbus, "initech")
            (wallet,) = wallets_of(nimbus, [tenant.id])
            (plan,) = running_plans(nimbus, [tenant.id], now=tenant.created_at)
            invitation = Invitation.objects.get()
        assert (tenant.time_zone, tenant.contract_type) == ("Asia/Kolkata", "FIXED")
        assert tenant.credit_limit_minor == 1250
        assert (wallet.currency, wallet.suspend_limit) == ("USD", -1250)
        assert (plan.name, plan.number) == ("plan", 1)
        assert (invitation.tenant_id, invitation.role) == (tenant.id, "admin")
        (mail,) = mails()
        assert mail["to"] == "peter@initech.example"
        assert mail["subject"] == "You are invited to Initech"

    def test_sent_twice_is_one_client(self, world: World, as_person: AsPerson) -> None:
        sent = form()
        client = as_person("paula")

        first, second = client.post(NEW, sent), client.post(NEW, sent)

        assert first.status_code == second.status_code == 302
        assert first.headers["Location"] == second.headers["Location"]
        with provider_scope(world.cast.nimbus):
            rows = list_tenants(world.cast.nimbus).rows
        assert [row.external_id for row in rows].count("initech") == 1
        assert len(mails()) == 1

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"external_id": "acme"}, "A client with this external id exists already."),
            ({"time_zone": "Mars/Olympus"}, "is not known"),
            ({"email": "peter"}, "Enter a valid email address"),
            ({"credit_limit": "1.005"}, "at most 2 decimal places"),
            ({"credit_limit": "-1"}, "an amount of 0 or more"),
            ({"credit_limit": "much"}, "an amount of 0 or more"),
            ({"currency": "EUR"}, "currency"),
            ({"currency": "ZZZ"}, "Select a valid choice"),
            ({"plan": "plan@9"}, "Select a valid choice"),
            ({"starts_on": "1999-01-01"}, "within a year of today"),
            ({"name": "  "}, "This field is required"),
            ({"key": "x"}, "Open this page anew"),
            ({"billing_plan": "FREE"}, "Select a valid choice"),
        ],
    )
    def test_is_refused_with_the_reason_and_what_was_typed(
        self, world: World, as_person: AsPerson, changes: dict[str, str], words: str
    ) -> None:
        answer = as_person("paula").post(NEW, form(**changes))

        assert answer.status_code == 422
        body = answer.content.decode()
        assert words in body
        assert 'value="peter' in body
        with provider_scope(world.cast.nimbus):
            assert Tenant.objects.count() == 2
            assert not Invitation.objects.exists()
        assert mails() == []

    def test_may_begin_without_a_plan(self, world: World, as_person: AsPerson) -> None:
        assert (
            as_person("paula").post(NEW, form(plan="", currency="JPY", credit_limit="")).status_code
            == 302
        )

    def test_begins_with_a_day_of_its_own_zone(self, world: World, as_person: AsPerson) -> None:
        as_person("paula").post(NEW, form(starts_on="2026-11-10"))

        with provider_scope(world.cast.nimbus):
            rows = fetch_all("SELECT starts_at FROM usage_subscription WHERE key = 'first'")
        # Midnight in Kolkata is 18:30 UTC; contracts begin on full hours.
        assert [at.isoformat() for (at,) in rows] == ["2026-11-09T19:00:00+00:00"]

    @pytest.mark.parametrize("person", ["sue", "rita", "alice"])
    def test_is_for_owners_and_billing(
        self, world: World, as_person: AsPerson, person: str
    ) -> None:
        client = as_person(person)

        assert client.get(NEW).status_code == 403
        assert client.post(NEW, form()).status_code == 403
        if person != "alice":
            assert "Add Client" not in client.get(URL).content.decode()


class TestEditClient:
    def test_changes_the_terms_and_the_limit_at_once(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("bill")
        url = f"{URL}{world.acme}/edit"

        assert 'value="Acme Canary-Acme"' in client.get(url).content.decode()
        answer = client.post(url, form(name="Acme Two", external_id="acme2", credit_limit="7"))

        assert answer.headers["Location"] == f"{URL}{world.acme}/"
        with provider_scope(world.cast.nimbus):
            tenant = tenant_by_external_id(world.cast.nimbus, "acme2")
            (wallet,) = wallets_of(world.cast.nimbus, [tenant.id])
        assert (tenant.id, tenant.name) == (world.cast.acme, "Acme Two")
        assert (tenant.currency, tenant.contract_type) == ("USD", "FIXED")
        assert wallet.suspend_limit == -700

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"external_id": "globex"}, "A client with this external id exists already."),
            ({"time_zone": "../etc"}, "is not known"),
            ({"credit_limit": "0.001"}, "at most 2 decimal places"),
        ],
    )
    def test_is_refused_with_the_reason(
        self, world: World, as_person: AsPerson, changes: dict[str, str], words: str
    ) -> None:
        answer = as_person("paula").post(f"{URL}{world.acme}/edit", form(**changes))

        assert answer.status_code == 422
        assert words in answer.content.decode()
        with provider_scope(world.cast.nimbus):
            assert tenant_by_external_id(world.cast.nimbus, "acme").name == "Acme Canary-Acme"

    def test_of_a_closed_client_is_refused(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            close_tenant(provider_id=world.cast.nimbus, tenant_id=world.cast.acme, now=NOW)

        answer = as_person("paula").post(f"{URL}{world.acme}/edit", form())

        assert "This client is closed." in answer.content.decode()

    @pytest.mark.parametrize(
        ("person", "status"), [("sue", 403), ("rita", 403), ("alice", 403), ("oskar", 404)]
    )
    def test_is_for_the_provider_s_owners_and_billing(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        client = as_person(person)
        url = f"{URL}{world.acme}/edit"

        assert client.get(url).status_code == status
        assert client.post(url, form()).status_code == status
