"""The audit log tells who agreed on a price, set a budget, changed phone systems and gateways; never a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pghistory
import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from payments.models import ConnectionEvent, Credential, CredentialEvent
from tests.cast import NOW
from tests.factories.payments import make_connection
from tests.isolation.test_routes import body_of
from tests.roles import as_role
from usage.models import CallMapping
from usage.services.phone_systems import add_phone_system

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/audit/"
SECRETS = ("canary", "nary", "hidden-token", "sealed-words", "4321")


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)


def log(as_person: AsPerson, query: str = "") -> str:
    return as_person("paula").get(f"{URL}{query}").content.decode()


class TestBudgets:
    def test_set_changed_and_taken_away_they_are_told_with_who_and_whose(
        self, world: World, as_person: AsPerson
    ) -> None:
        alice = as_person("alice")
        for typed in ("25.50", "40", "40", ""):
            alice.post("/billing/costs/budget/", {"currency": "USD", "budget": typed})

        body = log(as_person, "?kind=budget")
        assert body.count("alice@") == 3  # what was saved again is no change
        for words in ("Budget of a client", "25.50 USD", "40.00 USD", "Acme"):
            assert words in body
        activity = "/provider/clients/{}/activity/"
        assert "25.50 USD" in as_person("rita").get(activity.format(world.acme)).content.decode()
        other = as_person("rita").get(activity.format(world.globex)).content.decode()
        assert "25.50 USD" not in other

    def test_another_tenant_does_not_read_their_history(
        self, world: World, as_person: AsPerson
    ) -> None:
        as_person("alice").post("/billing/costs/budget/", {"currency": "USD", "budget": "25.50"})
        own, asked = world.cast.nimbus, "SELECT amount_minor FROM usage_budget_event"

        with tenant_scope(own, world.cast.acme):
            assert fetch_all(asked) == [(2550,)]
        with tenant_scope(own, world.cast.globex):
            assert fetch_all(asked) == []


class TestOwnPrices:
    def test_agreed_and_ended_they_are_told_with_who_and_whose(
        self, world: World, as_person: AsPerson
    ) -> None:
        bill, base = as_person("bill"), f"/provider/clients/{world.acme}/prices/"
        cheap = {"unit": "0.10", "starts": "now", "do": "save"}
        bill.post(f"{base}own?line=calls&currency=USD", cheap)

        body = log(as_person, "?kind=price_override")
        assert "bill@" in body
        assert "calls (plan, version 1)" in body
        assert "0.10 USD" in body
        assert "from 20 Nov 2026" in body
        assert "Acme" in body
        activity = as_person("rita").get(f"/provider/clients/{world.acme}/activity/")
        assert "0.10 USD" in activity.content.decode()
        other = as_person("rita").get(f"/provider/clients/{world.globex}/activity/")
        assert "0.10 USD" not in other.content.decode()


class TestPhoneSystems:
    def test_zone_rules_and_lines_are_told_before_and_after(
        self, world: World, as_person: AsPerson
    ) -> None:
        nimbus, rules = world.cast.nimbus, [{"direction": "inbound", "context": "from-trunk*"}]
        with as_role("worker"), provider_scope(nimbus):
            system = add_phone_system(provider_id=nimbus, source="berlin", time_zone="UTC", now=NOW)
            CallMapping.objects.filter(pk=system).update(rules=rules)
        bill, base = as_person("bill"), f"/provider/calls/systems/{system}"
        assert log(as_person).count("berlin") == 0  # machines are not told

        bill.post(f"{base}/zone", {"time_zone": "Europe/Berlin"})
        line = {"kind": "number", "value": "+49 30 100", "tenant": "acme"}
        bill.post(f"{base}/line", line)

        body = log(as_person, "?kind=call_mapping")
        assert "<del>UTC</del> → Europe/Berlin" in body
        assert "from-trunk" not in body  # the rules stayed as they were
        assert "4930100" in log(as_person, "?kind=call_line")


class TestGateways:
    def test_a_change_is_told_and_no_secret_is_kept(
        self, world: World, as_person: AsPerson
    ) -> None:
        nimbus = world.cast.nimbus
        with provider_scope(nimbus), pghistory.context(user=world.cast.users["paula"]):
            row = make_connection(nimbus, state_note="key sk_canary refused")
            Credential.objects.filter(connection_id=row.pk).update(
                sealed="sealed-words",
                webhook_token="hidden-token" * 3,
                webhook_id="we_1",
                secret_sealed="sealed-words",
                secret_hint="4321",
                updated_at=NOW + timedelta(hours=1),
            )
        url = f"/provider/gateways/{row.public_id}/change"
        as_person("paula").post(url, {"label": "Cards", "position": "0", "is_on": ""})

        body = log(as_person)
        assert "<del>Card</del> → Cards" in body
        assert "<del>On</del> → Off" in body
        assert "we_1" in body
        with provider_scope(nimbus):
            tables = [model._meta.db_table for model in (ConnectionEvent, CredentialEvent)]
            kept = [fetch_all(f"SELECT t::text FROM {table} t", []) for table in tables]
        csv = body_of(as_person("paula").get("/provider/audit.csv"))
        for text in (str(kept), body, csv):
            assert not [word for word in SECRETS if word in text]

    def test_more_rows_ask_no_more_of_the_database(self, world: World, as_person: AsPerson) -> None:
        counts = []
        for _ in range(2):
            for label in ("One", "Two", "Three"):
                with provider_scope(world.cast.nimbus), pghistory.context(user=1):
                    make_connection(world.cast.nimbus, label=label)
            with CaptureQueriesContext(database) as queries:
                log(as_person)
            counts.append(len(queries))

        assert counts[0] == counts[1]
