"""A price on sale changes from an hour on: written, looked at, confirmed, followed by its clients."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import HOUR, Shop
from tests.outbox import mails_of, messages_of
from tests.roles import as_role
from usage.models import Price, PriceChange
from usage.services.charging import charge_hours
from usage.services.drafts import copy_version
from usage.services.meters import create_meter
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.price_changes import work_off_price_changes
from usage.services.prices import PriceDraft, add_price
from usage.services.run_notices import PRICE_TOPIC, tell_price_change

if TYPE_CHECKING:
    from django.http import HttpResponse
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

DAY, AT = NOW.date().isoformat(), NOW.hour


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def calls(world: World) -> Price:
    """Return the price that Acme has: 10 included, then 0.25."""
    with provider_scope(world.cast.nimbus):
        return Price.objects.get(code="calls", tenant_id=0)


def url(price: Price, verb: str = "") -> str:
    return f"/provider/price-lines/{price.pk}/{verb}"


def typed(**more: Any) -> dict[str, Any]:
    return {"unit": "0.5", "included": "10", "day": DAY, "hour": str(AT), **more}


def confirm(paula: Any, price: Price, data: dict[str, Any]) -> HttpResponse:
    """Press the button of the page that asks, with what stands hidden in it."""
    asked = paula.post(url(price, "change"), {**data, "do": "look"}).content.decode()
    assert "Change this price?" in asked
    hidden = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', asked)
    answer: HttpResponse = paula.post(url(price, "order"), dict(hidden))
    return answer


def changes(world: World) -> list[PriceChange]:
    with provider_scope(world.cast.nimbus):
        return list(PriceChange.objects.order_by("pk"))


def rates(world: World) -> list[tuple[Any, ...]]:
    with provider_scope(world.cast.nimbus):
        return fetch_all(
            "SELECT spec->>'unit', valid_from, valid_to FROM usage_price WHERE code = 'calls' AND tenant_id = 0"
            " ORDER BY valid_from NULLS FIRST, id"
        )


class TestChange:
    def test_a_future_hour_says_that_nothing_changes_before(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        editor = paula.get(url(calls, "change")).content.decode()
        asked = paula.post(
            url(calls, "change"), {**typed(hour=str(AT + 2)), "do": "look"}
        ).content.decode()

        assert 'value="0.25"' in editor
        assert "Nothing changes before that hour" in asked
        assert rates(world) == [("0.25", None, None)], "asking changes nothing"
        answer = confirm(paula, calls, typed(hour=str(AT + 2)))
        at = NOW.replace(minute=0) + 2 * HOUR
        assert answer["Location"] == url(calls)
        assert rates(world) == [("0.25", None, at), ("0.5", at, None)]

    def test_a_past_hour_posts_the_difference(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        hour = NOW.replace(minute=0) - HOUR
        paula = as_person("paula")
        data = typed(day=hour.date().isoformat(), hour=str(hour.hour))
        asked = paula.post(url(calls, "change"), {**data, "do": "look"}).content.decode()
        confirm(paula, calls, data)
        before = as_person("rita").get(url(calls)).content.decode()
        with as_role("worker"):
            assert work_off_price_changes(provider_id=world.cast.nimbus, now=NOW) == {"clients": 2}
            report = charge_hours(provider_id=world.cast.nimbus, until=NOW, now=NOW)

        for message in messages_of(world.cast.nimbus, PRICE_TOPIC) * 2:
            with as_role("worker"):
                tell_price_change(message)
        (mail,) = mails_of(world.cast.nimbus)
        assert mail["to"] == "paula@example.com"
        assert "Clients that were brought in line: 2\n" in mail["text"]
        assert "is priced anew" in asked
        assert "Clients are being brought in line" in before
        # 30 used, 10 included: 20 at 0.25 were charged, 20 at 0.50 are due.
        assert report.posted_minor == {"USD": 500}
        after = as_person("rita").get(url(calls))
        assert "Clients are being brought in line" not in after.content.decode()
        (line,) = after.context["page"].changes
        assert (line.asked_by, line.row.clients, line.percent) == ("paula@example.com", 2, 100)

    def test_the_page_lists_what_holds_when(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        confirm(as_person("paula"), calls, typed(hour=str(AT + 1)))
        page = as_person("sue").get(url(calls)).context["page"]

        assert [(each.is_now, each.line.rates[-1][:4]) for each in page.prices] == [
            (True, "0.25"),
            (False, "0.50"),
        ]
        assert page.current.id == calls.pk

    def test_one_form_asks_once_and_a_second_waits(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        sent = {**typed(hour=str(AT + 1)), "key": "once"}
        paula.post(url(calls, "order"), sent)
        paula.post(url(calls, "order"), sent)
        other = paula.post(url(calls, "order"), {**sent, "hour": str(AT + 2), "key": "other"})

        assert len(changes(world)) == 1
        assert other.status_code == 422
        assert "do not all follow its last change yet" in other.content.decode()

    def test_the_audit_log_says_who(self, world: World, calls: Price, as_person: AsPerson) -> None:
        paula = as_person("paula")
        confirm(paula, calls, typed(hour=str(AT + 1)))
        body = paula.get("/provider/audit/?kind=price").content.decode()

        assert "paula@example.com" in body
        assert "0.50 USD" in body

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"included": "-1"}, "not below zero"),
            ({"unit": "much"}, "Write a number"),
            ({"hour": "13:30"}, "Select a valid choice"),
            ({"hour": "24"}, "Select a valid choice"),
            ({"day": "2019-01-01"}, "within a year of today"),
            ({"day": ""}, "This field is required"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self,
        world: World,
        calls: Price,
        as_person: AsPerson,
        more: dict[str, str],
        words: str,
    ) -> None:
        paula = as_person("paula")
        for verb in ("change", "order"):
            answer = paula.post(url(calls, verb), {**typed(**more), "key": "k"})
            assert answer.status_code == 422
            assert words in answer.content.decode()
        assert rates(world) == [("0.25", None, None)]

    def test_going_back_keeps_what_was_typed(self, calls: Price, as_person: AsPerson) -> None:
        sent = {**typed(unit="0.75"), "do": "again"}
        answer = as_person("paula").post(url(calls, "change"), sent)

        assert answer.status_code == 200
        assert 'value="0.75"' in answer.content.decode()

    def test_tiers_are_written_row_by_row(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        rows = {
            "tier-TOTAL_FORMS": "2",
            "tier-INITIAL_FORMS": "0",
            "tier-0-up_to": "100",
            "tier-0-unit": "0.3",
            "tier-1-unit": "0.2",
        }
        paula = as_person("paula")
        sent = {**typed(hour=str(AT + 1)), **rows, "goes_on": "on", "key": "k"}
        paula.post(f"{url(calls, 'order')}?model=graduated", sent)

        with provider_scope(world.cast.nimbus):
            new = Price.objects.get(pk=changes(world)[0].price_id)
        assert (new.model, len(new.spec["tiers"]), new.is_continuing) == ("graduated", 2, True)

    def test_a_price_that_would_count_anew_is_refused(
        self, world: World, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            users = sold_users(world.cast.nimbus)
        answer = as_person("paula").post(url(users, "change"), {**typed(), "do": "look"})

        assert answer.status_code == 422
        assert "charged twice in a period" in answer.content.decode()

    @pytest.mark.parametrize("name", ["bill", "sue", "rita"])
    def test_others_than_the_owner_only_look(
        self, world: World, calls: Price, as_person: AsPerson, name: str
    ) -> None:
        person = as_person(name)

        page = person.get(url(calls))
        assert page.status_code == 200
        assert "Change from an hour on" not in page.content.decode()
        assert person.get(url(calls, "change")).status_code == 403
        assert person.post(url(calls, "order"), {**typed(), "key": "k"}).status_code == 403
        assert changes(world) == []

    def test_another_provider_s_price_and_a_draft_s_are_404(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            draft = copy_version(
                provider_id=world.cast.nimbus, version_id=calls.plan_version_id, now=NOW
            )
            drafted = Price.objects.get(plan_version_id=draft, code="calls")
        with as_role("worker"), provider_scope(world.cast.sonora):
            foreign = sold_users(world.cast.sonora)
        paula = as_person("paula")

        for price in (drafted, foreign):
            assert paula.get(url(price)).status_code == 404
            assert paula.get(url(price, "change")).status_code == 404
            sent = {**typed(), "key": "k"}
            assert paula.post(url(price, "order"), sent).status_code == 404

    def test_more_clients_ask_the_database_no_oftener(
        self, world: World, calls: Price, as_person: AsPerson
    ) -> None:
        paula, sent = as_person("paula"), {**typed(hour=str(AT + 1)), "do": "look"}
        add_clients(world, calls, 1)
        paula.post(url(calls, "change"), sent)
        with CaptureQueriesContext(connection) as few:
            paula.post(url(calls, "change"), sent)
        add_clients(world, calls, 4)
        with CaptureQueriesContext(connection) as many:
            paula.post(url(calls, "change"), sent)

        assert len(many) == len(few)


def sold_users(provider_id: int) -> Price:
    """Put a plan on sale whose users are counted; return its price."""
    meter_id = create_meter(
        provider_id=provider_id,
        code="users",
        name="Users",
        event_type="users",
        aggregation="unique",
        now=NOW,
    )
    plan_id = create_plan(provider_id=provider_id, code="seats", name="Seats", now=NOW)
    version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=NOW)
    price = PriceDraft(
        code="users",
        name="Per user",
        kind="usage",
        currency="USD",
        figures={"unit": "5"},
        meter_id=meter_id,
    )
    price_id = add_price(provider_id=provider_id, version_id=version_id, draft=price, now=NOW)
    activate_version(provider_id=provider_id, version_id=version_id, now=NOW)
    return Price.objects.get(pk=price_id)


def add_clients(world: World, price: Price, count: int) -> None:
    with as_role("worker"), provider_scope(world.cast.nimbus):
        shop = Shop(world.cast.nimbus, now=NOW)
        for _ in range(count):
            shop.subscribe(shop.tenant(), price.plan_version_id, NOW - timedelta(hours=1))
