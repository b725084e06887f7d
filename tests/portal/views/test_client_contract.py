"""What a client is subscribed to, and what staff write about it: begun and ended once, never seen by the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
import time_machine
from django.db import ProgrammingError, transaction

from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tenants.models import Note
from tenants.services.tenants import create_tenant
from tests.cast import NOW
from tests.portal.views.test_undo import undo
from tests.roles import as_role
from usage.models import PlanVersion, Subscription

if TYPE_CHECKING:
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World


@pytest.fixture
def paula(world: World, as_person: AsPerson) -> Client:
    """Return the owner's browser."""
    return as_person("paula")


def base(public_id: str) -> str:
    return f"/provider/clients/{public_id}"


def subscriptions(world: World) -> list[tuple[Any, ...]]:
    with provider_scope(world.cast.nimbus):
        rows = Subscription.objects.filter(tenant_id=world.cast.acme).order_by("pk")
        return list(rows.values_list("pk", "ends_at"))


class TestSubscriptions:
    def test_are_listed_with_their_plan(self, world: World, as_person: AsPerson) -> None:
        body = as_person("rita").get(f"{base(world.acme)}/subscriptions/").content.decode()

        assert "version 1" in body
        assert "Running" in body
        assert "End now" not in body

    def test_a_set_end_is_taken_back_until_it_has_come(
        self, world: World, as_person: AsPerson, paula: Client
    ) -> None:
        ((number, _none),) = subscriptions(world)
        place = f"{base(world.acme)}/subscriptions/"
        chosen = {"subscription": str(number)}
        keep, sent = undo(paula, f"{place}end", ends="period", **chosen)
        ((_, ends),) = subscriptions(world)

        assert (keep, sent["subscription"]) == (f"{place}keep", str(number))
        assert "Let it go on" in paula.get(place).content.decode()
        assert "Let it go on" not in as_person("rita").get(place).content.decode()
        assert as_person("sue").post(keep, sent).status_code == 403
        with time_machine.travel(ends):
            late = paula.post(keep, sent, follow=True).content.decode()
        assert "This subscription has ended." in late
        assert subscriptions(world) == [(number, ends)]
        body = paula.post(keep, sent, follow=True).content.decode()
        assert "The subscription goes on." in body
        assert "Let it go on" not in body
        assert subscriptions(world) == [(number, None)]
        with provider_scope(world.cast.nimbus):
            told = fetch_all(
                "SELECT ends_at FROM usage_subscription_event WHERE id = %s ORDER BY pgh_id",
                [number],
            )
        assert [at for (at,) in told][-2:] == [ends, None]
        assert paula.post(keep, {"subscription": "x"}, follow=True).status_code == 200

    def test_an_end_in_place_of_a_later_one_is_not_undone(
        self, world: World, paula: Client
    ) -> None:
        ((number, _none),) = subscriptions(world)
        sent = {"subscription": str(number)}
        url = f"{base(world.acme)}/subscriptions/end"
        first = paula.post(url, {**sent, "ends": "period"}, follow=True).content.decode()
        second = paula.post(url, {**sent, "ends": "now"}, follow=True).content.decode()

        assert ("Undo" in first, "Undo" in second) == (True, False)
        assert "The end of the subscription is set." in second

    def test_one_ends_once_and_another_begins_once(self, world: World, paula: Client) -> None:
        ((first, none),) = subscriptions(world)
        assert none is None
        ends = {"subscription": str(first), "ends": "now"}
        paula.post(f"{base(world.acme)}/subscriptions/end", ends)
        ((_, ended),) = subscriptions(world)
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(state="active").pk
        begins = {"version": str(version), "starts": "period", "key": "k-1"}
        for _ in range(2):
            answer = paula.post(f"{base(world.acme)}/subscriptions/begin", begins)
            assert answer.status_code == 302

        assert ended is not None
        assert len(subscriptions(world)) == 2

    def test_two_that_price_one_meter_are_refused(self, world: World, paula: Client) -> None:
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(state="active").pk
        begins = {"version": str(version), "starts": "now", "key": "k-2"}
        answer = paula.post(f"{base(world.acme)}/subscriptions/begin", begins)

        assert answer.status_code == 422
        assert len(subscriptions(world)) == 1

    def test_the_next_period_of_nobody_is_not_now(self, world: World, paula: Client) -> None:
        provider_id = world.cast.nimbus
        with provider_scope(provider_id):
            fresh = create_tenant(provider_id=provider_id, external_id="f", name="F", now=NOW)
            version = PlanVersion.objects.get(state="active").pk
        begins = {"version": str(version), "starts": "period", "key": "k-3"}
        answer = paula.post(f"{base(fresh.public_id)}/subscriptions/begin", begins)

        assert answer.status_code == 422
        assert "No billing period runs" in answer.content.decode()
        with provider_scope(provider_id):
            assert not Subscription.objects.filter(tenant_id=fresh.id).exists()

    def test_one_of_another_client_is_not_ended(self, world: World, paula: Client) -> None:
        ((first, _),) = subscriptions(world)
        ends = {"subscription": str(first), "ends": "now"}
        answer = paula.post(f"{base(world.globex)}/subscriptions/end", ends, follow=True)

        assert "no such subscription" in answer.content.decode()
        assert subscriptions(world) == [(first, None)]


