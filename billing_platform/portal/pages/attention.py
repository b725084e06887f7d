"""What needs somebody's attention at a provider: each concern in words, with the way to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from billing_platform.kernel.job_history import stands_still
from billing_platform.kernel.outbox_watch import backlog
from billing_platform.portal.words import PARKING_REASONS, SUSPENSION_REASONS
from usage.selectors.parked import count_parked
from usage.services.charging import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

# Usage is charged by the hour; a run that is an hour late may still be at work.
_SILENCE_MAX: Final = timedelta(hours=3)
_UNSENT_MAX: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing to look at.

    Attributes:
        level: warning or danger.
        count: how many, in the words as well; 0 where that says nothing.
        url: where its rows are; empty while no page shows them.
        since: since when, or None.
    """

    level: str
    count: int
    words: str
    url: str
    since: datetime | None = None


def attention(
    provider_id: int, suspended: Mapping[str, int], through: datetime | None, *, now: datetime
) -> list[Concern]:
    """Return what needs attention, the worst first, by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        suspended: how many clients are suspended, by reason.
        through: the hour before which all usage is charged.
        now: the present moment.
    """
    found = [
        *_jobs(provider_id, through, now),
        *_messages(provider_id, now),
        *_parked(provider_id),
        *_suspended(suspended),
    ]
    return sorted(found, key=lambda concern: concern.level != "danger")


def _jobs(provider_id: int, through: datetime | None, now: datetime) -> Iterator[Concern]:
    is_still = stands_still(job=JOB, limit=_SILENCE_MAX, now=now, provider_id=provider_id)
    if through is not None and is_still:
        words = "Charging stands still; nothing is charged since"
        yield Concern("danger", 0, words, reverse("provider-jobs"), through)


def _messages(provider_id: int, now: datetime) -> Iterator[Concern]:
    unsent = backlog(provider_id=provider_id, now=now)
    if unsent.oldest is not None and unsent.oldest < now - _UNSENT_MAX:
        yield Concern("danger", 0, "Messages wait to be sent, the oldest since", "", unsent.oldest)
    if unsent.dead:
        words = f"{_things(unsent.dead, 'message')} could not be sent"
        yield Concern("danger", unsent.dead, words, "")


def _parked(provider_id: int) -> Iterator[Concern]:
    path = reverse("provider-events")
    for reason, count in count_parked(provider_id).items():
        words = f"{_things(count, 'event')} parked: {PARKING_REASONS.get(reason, reason)}"
        yield Concern("warning", count, words, f"{path}?reason={reason}")


def _suspended(suspended: Mapping[str, int]) -> Iterator[Concern]:
    path = reverse("provider-clients")
    for reason, label in SUSPENSION_REASONS.items():
        if suspended.get(reason):
            things = _things(suspended[reason], "suspended client")
            words = f"{things}: {label[0].lower()}{label[1:]}"
            yield Concern("warning", suspended[reason], words, f"{path}?reason={reason}")


def _things(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
