"""The periodic work of ingestion: parked events are swept in, months are made, old payloads go."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from billing_platform.celery_schedule import HEARTBEATS, SCHEDULE
from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.cast import Cast, build_cast
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest, meter
from usage.models import Event, ParkedEvent
from usage.tasks import keep_events, replay_parked_events

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cast = build_cast()
    with as_role("worker"):
        yield cast


def park(cast: Cast) -> None:
    """Send one event whose meter is made only afterwards."""
    with provider_scope(cast.nimbus):
        ingest(cast.nimbus, cloud_event(1, time=now().isoformat()), now=now())
        meter(cast.nimbus)


def waiting(cast: Cast) -> int:
    with provider_scope(cast.nimbus):
        return ParkedEvent.objects.filter(replayed_at__isnull=True).count()


class TestReplayParkedEvents:
    def test_it_counts_what_is_known_by_now(self, cast: Cast) -> None:
        park(cast)

        replay_parked_events()

        assert waiting(cast) == 0
        with provider_scope(cast.nimbus):
            assert Event.objects.count() == 1

    def test_twice_is_once(self, cast: Cast) -> None:
        park(cast)
        replay_parked_events()
        replay_parked_events()

        with provider_scope(cast.nimbus):
            assert Event.objects.count() == 1


class TestKeepEvents:
    def test_it_makes_this_and_the_next_month(self, cast: Cast) -> None:
        keep_events()

        following = now().replace(day=1) + timedelta(days=32)
        for at in (now(), following):
            name = f"usage_event_y{at:%Y}m{at:%m}"
            assert fetch_all("SELECT to_regclass(%s) IS NOT NULL", [name]) == [(True,)]


class TestSchedule:
    @pytest.mark.parametrize(
        "task", ["usage.replay_parked", "usage.keep_events", "usage.read_call_folders"]
    )
    def test_it_is_run(self, task: str) -> None:
        assert task in {entry["task"] for entry in SCHEDULE.values()}
        assert task.partition(".")[2] in HEARTBEATS


class TestReplayParkedCommand:
    def test_it_says_what_it_did(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        park(cast)

        call_command("replay_parked", "--provider", "nimbus", "--json")

        assert json.loads(capsys.readouterr().out) == {"counted": 1, "refused": 0}

    def test_an_unknown_provider_is_refused(self, cast: Cast) -> None:
        with pytest.raises(CommandError):
            call_command("replay_parked", "--provider", "nobody")
