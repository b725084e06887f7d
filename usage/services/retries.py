"""Try refused events again, or dismiss them. Called by the provider's pages.

Nothing is locked before ingestion decides: the key of the event does, so that two tries at once count it once. What
became of it is written down afterwards, in the order of the rows' keys, as ingestion itself writes these rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F

from billing_platform.kernel.markers import marker
from billing_platform.kernel.rows import execute
from usage.enums import OriginalForm, Outcome, RefusedVerdict
from usage.importers.cloudevents import parse_json, read_event
from usage.intake.digests import canonical_data
from usage.intake.events import IncomingEvent
from usage.intake.timestamps import read_time
from usage.intake.verdicts import BadEventError, EventResult, Verdict
from usage.models import RefusedEvent
from usage.selectors.refused import matching_refused
from usage.services.ingestion import take_events
from usage.services.refusals import KEPT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from usage.selectors.refused import RefusedQuery

RETRY_MAX: Final = 500
# A test kills a try here, between ingestion and what is written down of it.
MARKERS: Final = ("retry.taken",)
# A dismissed one that was counted after all says so.
_WRITE_DOWN: Final = """
WITH held AS (SELECT id FROM usage_refused_event WHERE provider_id = %(provider)s AND id = ANY (%(ids)s)
               ORDER BY key FOR UPDATE)
UPDATE usage_refused_event r
   SET tried_at = %(now)s, tried_by_id = %(user)s, tries = r.tries + 1,
       verdict = CASE WHEN o.verdict = 'conflict' THEN 'conflict' ELSE r.verdict END,
       reason = coalesce(nullif(o.reason, ''), r.reason),
       outcome = coalesce(nullif(o.outcome, ''), r.outcome),
       settled_at = CASE WHEN o.outcome <> '' THEN %(now)s ELSE r.settled_at END,
       settled_by_id = CASE WHEN o.outcome <> '' THEN %(user)s ELSE r.settled_by_id END
  FROM held, unnest(%(ids)s::bigint[], %(verdicts)s::text[], %(reasons)s::text[], %(outcomes)s::text[])
             AS o (id, verdict, reason, outcome)
 WHERE r.provider_id = %(provider)s AND r.id = held.id AND o.id = held.id AND r.outcome IN ('', 'dismissed')
"""
_DISMISS: Final = """
WITH held AS (SELECT id FROM usage_refused_event WHERE provider_id = %s AND id = ANY (%s) ORDER BY key FOR UPDATE)
UPDATE usage_refused_event r SET outcome = 'dismissed', settled_at = %s, settled_by_id = %s
  FROM held WHERE r.provider_id = %s AND r.id = held.id AND r.outcome = ''
"""
_OUTCOMES: Final = {
    Verdict.ACCEPTED: Outcome.ACCEPTED,
    Verdict.PARKED: Outcome.PARKED,
    Verdict.DUPLICATE: Outcome.DUPLICATE,
}


@dataclass(frozen=True)
class RetryReport:
    """How many events of a try met which verdict."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def tried(self) -> int:
        """Return how many were tried."""
        return self.verdicts.total()


def retry_refused(
    *, provider_id: int, query: RefusedQuery, user_id: int, now: datetime
) -> RetryReport:
    """Bring rejected events in anew, at most `RETRY_MAX`, those first that were tried longest ago.

    Args:
        provider_id: whose; its scope is open.
        query: which; only open rejected ones are tried, of which all is there.
        user_id: who tries.
        now: the moment of the try; the provider's limits of age are judged by it.

    Returns:
        What became of them. The rows say it one by one: those of this try carry `now` as `tried_at`.

    Idempotency: by source and id, as ingestion; an event is counted once however often it is tried.
    """
    wanted = matching_refused(provider_id, query).filter(
        verdict=RefusedVerdict.REJECTED, outcome=""
    )
    return _retry(provider_id, _triable(wanted), user_id, now)


def retry_one(*, provider_id: int, number: int, user_id: int, now: datetime) -> RetryReport:
    """Bring one rejected event in anew, also one that was dismissed.

    Args:
        provider_id: whose; its scope is open.
        number: the row's id; nothing happens when it cannot be tried.
        user_id: who tries.
        now: the moment of the try.

    Idempotency: by source and id, as ingestion.
    """
    wanted = RefusedEvent.objects.filter(
        provider_id=provider_id,
        pk=number,
        verdict=RefusedVerdict.REJECTED,
        outcome__in=["", Outcome.DISMISSED],
    )
    return _retry(provider_id, _triable(wanted), user_id, now)


def dismiss_refused(*, provider_id: int, query: RefusedQuery, user_id: int, now: datetime) -> int:
    """Take open refused events off the list, all that match.

    Args:
        provider_id: whose; its scope is open.
        query: which.
        user_id: who dismisses them.
        now: the moment.

    Returns:
        How many were open.

    Idempotency: by state.
    """
    wanted = matching_refused(provider_id, query).filter(outcome="")
    return _dismiss(provider_id, list(wanted.values_list("pk", flat=True)), user_id, now)


def dismiss_one(*, provider_id: int, number: int, user_id: int, now: datetime) -> bool:
    """Take one refused event off the list, and return whether it was open; arguments as `retry_one`."""
    return bool(_dismiss(provider_id, [number], user_id, now))


def _dismiss(provider_id: int, ids: list[int], user_id: int, now: datetime) -> int:
    return execute(_DISMISS, [provider_id, ids, now, user_id, provider_id])


def _triable(wanted: QuerySet[RefusedEvent]) -> list[RefusedEvent]:
    whole = wanted.filter(is_cut=False).exclude(form=OriginalForm.LINE)
    return list(whole.order_by(F("tried_at").asc(nulls_first=True), "pk")[:RETRY_MAX])


@transaction.atomic(savepoint=False)
def _retry(
    provider_id: int, rows: Sequence[RefusedEvent], user_id: int, now: datetime
) -> RetryReport:
    unread: list[EventResult | None] = []
    events: list[IncomingEvent] = []
    for row in rows:
        try:
            events.append(_event(row))
            unread.append(None)
        except BadEventError as error:
            unread.append(EventResult(row.event_id, Verdict.REJECTED, error.reason))
    taken = iter(take_events(provider_id=provider_id, events=events, now=now))
    results = [next(taken) if result is None else result for result in unread]
    marker("retry.taken")
    if rows:
        execute(
            _WRITE_DOWN,
            {
                "provider": provider_id,
                "user": user_id,
                "now": now,
                "ids": [row.pk for row in rows],
                "verdicts": [result.verdict.value for result in results],
                "reasons": [_reason(result) for result in results],
                "outcomes": [_OUTCOMES.get(result.verdict, "") for result in results],
            },
        )
    return RetryReport(Counter(result.verdict for result in results))


def _reason(result: EventResult) -> str:
    """Return why it is still refused; what was parked was refused for what it was refused for."""
    return result.reason.value if result.reason and result.verdict in KEPT else ""


def _event(row: RefusedEvent) -> IncomingEvent:
    item = parse_json(row.original)
    if row.form == OriginalForm.ITEM or not isinstance(item, dict) or row.digest is None:
        return read_event(item)
    data = item["data"]
    return IncomingEvent(
        event_id=item["id"],
        source=item["source"],
        tenant=item["tenant"],
        type=item["type"],
        subject=item["subject"],
        at=read_time(item["time"]),
        data=data,
        data_text=canonical_data(data),
        digest=row.digest.hex,
    )
