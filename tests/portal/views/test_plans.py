"""Plans and prices: the list, the tier editor, going on sale, and the preview on what a client used."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.plan_preview import plan_preview
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id
from tests.cast import NOW
from usage.errors import VersionNotActiveError
from usage.models import Plan, PlanVersion, Price
from usage.selectors.catalogue import version_prices
from usage.selectors.consumption import usage_this_period
from usage.services.drafts import copy_version
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.cast import Cast
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/plans/"
TIERS: dict[str, Any] = {
    "name": "Calls",
    "code": "calls-tiered",
    "currency": "USD",
    "tier-TOTAL_FORMS": "2",
    "tier-INITIAL_FORMS": "2",
    "tier-0-up_to": "1,000",
    "tier-0-unit": "0.05",
    "tier-0-flat": "",
    "tier-1-up_to": "",
    "tier-1-unit": "0.02",
    "tier-1-flat": "3",
    "do": "save",
}


@pytest.fixture
def paula(world: World, as_person: AsPerson) -> Iterator[Client]:
    """Return the owner's browser; the test may look at the provider's rows."""
    with provider_scope(world.cast.nimbus):
        yield as_person("paula")


def draft(paula: Client) -> tuple[str, PlanVersion]:
    """Make a plan on the page; return its draft's address and row."""
    answer = paula.post(f"{URL}new", {"name": "Pro", "code": "pro"})
    assert answer.status_code == 302
    version = PlanVersion.objects.get(plan__code="pro")
    return f"{URL}{version.plan_id}/versions/{version.pk}", version


def meter_id(world: World) -> int:
    with provider_scope(world.cast.nimbus):
        return int(Price.objects.filter(code="calls").values_list("meter_id", flat=True)[0] or 0)


class TestPlans:
    def test_the_list_says_what_is_on_sale_and_who_has_it(
        self, world: World, paula: Client
    ) -> None:
        body = paula.get(URL).content.decode()

        assert "Version 1" in body
        assert "2 clients with" in body

    def test_none_yet_says_what_to_do(self, cast: Cast, as_person: AsPerson) -> None:
        assert "No plan yet" in as_person("paula").get(URL).content.decode()

    def test_a_taken_code_is_refused(self, paula: Client) -> None:
        draft(paula)
        answer = paula.post(f"{URL}new", {"name": "Other", "code": "pro"})

        assert answer.status_code == 422
        assert "exists already" in answer.content.decode()
        assert Plan.objects.filter(code="pro").count() == 1

    def test_who_only_reads_changes_nothing(self, world: World, as_person: AsPerson) -> None:
        rita = as_person("rita")
        with provider_scope(world.cast.nimbus):
            plan_id = Plan.objects.values_list("pk", flat=True)[0]
        body = rita.get(f"{URL}{plan_id}/").content.decode()

        assert "0.25 USD" in body
        assert "Take off sale" not in body
        assert rita.post(f"{URL}{plan_id}/archive").status_code == 403


class TestEditor:
    def test_tiers_are_saved_as_they_were_typed(self, world: World, paula: Client) -> None:
        base, version = draft(paula)
        answer = paula.post(
            f"{base}/prices/new?kind=usage&model=graduated", {**TIERS, "meter": meter_id(world)}
        )

        assert answer.status_code == 302
        price = Price.objects.get(plan_version=version)
        assert price.spec["tiers"] == [
            {"up_to": "1000", "unit": "0.05"},
            {"unit": "0.02", "flat": "3"},
        ]
        body = paula.get(answer["Location"]).content.decode()
        assert "up to 1,000 unit: 0.05 USD per unit" in body
        assert "above 1,000 unit: 0.02 USD per unit and 3.00 USD once" in body

    def test_rows_come_and_go_and_what_was_typed_stays(self, world: World, paula: Client) -> None:
        base, version = draft(paula)
        url = f"{base}/prices/new?kind=usage&model=graduated"
        typed = {**TIERS, "meter": meter_id(world)}
        more = paula.post(url, {**typed, "do": "add"}).content.decode()
        less = paula.post(url, {**typed, "do": "remove-0"}).content.decode()

        assert 'name="tier-2-unit"' in more
        assert 'value="1,000"' in more
        assert 'name="tier-1-unit"' not in less
        assert 'value="0.02"' in less
        assert not Price.objects.filter(plan_version=version).exists()

    def test_examples_are_what_the_bill_would_say(self, world: World, paula: Client) -> None:
        base, _ = draft(paula)
        body = paula.post(
            f"{base}/prices/new?kind=usage&model=graduated",
            {**TIERS, "meter": meter_id(world), "do": "try"},
        ).content.decode()

        # 1,000 at 0.05, then 9,000 at 0.02 and 3 once.
        assert ">10,000<" in body
        assert ">233.00 USD<" in body

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"tier-1-up_to": "500"}, "the last one is open"),
            ({"tier-0-up_to": ""}, "the last one is open"),
            ({"tier-0-unit": "five"}, "Write a number"),
            ({"tier-0-unit": "-1"}, "not below zero"),
            ({"tier-0-unit": "0." + "1" * 19}, "decimal places"),
            ({"code": "two words"}, "slug"),
        ],
    )
    def test_what_makes_no_price_is_refused(
        self, world: World, paula: Client, change: dict[str, str], words: str
    ) -> None:
        base, version = draft(paula)
        answer = paula.post(
            f"{base}/prices/new?kind=usage&model=graduated",
            {**TIERS, "meter": meter_id(world), **change},
        )

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="0.02"' in answer.content.decode()
        assert not Price.objects.filter(plan_version=version).exists()

    def test_a_price_on_sale_cannot_be_changed(self, world: World, paula: Client) -> None:
        price = Price.objects.filter(code="calls", tenant_id=0)[0]
        plan_id = PlanVersion.objects.get(pk=price.plan_version_id).plan_id
        base = f"{URL}{plan_id}/versions/{price.plan_version_id}"

        assert paula.get(f"{base}/prices/{price.pk}/").status_code == 404
        answer = paula.post(f"{base}/prices/{price.pk}/remove", follow=True)
        assert "cannot be changed" in answer.content.decode()
        assert Price.objects.filter(pk=price.pk).exists()


