"""The audit log tells who made, changed and archived what is sold, and who moved whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.models import Meter, PlanVersion, PriceEvent
from usage.services.plan_moves import work_off_moves

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/audit/"


def log(as_person: AsPerson, query: str = "") -> str:
    return as_person("paula").get(f"{URL}{query}").content.decode()


class TestCatalogue:
    def test_a_plan_s_whole_life_is_told(self, world: World, as_person: AsPerson) -> None:
        bill = as_person("bill")
        bill.post("/provider/plans/new", {"name": "Pro", "code": "pro"})
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(plan__code="pro")
            meter_id = Meter.objects.get(code="calls").pk
        base = f"/provider/plans/{version.plan_id}/versions/{version.pk}"
        price = {"name": "Call", "code": "call", "currency": "USD", "unit": "0.7", "do": "save"}
        bill.post(f"{base}/prices/new?kind=usage&model=per_unit", {**price, "meter": meter_id})
        bill.post(f"{base}/activate")
        bill.post(f"/provider/plans/{version.plan_id}/archive")

        body = log(as_person)
        assert "bill@" in body
        assert "0.70 USD" in body
        assert "Call (Pro, version 1)" in body
        assert "<del>Draft</del> → Active" in body
        assert "Archived" in log(as_person, "?kind=plan")
        assert "Call (" not in log(as_person, "?kind=plan")

    def test_a_meter_s_words_are_told(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            meter_id = Meter.objects.get(code="calls").pk
        words = {"name": "Talks", "description": "", "unit_name": "calls", "unit_one": ""}
        as_person("bill").post(f"/provider/meters/{meter_id}/edit", words)

        assert "<del>unit</del> → calls" in log(as_person, "?kind=meter")

    def test_who_asked_for_a_move_stands_with_each_subscription(
        self, world: World, as_person: AsPerson
    ) -> None:
        bill = as_person("bill")
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(plan__code="plan")
        bill.post(f"/provider/plans/{version.plan_id}/versions/{version.pk}/copy")
        with provider_scope(world.cast.nimbus):
            draft = PlanVersion.objects.get(plan__code="plan", state="draft")
        url = f"/provider/plans/{draft.plan_id}/versions/{draft.pk}/activate"
        bill.post(url, {"subscribers": "period", "key": "k"})
        with as_role("worker"):
            work_off_moves(provider_id=world.cast.nimbus, now=NOW)

        body = log(as_person, "?kind=subscription")
        assert body.count("<del>plan, version 1</del> → plan, version 2") == 2
        assert "bill@" in body
        with provider_scope(world.cast.nimbus):
            tab = as_person("rita").get(f"/provider/clients/{world.acme}/activity/")
        assert "plan, version 2" in tab.content.decode()

    def test_what_machines_make_is_not_told(self, world: World, as_person: AsPerson) -> None:
        with as_role("worker"), provider_scope(world.cast.nimbus):
            shop = Shop(world.cast.nimbus, now=NOW)
            shop.price("imported", {"unit": "1"})
            shop.version("imported")
            assert not PriceEvent.objects.exists()

        assert "imported" not in log(as_person)

    def test_another_provider_sees_nothing_of_it(self, world: World, as_person: AsPerson) -> None:
        as_person("bill").post("/provider/plans/new", {"name": "Pro", "code": "pro"})

        assert "Pro, version" not in as_person("oskar").get(URL).content.decode()
