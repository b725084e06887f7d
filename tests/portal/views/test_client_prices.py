"""A client's own prices: agreed once by a form, charged from their hour on, ended; the client sees a price like any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.models import Meter, PriceOverride
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

HOUR = timedelta(hours=1)
CALLS = "?line=calls&currency=USD"
CHEAP = {"unit": "0.10", "starts": "now", "do": "save"}
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)


def base(world: World, tenant: str = "acme") -> str:
    return f"/provider/clients/{getattr(world, tenant)}/prices/"


def agree(client: Client, world: World, tenant: str = "acme", **more: str) -> HttpResponse:
    return client.post(f"{base(world, tenant)}own{CALLS}", {**CHEAP, **more})  # type: ignore[return-value]  # the test client's own kind


def agreed(world: World) -> list[tuple[Any, ...]]:
    """Return tenant, unit, begin and end of every own price."""
    sql = (
        "SELECT o.id, o.tenant_id, w.spec ->> 'unit', lower(o.valid), upper(o.valid)"
        "  FROM usage_price_override o JOIN usage_price w ON w.id = o.own_price_id ORDER BY lower(o.valid), o.id"
    )
    with provider_scope(world.cast.nimbus):
        return [row[1:] for row in fetch_all(sql)]


def numbers(world: World) -> list[str]:
    with provider_scope(world.cast.nimbus):
        return [str(pk) for pk in PriceOverride.objects.order_by("pk").values_list("pk", flat=True)]


def charge_an_hour(world: World, quantity: str) -> None:
    """Let Acme and Globex make calls in the running hour, and charge it."""
    with as_role("worker"):
        with provider_scope(world.cast.nimbus):
            meter = Meter.objects.get(code="calls")
            shop = Shop(world.cast.nimbus, now=NOW, meters={"calls": meter.pk})
            for tenant_id in (world.cast.acme, world.cast.globex):
                shop.use(tenant_id, "calls", quantity, NOW)
        charge_hours(provider_id=world.cast.nimbus, until=NOW + HOUR, now=NOW + HOUR)


def balance(world: World, tenant_id: int) -> Money:
    with provider_scope(world.cast.nimbus):
        (wallet,) = wallets_of(world.cast.nimbus, [tenant_id])
    return Money(wallet.settled, wallet.currency)


class TestAgree:
    def test_one_form_agrees_once_and_is_charged_from_its_hour_on(
        self, world: World, as_person: AsPerson, time_machine: TimeMachineFixture
    ) -> None:
        client = as_person("bill")

        answers = [agree(client, world)]
        charge_an_hour(world, "10")
        time_machine.move_to(NOW + timedelta(minutes=80), tick=False)
        answers.append(agree(client, world))

        assert [answer.status_code for answer in answers] == [302, 302]
        assert agreed(world) == [(world.cast.acme, "0.10", NOW, None)]
        assert balance(world, world.cast.acme) == Money(3900, "USD")  # 40.00 less 10 at 0.10
        assert balance(world, world.cast.globex) == Money(700, "USD")  # 10 included, as before

    def test_a_later_word_replaces_the_one_before(self, world: World, as_person: AsPerson) -> None:
        client = as_person("paula")
        agree(client, world)
        agree(client, world, unit="0.20", starts="period")
        acme = world.cast.acme
        assert agreed(world) == [(acme, "0.10", NOW, DECEMBER), (acme, "0.20", DECEMBER, None)]

        agree(client, world, unit="0.30")

        assert agreed(world) == [(acme, "0.30", NOW, None)]

    def test_a_tiered_price_is_written_in_rows(self, world: World, as_person: AsPerson) -> None:
        client = as_person("paula")
        url = f"{base(world)}own{CALLS}&model=graduated"
        rows = {
            "tier-TOTAL_FORMS": "1",
            "tier-INITIAL_FORMS": "0",
            "tier-0-unit": "0.30",
            "starts": "now",
        }

        added = client.post(url, {**rows, "do": "add"})
        rows |= {"tier-TOTAL_FORMS": "2", "tier-0-up_to": "10", "tier-1-unit": "0.10"}
        tried = client.post(url, {**rows, "do": "try"})
        assert agreed(world) == []
        saved = client.post(url, {**rows, "do": "save"})

        assert added.context["tiers"].total_form_count() == 2
        costs = {int(each.quantity): each.cost for each in tried.context["examples"]}
        assert (costs[10], costs[100]) == ("3.00 USD", "12.00 USD")
        assert saved.status_code == 302
        assert len(agreed(world)) == 1

    def test_the_preview_says_what_the_last_period_would_have_cost(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")

        page = agree(client, world, do="try")

        preview = page.context["preview"]  # type: ignore[attr-defined]  # the test client's
        line, rest = preview.lines
        assert (str(line.quantity.normalize()), float(line.was), float(line.would)) == (
            "3E+1",
            5.0,
            3.0,
        )
        assert (float(rest.was), rest.difference) == (5.0, 0)
        assert (preview.was, preview.would) == (Money(1000, "USD"), Money(800, "USD"))
        assert agreed(world) == []

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"unit": ""}, "This field is required"),
            ({"unit": "much"}, "Write a number"),
            ({"unit": "0.1", "discount_percent": "101"}, "percent"),
        ],
    )
    def test_a_mistake_is_shown_and_what_was_typed_stays(
        self, world: World, as_person: AsPerson, more: dict[str, str], words: str
    ) -> None:
        answer = agree(as_person("paula"), world, cap="77", **more)

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="77"' in answer.content.decode()
        assert agreed(world) == []

    @pytest.mark.parametrize(
        ("person", "status"), [("sue", 403), ("rita", 403), ("alice", 403), ("oskar", 404)]
    )
    def test_others_agree_and_end_nothing(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        agree(as_person("paula"), world)
        (own,) = numbers(world)
        before = agreed(world)
        client = as_person(person)

        assert agree(client, world, unit="9").status_code == status
        assert client.post(f"{base(world)}end", {"own": own}).status_code == status

        assert agreed(world) == before
        listed = client.get(base(world))
        assert listed.status_code == (200 if person in {"sue", "rita"} else status)
        assert "End now" not in listed.content.decode()

    def test_a_price_that_the_client_has_not_is_none_of_its_own(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")

        for query in (
            "",
            "?line=base&currency=USD",
            "?line=calls&currency=EUR",
            f"{CALLS}&version=1",
        ):
            answer = client.post(f"{base(world)}own{query}", CHEAP)
            assert answer.headers["Location"] == base(world)

        assert agreed(world) == []


class TestEnd:
    def test_now_is_the_end_of_the_hour_and_the_plan_s_price_follows(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        agree(client, world)
        (own,) = numbers(world)

        said = [
            client.post(f"{base(world)}end", {"own": own, "ends": "now"}, follow=True)
            for _ in range(2)
        ]

        assert agreed(world) == [(world.cast.acme, "0.10", NOW, NOW + HOUR)]
        assert "The end of the own price is set." in said[0].content.decode()
        assert "no own price at that time" in said[1].content.decode()

    def test_one_to_come_is_taken_back_and_a_stranger_s_is_not_found(
        self, world: World, as_person: AsPerson
    ) -> None:
        client = as_person("paula")
        agree(client, world, starts="period")
        (own,) = numbers(world)

        wrong = client.post(f"{base(world, 'globex')}end", {"own": own}, follow=True)
        assert "There is no such own price." in wrong.content.decode()
        assert len(agreed(world)) == 1
        client.post(f"{base(world)}end", {"own": own, "ends": "period"})

        assert agreed(world) == []


class TestCustomer:
    def test_sees_a_price_like_any_other(self, world: World, as_person: AsPerson) -> None:
        agree(as_person("paula"), world, unit="0.111")
        charge_an_hour(world, "10")
        client = as_person("alice")

        line = f"{CALLS}&hour={NOW:%Y-%m-%dT%H}"
        addresses = (
            "/billing/",
            "/billing/transactions/",
            "/billing/usage/periods/",
            f"/billing/usage/{line}",
        )
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            body = answer.content.decode().lower()
            for word in ("own price", "override", "the plan's price", "based on"):
                assert word not in body, (address, word)
        assert "0.111" in client.get("/billing/").content.decode()
        assert client.get(base(world)).status_code == 403
        with tenant_scope(world.cast.nimbus, world.cast.acme):
            assert fetch_all("SELECT count(*) FROM usage_price_override") == [(0,)]
