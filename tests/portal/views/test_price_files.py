"""The files of prices: one line per rate, of one version or of all plans."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, cast

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.factories.usage import Shop
from tests.roles import as_role
from usage.models import PlanVersion

if TYPE_CHECKING:
    from django.http import StreamingHttpResponse
    from django.test import Client

    from tests.portal.views.conftest import AsPerson, World

ALL = "/provider/plans.csv"


def lines(client: Client, url: str) -> list[dict[str, str]]:
    answer = cast("StreamingHttpResponse", client.get(url))
    assert answer.streaming
    body = b"".join(cast("Any", answer.streaming_content)).decode()
    return list(csv.DictReader(body.splitlines()))


def sell(world: World, code: str) -> int:
    """Put a plan with tiers and a name like a formula on sale."""
    with as_role("worker"), provider_scope(world.cast.nimbus):
        shop = Shop(world.cast.nimbus, now=NOW)
        tiers = [{"up_to": "100", "unit": "0.5", "flat": "1"}, {"up_to": None, "unit": "0.25"}]
        shop.price(f"{code}-gb", {"tiers": tiers, "included": "10"}, "graduated", name="=1+1")
        version_id, _ = shop.version(code)
    return version_id


class TestPriceFiles:
    def test_all_plans_have_a_line_per_rate_that_is_no_formula(
        self, world: World, as_person: AsPerson
    ) -> None:
        sell(world, "tiered")
        found = lines(as_person("rita"), ALL)

        assert [(row["plan"], row["code"], row["price"]) for row in found] == [
            ("plan", "calls", "0.25"),
            ("plan", "base", "5.00"),
            ("tiered", "tiered-gb", "0.5"),
            ("tiered", "tiered-gb", "0.25"),
        ]
        assert [(row["above"], row["up_to"], row["flat"]) for row in found[2:]] == [
            ("0", "100", "1"),
            ("100", "", ""),
        ]
        assert found[2]["name"] == "'=1+1"

    def test_one_version_has_its_own_only(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(plan__code="plan")
        sell(world, "tiered")
        url = f"/provider/plans/{version.plan_id}/versions/{version.pk}/prices.csv"

        assert {row["plan"] for row in lines(as_person("rita"), url)} == {"plan"}

    def test_another_provider_has_nothing_of_it(self, world: World, as_person: AsPerson) -> None:
        with provider_scope(world.cast.nimbus):
            version = PlanVersion.objects.get(plan__code="plan")
        oskar = as_person("oskar")
        url = f"/provider/plans/{version.plan_id}/versions/{version.pk}/prices.csv"

        assert lines(oskar, ALL) == []
        assert oskar.get(url).status_code == 404

    def test_more_plans_ask_the_database_no_oftener(
        self, world: World, as_person: AsPerson
    ) -> None:
        rita = as_person("rita")
        lines(rita, ALL)
        with CaptureQueriesContext(connection) as few:
            lines(rita, ALL)
        for number in range(3):
            sell(world, f"more-{number}")
        with CaptureQueriesContext(connection) as many:
            lines(rita, ALL)

        assert len(many) == len(few)
