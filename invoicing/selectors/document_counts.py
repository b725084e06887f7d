"""How many documents stand how, for the tabs of lists; counts end at a cap. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db.models import Case, CharField, Count, F, Value, When

from invoicing.enums import UNPAID_STATES, Status
from invoicing.models import Document
from invoicing.selectors.documents import matching_documents

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from invoicing.selectors.documents import DocumentQuery

COUNT_CAP: Final = 10_000


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """Documents by status; of those in `capped` there are more, since the count ended before the last document."""

    counts: Mapping[str, int]
    capped: frozenset[str]


def count_by_status(provider_id: int, query: DocumentQuery, *, today: date) -> StatusCounts:
    """Count the documents that match by status, by two queries that each read so many as the cap says and one.

    Those that somebody still owes are counted on their own: the many that were paid never hide them.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which; its status and its place are ignored.
        today: the provider's day.
    """
    rows = matching_documents(provider_id, replace(query, status=""), today=today)
    counts: dict[str, int] = {}
    capped: set[str] = set()
    for part in (rows.filter(state__in=UNPAID_STATES), rows.exclude(state__in=UNPAID_STATES)):
        found = _counted(part, today)
        counts |= found
        if sum(found.values()) > COUNT_CAP:
            capped |= found.keys()
    return StatusCounts(counts, frozenset(capped))


def _counted(rows: QuerySet[Document], today: date) -> dict[str, int]:
    newest = rows.order_by("-pk").values("pk")[: COUNT_CAP + 1]
    is_late = When(state__in=UNPAID_STATES, due_on__lt=today, then=Value(Status.OVERDUE.value))
    standing = Case(is_late, default=F("state"), output_field=CharField())
    found = Document.objects.filter(pk__in=newest).annotate(standing=standing)
    return dict(found.values_list("standing").annotate(count=Count("pk")).order_by("standing"))
