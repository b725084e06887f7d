"""The platform's periodic jobs for a provider: when each ran, whether it keeps up, and the provider's share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language, gettext, ngettext

from accounts.selectors.proofs import last_proof
from billing_platform.celery_schedule import HEARTBEATS, next_due
from billing_platform.kernel.formats import format_moment
from billing_platform.kernel.job_history import platform_health
from billing_platform.kernel.outbox_watch import backlog
from billing_platform.portal.formats import format_count, format_day
from billing_platform.portal.pages.job_words import JOBS
from tenants.registry import INGESTION_PAYLOAD_DAYS
from tenants.selectors.hosts import list_hosts
from tenants.selectors.settings import get_setting
from usage.selectors.call_folders import folder_progress
from usage.selectors.parked import count_parked
from usage.selectors.progress import charged_through
from usage.selectors.uploads import count_open_uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from billing_platform.kernel.job_history import JobHealth
    from billing_platform.portal.pages.job_words import JobWords
    from tenants.types import ProviderView

_MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job.

    Attributes:
        state: `running`, `late`, `failed`, `never`, `planned` (its first turn has not come) or `on_time`.
        started_at: of the newest run; None before the first.
        seconds: how long the last good run took, or None.
        good_at: when a run ended well last, or None.
        due_at: when the next one is due; in the past while it is late.
        own: what concerns this provider, in words; empty where nothing does.
    """

    label: StrOrPromise
    words: StrOrPromise
    state: str
    started_at: datetime | None
    seconds: Decimal | None
    good_at: datetime | None
    due_at: datetime | None
    own: str


def other_jobs(provider: ProviderView, *, now: datetime) -> list[JobLine]:
    """Return the platform's jobs, by a fixed number of queries.

    Args:
        provider: who looks; its scope is open.
        now: the present moment.
    """
    health = platform_health(jobs=JOBS, now=now)
    own = _own(provider.id, provider.time_zone, now)
    lines = []
    for job, words in JOBS.items():
        limit, share = HEARTBEATS[job], own.get(job, "")
        found = health.get(job)
        # On a new installation the nightly jobs have not had their turn.
        is_new = provider.created_at > now - limit
        line = _line(words, found, limit, share, now) if found else _first(words, share, now)
        lines.append(replace(line, state="never") if found is None and not is_new else line)
    return lines


def late_jobs(lines: Sequence[JobLine]) -> int:
    """Return how many do not keep up."""
    return sum(line.state in {"late", "failed", "never"} for line in lines)


def _first(words: JobWords, own: str, now: datetime) -> JobLine:
    due_at = next_due(words.task, after=now)
    return JobLine(words.label, words.words, "planned", None, None, None, due_at, own)


def _line(words: JobWords, health: JobHealth, limit: timedelta, own: str, now: datetime) -> JobLine:
    took = None
    if health.good_started_at and health.good_finished_at:
        took = Decimal((health.good_finished_at - health.good_started_at) // _MS) / 1000
    return JobLine(
        label=words.label,
        words=words.words,
        state=_state(health, limit, now),
        started_at=health.started_at,
        seconds=took,
        good_at=health.good_finished_at,
        due_at=next_due(words.task, after=health.started_at),
        own=own,
    )


def _state(health: JobHealth, limit: timedelta, now: datetime) -> str:
    if health.is_alive:
        return "running"
    if health.is_late(limit=limit, now=now):
        return "late"
    return "failed" if health.has_failed else "on_time"


def _own(provider_id: int, zone: str, now: datetime) -> dict[str, str]:
    """Return what of each job concerns the provider."""
    locale = get_language() or "en"

    def when(at: datetime) -> str:
        return format_moment(at, zone, locale)

    through, proof = charged_through(provider_id), last_proof(provider_id)
    parked = sum(count_parked(provider_id).values())
    unread = count_open_uploads(provider_id)
    waiting = sum(not host.is_proved for host in list_hosts(provider_id))
    days = get_setting(provider_id, INGESTION_PAYLOAD_DAYS)
    words = {
        "charge_providers": gettext("Charged through %(at)s") % {"at": when(through)}
        if through
        else gettext("Nothing was charged yet"),
        "outbox": _messages(provider_id, now, when),
        "close_days": gettext("Sealed through %(day)s") % {"day": format_day(proof.day, locale)}
        if proof
        else gettext("No day is sealed yet"),
        "read_call_folders": _folders(provider_id, when),
        "keep_events": ngettext("Kept for %(count)s day", "Kept for %(count)s days", days)
        % {"count": format_count(days)},
    }
    if unread:
        words["sweep_uploads"] = ngettext(
            "%(count)s file is to be read", "%(count)s files are to be read", unread
        ) % {"count": format_count(unread)}
    if parked:
        words["replay_parked"] = ngettext(
            "%(count)s event waits", "%(count)s events wait", parked
        ) % {"count": format_count(parked)}
    if waiting:
        words["prove_hosts"] = ngettext("%(count)s name waits", "%(count)s names wait", waiting) % {
            "count": format_count(waiting)
        }
    return words


def _messages(provider_id: int, now: datetime, when: Callable[[datetime], str]) -> str:
    unsent = backlog(provider_id=provider_id, now=now)
    if unsent.dead:
        words = ngettext(
            "%(count)s message could not be sent",
            "%(count)s messages could not be sent",
            unsent.dead,
        )
        return words % {"count": format_count(unsent.dead)}
    if unsent.oldest:
        return gettext("The oldest waits since %(at)s") % {"at": when(unsent.oldest)}
    return gettext("Everything is sent")


def _folders(provider_id: int, when: Callable[[datetime], str]) -> str:
    progress = folder_progress(provider_id)
    if not progress.folders:
        return ""
    if progress.read_at is None:
        return gettext("Nothing was read yet")
    return gettext("Read last at %(at)s") % {"at": when(progress.read_at)}
