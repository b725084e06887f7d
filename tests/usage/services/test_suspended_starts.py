"""A resource that is started while its tenant is suspended: counted, said in the answer, and shown while it runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tenants.selectors.suspensions import suspended_since
from tenants.services.suspension import resume_by_hand, suspend_by_hand
from tests.usage.services.events import NOW, cloud_event, ingest, meter, verdicts
from usage.models import UsageHour
from usage.selectors.suspended_starts import count_suspended_starts

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cast import Cast
    from usage.intake.verdicts import EventResult

pytestmark = pytest.mark.usefixtures("in_nimbus")
TOLD = ["accepted:started_while_suspended"]


def suspend(cast: Cast, at: datetime = NOW - timedelta(minutes=90)) -> None:
    suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=at)


def say(cast: Cast, action: str, minutes_ago: int, subject: str = "vm") -> list[EventResult]:
    """Let a resource start, resize or stop."""
    return ingest(cast.nimbus, event(action, minutes_ago, subject))


def event(action: str, minutes_ago: int, subject: str = "vm") -> dict[str, Any]:
    key, data = f"{subject}-{action}-{minutes_ago}", {"action": action, "quantity": "2"}
    return cloud_event(key, minutes_ago=minutes_ago, subject=subject, data=data)


@pytest.fixture(autouse=True)
def runtime(cast: Cast, in_nimbus: None) -> int:
    return meter(cast.nimbus, aggregation="duration")


class TestAnswer:
    def test_a_start_is_counted_and_told(self, cast: Cast, runtime: int) -> None:
        suspend(cast)

        assert verdicts(say(cast, "start", 60)) == TOLD
        assert verdicts(say(cast, "stop", 30)) == ["accepted"]
        assert sum(row.quantity for row in UsageHour.objects.filter(meter_id=runtime)) == 3600

    def test_the_same_event_again_is_a_duplicate(self, cast: Cast) -> None:
        suspend(cast)
        assert verdicts(ingest(cast.nimbus, event("start", 60), event("start", 60))) == [
            *TOLD,
            "duplicate",
        ]

    def test_what_began_before_says_nothing(self, cast: Cast) -> None:
        suspend(cast)

        assert verdicts(say(cast, "start", 91)) == ["accepted"]
        assert verdicts(say(cast, "resize", 60)) == ["accepted"]
        assert count_suspended_starts(cast.nimbus) == 0

    def test_who_is_not_suspended_says_nothing(self, cast: Cast) -> None:
        assert verdicts(say(cast, "start", 60)) == ["accepted"]
        suspend(cast)
        resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)

        assert verdicts(say(cast, "start", 20, "other")) == ["accepted"]
        assert suspended_since(cast.nimbus, [cast.acme]) == {}


class TestShown:
    def test_it_counts_what_runs_and_was_started_then(self, cast: Cast) -> None:
        say(cast, "start", 100, "old")
        say(cast, "start", 100, "again")
        suspend(cast)
        say(cast, "resize", 60, "old")
        assert count_suspended_starts(cast.nimbus) == 0

        # Stopped as asked, and started all the same; a further meter of the same events makes it no second one.
        meter(cast.nimbus, "size", aggregation="duration")
        say(cast, "stop", 80, "again")
        say(cast, "start", 50, "again")
        say(cast, "start", 40, "new")
        say(cast, "resize", 30, "new")
        assert count_suspended_starts(cast.nimbus) == 2

    def test_it_goes_with_the_resource_or_the_suspension(self, cast: Cast) -> None:
        suspend(cast)
        say(cast, "start", 60, "one")
        say(cast, "start", 60, "two")
        say(cast, "stop", 30, "one")
        assert count_suspended_starts(cast.nimbus) == 1

        resume_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW)
        assert count_suspended_starts(cast.nimbus) == 0

    def test_another_providers_are_not_counted(self, cast: Cast) -> None:
        suspend(cast)
        say(cast, "start", 60)

        assert count_suspended_starts(cast.sonora) == 0
