"""The page of one meter: what it says, what may change of it, and events that are tried."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import InternalError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from tests.cast import NOW
from tests.isolation.world import fingerprint
from usage.models import Meter
from usage.services.ingestion import ingest_cloudevents
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

    from tests.portal.views.conftest import AsPerson, World

WORDS = {"name": "Calls out", "description": "By road", "unit_name": "steps", "unit_one": "step"}


@pytest.fixture(autouse=True)
def _at_now(time_machine: TimeMachineFixture) -> None:
    time_machine.move_to(NOW, tick=False)


def calls(world: World) -> Meter:
    with provider_scope(world.cast.nimbus):
        return Meter.objects.get(code="calls")


def url(world: World, more: str = "") -> str:
    return f"/provider/meters/{calls(world).pk}/{more}"


class TestPage:
    def test_it_says_how_it_counts_and_what_it_costs(
        self, world: World, as_person: AsPerson
    ) -> None:
        body = as_person("rita").get(url(world)).content.decode()

        assert "0.25 USD per unit" in body
        assert "never changes" in body
        assert "30 unit" in body.replace("</span>", "")
        assert "Change the words" not in body

    def test_it_asks_no_oftener_for_a_meter_of_many_plans(
        self, world: World, as_person: AsPerson
    ) -> None:
        rita = as_person("rita")
        with provider_scope(world.cast.nimbus):
            spare = create_meter(
                provider_id=world.cast.nimbus,
                code="spare",
                name="Spare",
                event_type="spare",
                aggregation="count",
                now=NOW,
            )
        sold = url(world)
        rita.get(sold)
        with CaptureQueriesContext(connection) as none:
            rita.get(f"/provider/meters/{spare}/")
        with CaptureQueriesContext(connection) as some:
            rita.get(sold)

        assert len(some) == len(none)


class TestWords:
    def test_change_everywhere(self, world: World, as_person: AsPerson) -> None:
        paula = as_person("paula")

        assert paula.post(url(world, "edit"), WORDS).status_code == 302
        body = paula.get(url(world)).content.decode()
        assert "Calls out" in body
        assert "By road" in body
        assert "0.25 USD per step" in body

    @pytest.mark.parametrize("left_out", ["name", "unit_name"])
    def test_are_not_empty(self, world: World, as_person: AsPerson, left_out: str) -> None:
        answer = as_person("paula").post(url(world, "edit"), {**WORDS, left_out: " "})

        assert answer.status_code == 422
        assert calls(world).name == "calls"

    def test_are_not_changed_by_who_only_reads(self, world: World, as_person: AsPerson) -> None:
        assert as_person("rita").post(url(world, "edit"), WORDS).status_code == 403

    def test_rules_are_refused_by_the_database(self, world: World) -> None:
        meter = calls(world)
        with (
            provider_scope(world.cast.nimbus),
            pytest.raises((InternalError, OperationalError), match="do not change"),
            transaction.atomic(),
        ):
            Meter.objects.filter(pk=meter.pk).update(aggregation="max")

    def test_a_new_meter_begins_with_the_rules_of_another(
        self, world: World, as_person: AsPerson
    ) -> None:
        paula = as_person("paula")
        with provider_scope(world.cast.nimbus):
            meter_id = create_meter(
                provider_id=world.cast.nimbus,
                code="out",
                name="Out",
                event_type="call.ended",
                aggregation="sum",
                filters=[{"property": "direction", "values": ["out", "both"]}],
                allows_negative=True,
                now=NOW,
            )
        body = paula.get(f"/provider/meters/new?like={meter_id}").content.decode()

        assert "direction: out, both" in body
        assert 'value="call.ended"' in body
        assert as_person("oskar").get(f"/provider/meters/new?like={meter_id}").status_code == 404


def event(**change: Any) -> dict[str, str]:
    """Return the body of a trial: six more calls at Acme, of which nothing is included any more."""
    plain = {
        "specversion": "1.0",
        "id": "try-1",
        "source": "https://example.com/try",
        "type": "calls",
        "time": NOW.isoformat(),
        "tenant": "acme",
        "data": {"quantity": "6"},
    }
    return {"event": json.dumps({**plain, **change})}


class TestTrial:
    def test_a_sample_is_filled_in_and_would_be_taken(
        self, world: World, as_person: AsPerson
    ) -> None:
        rita = as_person("rita")
        page = rita.get(url(world, "try"))
        sample = page.context["form"]["event"].value()
        answer = rita.post(url(world, "try"), {"event": sample})

        assert answer.context["trial"].verdict == "accepted"
        assert answer.context["trial"].lines[0].cost is not None

    def test_it_says_what_an_event_would_cost_and_stores_nothing(
        self, world: World, as_person: AsPerson
    ) -> None:
        rita = as_person("rita")
        before = fingerprint(world.cast.nimbus)
        trial = rita.post(url(world, "try"), event()).context["trial"]
        again = rita.post(url(world, "try"), event()).context["trial"]
        late = rita.post(
            url(world, "try"), event(time=(NOW - timedelta(hours=1)).isoformat())
        ).context["trial"]

        assert fingerprint(world.cast.nimbus) == before
        assert trial == again
        (line,) = trial.lines
        assert (trial.verdict, trial.client.external_id) == ("accepted", "acme")
        assert (line.count.before, line.count.added) == (30, 6)
        assert str(line.cost.normalize()) == "1.5"
        assert late.lines[0].cost == line.cost

    def test_it_says_the_same_as_the_intake(self, world: World, as_person: AsPerson) -> None:
        """What is tried first and then sent costs what was said."""
        rita = as_person("rita")
        said = rita.post(url(world, "try"), event()).context["trial"].lines[0]
        with provider_scope(world.cast.nimbus):
            item = json.loads(event()["event"])
            ingest_cloudevents(provider_id=world.cast.nimbus, items=[item], now=NOW)
        then = rita.post(url(world, "try"), event(id="try-2")).context["trial"].lines[0]

        assert then.count.before == said.count.before + said.count.added
        answer = rita.post(url(world, "try"), event()).context["trial"]
        assert (answer.verdict, answer.lines) == ("duplicate", [])
        other = rita.post(url(world, "try"), event(data={"quantity": "7"})).context["trial"]
        assert (other.verdict, other.reason_code) == ("conflict", "same_id_other_content")

    @pytest.mark.parametrize(
        ("change", "verdict", "reason"),
        [
            ({"tenant": "aria"}, "parked", "unknown_tenant"),
            ({"type": "faxes"}, "parked", "unknown_meter"),
            ({"time": "2020-01-01T00:00:00Z"}, "rejected", "too_late"),
            ({"data": {"quantity": "-1"}}, "rejected", "negative"),
            ({"data": {}}, "rejected", "missing_value"),
            ({"specversion": "2"}, "rejected", "invalid_specversion"),
        ],
    )
    def test_it_says_why_not(
        self,
        world: World,
        as_person: AsPerson,
        change: dict[str, Any],
        verdict: str,
        reason: str,
    ) -> None:
        before = fingerprint(world.cast.nimbus)
        trial = as_person("rita").post(url(world, "try"), event(**change)).context["trial"]

        assert (trial.verdict, trial.reason_code) == (verdict, reason)
        assert fingerprint(world.cast.nimbus) == before

    @pytest.mark.parametrize("text", ["{", "[]", "[{}, {}]", ""])
    def test_what_is_no_event_is_told_on_the_form(
        self, world: World, as_person: AsPerson, text: str
    ) -> None:
        assert as_person("rita").post(url(world, "try"), {"event": text}).status_code == 422
