"""A version goes on sale: what becomes of those who have the plan, and what the page says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import HOUR, Shop
from tests.outbox import mails_of, messages_of
from tests.roles import as_role
from usage.models import PlanMove, PlanVersion, Subscription
from usage.services.drafts import copy_version
from usage.services.meters import create_meter
from usage.services.plan_moves import work_off_moves
from usage.services.prices import PriceDraft, add_price
from usage.services.run_notices import MOVE_TOPIC, tell_move

if TYPE_CHECKING:
    from collections.abc import Callable

    from time_machine import TimeMachineFixture

    from billing_platform.kernel.outbox import Message
    from tests.portal.views.conftest import AsPerson, World


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def draft(world: World) -> PlanVersion:
    """Return a draft with the prices that Acme and Globex have."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        old = PlanVersion.objects.get(plan__code="plan")
        new = copy_version(provider_id=world.cast.nimbus, version_id=old.pk, now=NOW)
        return PlanVersion.objects.get(pk=new)


def url(version: PlanVersion, verb: str) -> str:
    return f"/provider/plans/{version.plan_id}/versions/{version.pk}/{verb}"


def state(version: PlanVersion) -> str:
    with provider_scope(version.provider_id):
        version.refresh_from_db()
    return version.state


def moves(world: World) -> list[PlanMove]:
    with provider_scope(world.cast.nimbus):
        return list(PlanMove.objects.all())


