"""How many documents stand how, for the tabs of lists; counts end at a cap. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Q

from billing_platform.kernel.caps import COUNT_CAP
from invoicing.enums import UNPAID_STATES, DocumentState, Status
from invoicing.selectors.documents import matching_documents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from invoicing.models import Document
    from invoicing.selectors.documents import DocumentQuery

# By how they are counted together.
_LATE: Final = frozenset({Status.OVERDUE.value})
_OWED: Final = frozenset(state.value for state in UNPAID_STATES)
_OTHERS: Final = frozenset(Status.values) - _LATE - _OWED


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """Documents by status; of those in `capped` there may be more, since the count ended before the last document."""

    counts: Mapping[str, int]
    capped: frozenset[str]


def count_by_status(provider_id: int, query: DocumentQuery, *, today: date) -> StatusCounts:
    """Count the documents that match by status, by three queries that each read so many as the cap says and one.

    Those that are late, those that are owed else and those that nobody owes are counted each on their own: the many
    of one kind never hide another. Of every status that may stand behind a cap it is said that there may be more.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which; its status and its place are ignored.
        today: the provider's day.
    """
    rows = matching_documents(provider_id, replace(query, status=""), today=today)
    # What is owed stands in an index by its day: in the order of numbers all that is paid would be read with it.
    unpaid = rows.filter(state__in=UNPAID_STATES)
    counts: dict[str, int] = {}
    capped: set[str] = set()
    for part, statuses in (
        (unpaid.filter(due_on__lt=today).order_by("-due_on"), _LATE),
        (unpaid.exclude(due_on__lt=today).order_by("-due_on"), _OWED),
        (rows.exclude(state__in=UNPAID_STATES).order_by("-pk"), _OTHERS),
    ):
        found = _counted(part)
        every = sum(found.values())
        counts |= {Status.OVERDUE.value: every} if statuses is _LATE and every else found
        if every > COUNT_CAP:
            capped |= statuses
    return StatusCounts(counts, frozenset(capped))


def _counted(rows: QuerySet[Document]) -> dict[str, int]:
    first = rows[: COUNT_CAP + 1]
    # Counted in the very rows that were read: to find them again by their ids takes ten times as long.
    found = first.aggregate(
        **{state: Count("pk", filter=Q(state=state)) for state in DocumentState.values}
    )
    return {state: count for state, count in found.items() if count}