class TestNotes:
    def test_are_written_once_and_pinned_first(self, world: World, paula: Client) -> None:
        url = f"{base(world.acme)}/notes/"
        for key, text in (("a", "Prefers the phone"), ("b", "<b>Second</b>"), ("a", "Again")):
            paula.post(f"{url}add", {"text": text, "key": key})
        with provider_scope(world.cast.nimbus):
            first = Note.objects.order_by("pk").values_list("pk", flat=True)[0]
        paula.post(f"{url}pin", {"note": str(first), "pin": "1"})

        body = paula.get(url).content.decode()
        assert "Again" not in body
        assert "&lt;b&gt;Second&lt;/b&gt;" in body
        assert body.index("Prefers the phone") < body.index("Second")

    def test_an_empty_one_is_refused(self, world: World, paula: Client) -> None:
        answer = paula.post(f"{base(world.acme)}/notes/add", {"text": "  ", "key": "a"})

        assert answer.status_code == 422
        with provider_scope(world.cast.nimbus):
            assert not Note.objects.exists()

    def test_the_client_reads_none(self, world: World, paula: Client) -> None:
        paula.post(f"{base(world.acme)}/notes/add", {"text": "Pays late", "key": "a"})

        with tenant_scope(world.cast.nimbus, world.cast.acme):
            assert fetch_all("SELECT count(*) FROM tenants_note") == [(0,)]

    def test_a_note_of_another_client_is_not_pinned(self, world: World, paula: Client) -> None:
        paula.post(f"{base(world.acme)}/notes/add", {"text": "Pays late", "key": "a"})
        with provider_scope(world.cast.nimbus):
            note = Note.objects.values_list("pk", flat=True)[0]
        paula.post(f"{base(world.globex)}/notes/pin", {"note": str(note), "pin": "1"})

        with provider_scope(world.cast.nimbus):
            assert not Note.objects.filter(is_pinned=True).exists()

    @pytest.mark.parametrize("role", ["app", "worker"])
    def test_the_words_of_a_note_cannot_be_changed(
        self, world: World, paula: Client, role: Literal["app", "worker"]
    ) -> None:
        paula.post(f"{base(world.acme)}/notes/add", {"text": "Pays late", "key": "a"})

        for column in ("text = 'Pays early'", "author_id = NULL", "created_at = now()"):
            with (
                as_role(role),
                provider_scope(world.cast.nimbus),
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
            ):
                execute(f"UPDATE tenants_note SET {column}")
        with as_role("app"), provider_scope(world.cast.nimbus):
            execute("UPDATE tenants_note SET is_pinned = true")
            assert list(Note.objects.values_list("text", "is_pinned")) == [("Pays late", True)]
