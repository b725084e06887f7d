"""The page of meters: what counts, who charges it, and what may be archived."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from usage.models import Meter, Price
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

URL = "/provider/meters/"


class TestMeters:
    def test_a_row_says_what_counts_and_which_plan_charges_it(
        self, world: World, as_person: AsPerson
    ) -> None:
        with provider_scope(world.cast.nimbus):
            create_meter(
                provider_id=world.cast.nimbus,
                code="inbound",
                name="Inbound",
                event_type="call.ended",
                aggregation="sum",
                filters=[{"property": "direction", "values": ["in", "both"]}],
                now=NOW,
            )
        body = as_person("rita").get(URL).content.decode()

        assert "call.ended" in body
        assert "direction: in, both" in body
        assert "/provider/plans/" in body
        assert ">Archive<" not in body

    def test_what_is_charged_cannot_be_archived(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        with provider_scope(world.cast.nimbus):
            sold = Price.objects.filter(code="calls", tenant_id=0).values_list(
                "meter_id", flat=True
            )
            meter = Meter.objects.get(pk=sold[0] or 0)
        answer = paula.post(f"{URL}{meter.pk}/archive", follow=True)

        assert "charges this meter" in answer.content.decode()
        with provider_scope(world.cast.nimbus):
            assert Meter.objects.get(pk=meter.pk).archived_at is None

    def test_an_unsold_meter_goes_and_comes_back(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")
        with provider_scope(world.cast.nimbus):
            meter_id = create_meter(
                provider_id=world.cast.nimbus,
                code="spare",
                name="Spare",
                event_type="spare",
                aggregation="count",
                now=NOW,
            )
        paula.post(f"{URL}{meter_id}/archive")
        with provider_scope(world.cast.nimbus):
            first = Meter.objects.get(pk=meter_id).archived_at
        paula.post(f"{URL}{meter_id}/archive")
        with provider_scope(world.cast.nimbus):
            assert Meter.objects.get(pk=meter_id).archived_at == first is not None
        paula.post(f"{URL}{meter_id}/restore")
        with provider_scope(world.cast.nimbus):
            assert Meter.objects.get(pk=meter_id).archived_at is None


NEW = {
    "name": "Faxes",
    "code": "faxes",
    "event_type": "fax.sent",
    "aggregation": "sum",
    "unit_name": "pages",
    "filters": "kind: a4, letter\n\ncolour: yes",
    "increment": "0.5",
    "identity": "raw",
}


class TestNew:
    def test_is_made_as_it_was_typed(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").post("/provider/meters/new", NEW).status_code == 302

        with provider_scope(world.cast.nimbus):
            made = Meter.objects.get(code="faxes")
        assert made.filters == [
            {"property": "kind", "values": ["a4", "letter"]},
            {"property": "colour", "values": ["yes"]},
        ]
        assert made.increment == Decimal("0.5")

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"filters": "kind"}, "at least one value"),
            ({"increment": "six"}, "Write a number"),
            ({"increment": "-1"}, ""),
            ({"event_type": ""}, "required"),
            ({"code": "calls"}, "exists already"),
        ],
    )
    def test_what_makes_no_meter_is_refused(
        self, world: World, as_person: AsPerson, change: dict[str, str], words: str
    ) -> None:
        answer = as_person("paula").post("/provider/meters/new", {**NEW, **change})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        with provider_scope(world.cast.nimbus):
            assert not Meter.objects.filter(code="faxes").exists()

    def test_who_only_reads_makes_none(self, world: World, as_person: AsPerson) -> None:
        assert as_person("rita").post("/provider/meters/new", NEW).status_code == 403
