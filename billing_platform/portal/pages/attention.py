"""What needs somebody's attention at a provider: each concern in words, with the way to its rows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.selectors.approvals import count_waiting
from billing_platform.kernel.job_history import stands_still
from billing_platform.kernel.outbox_watch import backlog
from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.concern import Concern
from billing_platform.portal.pages.payment_concerns import payment_concerns
from billing_platform.portal.pages.status_tabs import counted
from billing_platform.portal.pages.tax_concerns import tax_concerns
from billing_platform.portal.words import INLINE_REASONS, PARKING_REASONS
from invoicing.enums import DocumentKind, Status
from invoicing.selectors.corrections import count_waiting_corrections
from invoicing.selectors.waiting import count_late_drafts, count_overdue
from payments.selectors.bank_requests import count_waiting_matches
from usage.enums import RefusedVerdict
from usage.selectors.parked import count_parked
from usage.selectors.refused import count_refused
from usage.selectors.suspended_starts import count_suspended_starts
from usage.services.charging import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

# Usage is charged by the hour; a run that is an hour late may still be at work.
_SILENCE_MAX: Final = timedelta(hours=3)
_UNSENT_MAX: Final = timedelta(minutes=15)
# Documents of payments are issued each minute; what waits for longer is refused each time.
_DRAFT_MAX: Final = timedelta(hours=1)


def attention(
    provider_id: int,
    suspended: Mapping[str, int],
    through: datetime | None,
    *,
    today: date,
    now: datetime,
) -> list[Concern]:
    """Return what needs attention, the worst first, by a fixed number of queries.

    Args:
        provider_id: whose; its scope is open.
        suspended: how many clients are suspended, by reason.
        through: the hour before which all usage is charged.
        today: the provider's day.
        now: the present moment.
    """
    found = [
        *_jobs(provider_id, through, now),
        *_messages(provider_id, now),
        *_approvals(provider_id),
        *payment_concerns(provider_id, now=now),
        *tax_concerns(provider_id, now=now),
        *_overdue(provider_id, today),
        *_drafts(provider_id, now),
        *_parked(provider_id),
        *_refused(provider_id),
        *_suspended(suspended),
        *(_started(provider_id) if suspended else ()),
    ]
    return sorted(found, key=lambda concern: concern.level != "danger")


def _jobs(provider_id: int, through: datetime | None, now: datetime) -> Iterator[Concern]:
    is_still = stands_still(job=JOB, limit=_SILENCE_MAX, now=now, provider_id=provider_id)
    if through is not None and is_still:
        words = _("Charging stands still; nothing is charged since")
        yield Concern("danger", 0, words, reverse("provider-jobs"), through)


def _messages(provider_id: int, now: datetime) -> Iterator[Concern]:
    unsent = backlog(provider_id=provider_id, now=now)
    if unsent.oldest is not None and unsent.oldest < now - _UNSENT_MAX:
        yield Concern(
            "danger",
            0,
            _("Messages wait to be sent, the oldest since"),
            reverse("provider-jobs"),
            unsent.oldest,
        )
    if unsent.dead:
        words = ngettext(
            "%(count)s message could not be sent",
            "%(count)s messages could not be sent",
            unsent.dead,
        ) % {"count": format_count(unsent.dead)}
        yield Concern("danger", unsent.dead, words, reverse("provider-jobs"))


def _approvals(provider_id: int) -> Iterator[Concern]:
    waiting = sum(
        count(provider_id)
        for count in (count_waiting, count_waiting_matches, count_waiting_corrections)
    )
    if waiting:
        words = ngettext(
            "%(count)s posting waits for a second person",
            "%(count)s postings wait for a second person",
            waiting,
        )
        url = reverse("provider-approvals")
        yield Concern("warning", waiting, words % {"count": f"{waiting:,}"}, url)


def _overdue(provider_id: int, today: date) -> Iterator[Concern]:
    count = count_overdue(provider_id, today=today)
    if count:
        words = ngettext("%(count)s invoice is overdue", "%(count)s invoices are overdue", count)
        query = {"kind": DocumentKind.INVOICE.value, "status": Status.OVERDUE.value}
        url = reverse("provider-documents", query=query)
        yield Concern("warning", count, words % {"count": format_count(count)}, url)


def _drafts(provider_id: int, now: datetime) -> Iterator[Concern]:
    count = count_late_drafts(provider_id, before=now - _DRAFT_MAX)
    if count:
        words = ngettext(
            "%(count)s document of a payment cannot be issued",
            "%(count)s documents of payments cannot be issued",
            count,
        )
        url = reverse("provider-documents", query={"status": Status.DRAFT.value})
        yield Concern("warning", count, words % {"count": format_count(count)}, url)


def _parked(provider_id: int) -> Iterator[Concern]:
    path = reverse("provider-events")
    for reason, count in count_parked(provider_id).items():
        why = PARKING_REASONS.get(reason, reason)
        words = ngettext(
            "%(count)s event parked: %(why)s", "%(count)s events parked: %(why)s", count
        ) % {"count": format_count(count), "why": why}
        yield Concern("warning", count, words, f"{path}?reason={reason}")


def _refused(provider_id: int) -> Iterator[Concern]:
    counts: Counter[str] = Counter()
    for (verdict, _reason), count in count_refused(provider_id).items():
        counts[verdict] += count
    path = reverse("provider-events")
    rejected, conflicts = counts[RefusedVerdict.REJECTED], counts[RefusedVerdict.CONFLICT]
    if rejected:
        words = ngettext("%(count)s event rejected", "%(count)s events rejected", rejected)
        shown = words % {"count": format_count(rejected)}
        yield Concern("warning", rejected, shown, f"{path}?tab=rejected")
    if conflicts:
        words = ngettext(
            "%(count)s event in conflict with one that counts",
            "%(count)s events in conflict with others that count",
            conflicts,
        )
        shown = words % {"count": format_count(conflicts)}
        yield Concern("warning", conflicts, shown, f"{path}?tab=conflicts")


def _suspended(suspended: Mapping[str, int]) -> Iterator[Concern]:
    path = reverse("provider-clients")
    for reason, why in INLINE_REASONS.items():
        count = suspended.get(reason, 0)
        if count:
            words = ngettext(
                "%(count)s suspended client: %(why)s",
                "%(count)s suspended clients: %(why)s",
                count,
            ) % {"count": format_count(count), "why": why}
            yield Concern("warning", count, words, f"{path}?reason={reason}")


def _started(provider_id: int) -> Iterator[Concern]:
    count = count_suspended_starts(provider_id)
    if count:
        words = ngettext(
            "%(count)s resource runs that was started while its client was suspended",
            "%(count)s resources run that were started while their clients were suspended",
            count,
        ) % {"count": counted(count)}
        url = reverse("provider-clients", query={"status": "suspended"})
        yield Concern("warning", count, words, url)