class TestSell:
    def test_it_says_how_many_have_the_plan_and_what_they_would_pay(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        page = as_person("paula").get(url(draft, "sell"))
        body = page.content.decode()

        assert "2 clients have the plan now" in body
        assert 'value="stay" checked' in body
        acme = next(
            each for each in page.context["page"].previews if each.client.startswith("Acme")
        )
        assert acme.would == Money(500, "USD")

    def test_they_stay_unless_asked(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        as_person("paula").post(url(draft, "activate"))

        assert state(draft) == "active"
        assert moves(world) == []

    def test_they_move_and_the_page_tells_of_each(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        sent = {"subscribers": "now", "key": "once"}
        answer = paula.post(url(draft, "activate"), sent)
        again = paula.post(url(draft, "activate"), sent)
        waits = as_person("rita").get(answer["Location"])
        assert (waits.context["page"].done, waits.context["page"].total) == (0, 2)
        assert 'max="100" value="0"' in waits.content.decode()
        with as_role("worker"):
            work_off_moves(provider_id=world.cast.nimbus, now=NOW)

        assert answer["Location"] == again["Location"]
        page = as_person("rita").get(answer["Location"])
        assert [line.row.external_id for line in page.context["page"].lines] == ["acme", "globex"]
        assert page.context["page"].asked_by == "paula@example.com"
        assert (page.context["page"].done, page.context["page"].total) == (2, 2)
        assert "<progress" not in page.content.decode()
        csv = as_person("rita").get(f"{answer['Location']}results.csv")
        assert b"".join(cast("list[bytes]", list(csv.streaming_content))).count(b"moved") == 2  # type: ignore[attr-defined]  # a streamed answer
        with provider_scope(world.cast.nimbus):
            assert set(Subscription.objects.values_list("plan_version_id", flat=True)) == {draft.pk}
        none = as_person("rita").get(f"{answer['Location']}?outcome=refused")
        assert "No subscription has this outcome" in none.content.decode()

    def test_a_move_within_a_period_is_not_offered_where_it_would_charge_twice(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            meter_id = create_meter(
                provider_id=world.cast.nimbus,
                code="users",
                name="Users",
                event_type="users",
                aggregation="unique",
                now=NOW,
            )
            price = PriceDraft(
                code="users",
                name="Per user",
                kind="usage",
                currency="USD",
                figures={"unit": "5"},
                meter_id=meter_id,
            )
            add_price(provider_id=world.cast.nimbus, version_id=draft.pk, draft=price, now=NOW)
        paula = as_person("paula")
        body = paula.get(url(draft, "sell")).content.decode()
        refused = paula.post(
            url(draft, "activate"), {"subscribers": "now", "key": "k"}, follow=True
        )

        assert 'value="now"' not in body
        assert "Per user would be counted anew" in body
        assert "only move with their next billing period" in refused.content.decode()
        assert state(draft) == "draft"

    @pytest.mark.parametrize("data", [{"subscribers": "tomorrow"}, {"subscribers": "period"}])
    def test_what_makes_no_sense_changes_nothing(
        self, world: World, draft: PlanVersion, as_person: AsPerson, data: dict[str, str]
    ) -> None:
        as_person("paula").post(url(draft, "activate"), data)

        assert state(draft) == "draft"

    def test_more_clients_ask_the_database_no_oftener(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        add_clients(world, 1)
        paula.get(url(draft, "sell"))
        with CaptureQueriesContext(connection) as few:
            paula.get(url(draft, "sell"))
        add_clients(world, 4)
        with CaptureQueriesContext(connection) as many:
            paula.get(url(draft, "sell"))

        assert len(many) == len(few)

    def test_one_under_way_shows_on_the_version_s_page(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        with provider_scope(world.cast.nimbus):
            old = PlanVersion.objects.exclude(pk=draft.pk).get(plan_id=draft.plan_id).pk
        as_person("bill").post(url(draft, "activate"), {"subscribers": "period", "key": "k"})
        page, words = f"/provider/plans/{draft.plan_id}/", "Clients are being moved to this version"

        rita = as_person("rita")
        assert words in rita.get(f"{page}?version={draft.pk}").content.decode()
        body = rita.get(f"{page}?version={old}").content.decode()
        assert words not in body
        assert "With each client&#x27;s next billing period" in body
        with as_role("worker"):
            work_off_moves(provider_id=world.cast.nimbus, now=NOW)
        assert words not in rita.get(f"{page}?version={draft.pk}").content.decode()


class TestStop:
    def test_it_ends_where_it_is_and_who_asked_is_told_once(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        page = as_person("paula").post(
            url(draft, "activate"), {"subscribers": "now", "key": "once"}
        )["Location"]
        bill = as_person("bill")
        assert "Stop the move" in bill.get(page).content.decode()
        for words in ("The move is stopped", "The move has ended already"):
            answer = bill.post(f"{page}stop", follow=True)
            assert words in answer.content.decode()
        body = answer.content.decode()
        assert "everybody else stays on the version they have" in body
        assert "bill@example.com" in body
        assert "Stop the move" not in body

        with as_role("worker"):
            assert work_off_moves(provider_id=world.cast.nimbus, now=NOW) == {}
        (mail,) = told(world, MOVE_TOPIC, tell_move)
        assert mail["to"] == "paula@example.com"
        assert mail["subject"].endswith(": the move to version 2 was stopped")
        assert "Moved: 0\n" in mail["text"]
        notices = as_person("paula").get("/notifications/").content.decode()
        assert "the move to version 2 was stopped" in notices
        assert "was stopped" not in as_person("bill").get("/notifications/").content.decode()

    def test_one_that_is_done_says_how_many_moved(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        page = as_person("paula").post(
            url(draft, "activate"), {"subscribers": "now", "key": "once"}
        )["Location"]
        with as_role("worker"):
            work_off_moves(provider_id=world.cast.nimbus, now=NOW)
        (mail,) = told(world, MOVE_TOPIC, tell_move)
        assert "Moved: 2\nStay as they are: 0\nCould not move: 0\n" in mail["text"]
        assert page in mail["text"]
        assert "Stop the move" not in as_person("paula").get(page).content.decode()

    def test_who_left_is_not_told(
        self, world: World, draft: PlanVersion, as_person: AsPerson
    ) -> None:
        as_person("paula").post(url(draft, "activate"), {"subscribers": "now", "key": "once"})
        with as_role("worker"), provider_scope(world.cast.nimbus):
            work = PlanMove.objects.filter(provider_id=world.cast.nimbus)
            work.update(asked_by_id=world.cast.users["mallory"])
        with as_role("worker"):
            work_off_moves(provider_id=world.cast.nimbus, now=NOW)
        assert told(world, MOVE_TOPIC, tell_move) == []

    @pytest.mark.parametrize(
        ("person", "status"), [("sue", 403), ("rita", 403), ("alice", 403), ("oskar", 404)]
    )
    def test_nobody_else_stops_it(
        self, draft: PlanVersion, as_person: AsPerson, person: str, status: int
    ) -> None:
        page = as_person("paula").post(
            url(draft, "activate"), {"subscribers": "now", "key": "once"}
        )["Location"]
        assert as_person(person).post(f"{page}stop").status_code == status
        if person in ("sue", "rita"):
            assert "Stop the move" not in as_person(person).get(page).content.decode()
        with as_role("worker"), provider_scope(draft.provider_id):
            assert PlanMove.objects.get().finished_at is None


def told(world: World, topic: str, handler: Callable[[Message], None]) -> list[dict[str, Any]]:
    """Hand the messages of a topic over, each twice, and return the mails."""
    for message in messages_of(world.cast.nimbus, topic) * 2:
        with as_role("worker"):
            handler(message)
    return mails_of(world.cast.nimbus)


def add_clients(world: World, count: int) -> None:
    """Subscribe more clients, all of whom used something."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        shop = Shop(world.cast.nimbus, now=NOW)
        version = PlanVersion.objects.get(plan__code="plan", number=1)
        for _ in range(count):
            tenant_id = shop.tenant()
            shop.subscribe(tenant_id, version.pk, NOW - HOUR)