class TestSale:
    def test_a_draft_goes_on_sale_once_it_has_a_price(self, world: World, paula: Client) -> None:
        base, version = draft(paula)
        empty = paula.post(f"{base}/activate", follow=True).content.decode()
        paula.post(
            f"{base}/prices/new?kind=recurring",
            {
                "name": "Base",
                "code": "base",
                "currency": "USD",
                "unit": "19",
                "interval_months": "1",
                "fee_anchor": "period",
            },
        )
        full = paula.post(f"{base}/activate", follow=True).content.decode()

        assert "no price yet" in empty
        assert "The version is on sale" in full
        assert PlanVersion.objects.get(pk=version.pk).state == "active"

    def test_a_copy_is_changed_without_touching_what_is_sold(
        self, world: World, paula: Client
    ) -> None:
        sold = PlanVersion.objects.get(state="active")
        before = list(Price.objects.filter(plan_version=sold).order_by("pk").values())
        paula.post(f"{URL}{sold.plan_id}/versions/{sold.pk}/copy")
        made = PlanVersion.objects.get(plan_id=sold.plan_id, state="draft")
        for price in Price.objects.filter(plan_version=made):
            paula.post(f"{URL}{sold.plan_id}/versions/{made.pk}/prices/{price.pk}/remove")

        assert Price.objects.filter(plan_version=made).count() == 0
        assert list(Price.objects.filter(plan_version=sold).order_by("pk").values()) == before

    def test_an_archived_plan_is_not_sold(self, world: World, paula: Client) -> None:
        sold = PlanVersion.objects.get(state="active")
        paula.post(f"{URL}{sold.plan_id}/archive")

        with pytest.raises(VersionNotActiveError, match="archived"):
            subscribe(
                provider_id=world.cast.nimbus,
                tenant_id=world.cast.globex,
                version_id=sold.pk,
                starts_at=NOW,
                key="late",
                now=NOW,
            )


class TestPreview:
    def test_the_same_prices_come_to_what_was_charged(self, world: World) -> None:
        provider_id, tenant_id = world.cast.nimbus, world.cast.acme
        with provider_scope(provider_id):
            sold = PlanVersion.objects.get(state="active")
            version_id = copy_version(provider_id=provider_id, version_id=sold.pk, now=NOW)
            found = plan_preview(
                provider_view(provider_id),
                tenant_by_id(provider_id, tenant_id),
                version_prices(provider_id, version_id),
                now=NOW,
            )
            (period,) = usage_this_period(provider_id, tenant_id)

        assert found is not None
        calls = next(line for line in found.lines if line.label == "calls")
        assert calls.was == calls.would == Decimal(5)
        assert calls.difference == 0
        assert found.was == period.due
        # The setup fee was charged, and is no part of what a period costs.
        assert found.would == found.was - Money(500, "USD")

    def test_a_price_by_another_name_counts_what_its_meter_counted(
        self, world: World, paula: Client
    ) -> None:
        sold = PlanVersion.objects.get(state="active")
        version_id = copy_version(provider_id=world.cast.nimbus, version_id=sold.pk, now=NOW)
        Price.objects.filter(plan_version_id=version_id, code="calls").update(
            code="voice", name="Voice", spec={"unit": "0.5", "included": "10"}
        )
        found = plan_preview(
            provider_view(world.cast.nimbus),
            tenant_by_id(world.cast.nimbus, world.cast.acme),
            version_prices(world.cast.nimbus, version_id),
            now=NOW,
        )

        assert found is not None
        voice = next(line for line in found.lines if line.label == "Voice")
        assert [voice.quantity, voice.was, voice.would] == [Decimal(30), Decimal(5), Decimal(10)]

    def test_is_shown_with_the_difference(self, world: World, paula: Client) -> None:
        sold = PlanVersion.objects.get(state="active")
        url = f"{URL}{sold.plan_id}/versions/{sold.pk}/preview"
        body = paula.get(f"{url}?client=acme").content.decode()

        assert "Acme" in body
        assert "Would cost" in body
        assert "No client has this id" in paula.get(f"{url}?client=nobody").content.decode()
