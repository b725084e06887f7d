"""Refused events: what was rejected, what conflicts, and what became of it. Read by the provider's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Value

from usage.enums import OriginalForm, Outcome, RefusedVerdict
from usage.models import RefusedEvent
from usage.selectors.uncounted import told_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


@dataclass(frozen=True)
class RefusedQuery:
    """Which refused events are meant; what is empty does not narrow.

    Attributes:
        verdict: of RefusedVerdict.
        settled: those that left the list, instead of the open ones.
        reason: the stable word.
        event_type: the type that meters match.
        tenant: a tenant's external id.
        starts, ends: sent in this stretch of time.
        tried_at: those that one try was about, open or not.
    """

    verdict: str = RefusedVerdict.REJECTED.value
    settled: bool = False
    reason: str = ""
    event_type: str = ""
    tenant: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    tried_at: datetime | None = None


@dataclass(frozen=True)
class RefusedRow:
    """One refused content.

    Attributes:
        number: the row's id, for paging and addresses.
        original: what was sent, as far as it was kept; `is_cut` when that is not all.
        outcome: of Outcome; empty while it is open.
        may_be_tried: a rejected one that was not counted, and of which all is there.
    """

    number: int
    verdict: str
    reason: str
    via: str
    form: str
    original: str
    is_cut: bool
    source: str
    event_id: str
    tenant_external_id: str
    event_type: str
    at: datetime | None
    received_at: datetime
    last_seen_at: datetime
    times: int
    tried_at: datetime | None
    tried_by_id: int | None
    tries: int
    outcome: str
    settled_at: datetime | None
    settled_by_id: int | None

    @property
    def may_be_tried(self) -> bool:
        """Whether it can go through ingestion once more."""
        return (
            self.verdict == RefusedVerdict.REJECTED
            and self.form != OriginalForm.LINE
            and not self.is_cut
            and self.outcome in {"", Outcome.DISMISSED}
        )


_COLUMNS = ("pk", *tuple(RefusedRow.__dataclass_fields__)[1:])
_WITHOUT = tuple(Value("") if name == "original" else name for name in _COLUMNS)


def list_refused(
    provider_id: int,
    query: RefusedQuery,
    *,
    before: int = 0,
    limit: int = 50,
    with_original: bool = False,
) -> list[RefusedRow]:
    """Return refused events, newest first.

    Args:
        provider_id: whose; its scope is open.
        query: which.
        before: the number of the last row of the page before; 0 for the first page.
        limit: how many rows at most.
        with_original: with what was sent, which may be long; it is empty otherwise.
    """
    columns = _COLUMNS if with_original else _WITHOUT
    rows = matching_refused(provider_id, query)
    if before:
        rows = rows.filter(pk__lt=before)
    return [RefusedRow(*row) for row in rows.order_by("-pk").values_list(*columns)[:limit]]


def refused_event(provider_id: int, number: int) -> RefusedRow | None:
    """Return one refused event, or None when the provider has no such one.

    Args:
        provider_id: whose; its scope is open.
        number: the row's id.
    """
    row = RefusedEvent.objects.filter(provider_id=provider_id, pk=number)
    return next((RefusedRow(*cells) for cells in row.values_list(*_COLUMNS)), None)


def count_refused(provider_id: int) -> dict[tuple[str, str], int]:
    """Return how many refused events are open, by verdict and reason; their number is bounded when they are kept.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = RefusedEvent.objects.filter(provider_id=provider_id, settled_at__isnull=True)
    found = rows.values_list("verdict", "reason").annotate(count=Count("pk")).order_by("verdict")
    return {(verdict, reason): count for verdict, reason, count in found}


def matching_refused(provider_id: int, query: RefusedQuery) -> QuerySet[RefusedEvent]:
    """Return the rows that are meant, for this part's own use.

    Args:
        provider_id: whose; its scope is open.
        query: which.
    """
    rows = RefusedEvent.objects.filter(provider_id=provider_id)
    if query.tried_at:
        rows = rows.filter(tried_at=query.tried_at)
    else:
        rows = rows.filter(verdict=query.verdict, settled_at__isnull=not query.settled)
    rows = rows.filter(
        **told_of(reason=query.reason, event_type=query.event_type, tenant=query.tenant)
    )
    if query.starts:
        rows = rows.filter(last_seen_at__gte=query.starts)
    return rows.filter(received_at__lt=query.ends) if query.ends else rows
