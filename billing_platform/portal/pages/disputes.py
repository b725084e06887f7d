"""The queue of disputes: those that wait for an answer first in mind, with filters and CSV."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.dispute_words import STAFF_STATES, reason_words
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.payments import client_number
from payments.enums import OPEN_DISPUTES
from payments.selectors.connections import list_connections
from payments.selectors.disputes import count_undecided, list_disputes
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from billing_platform.portal.pages.payments_filter import PaymentFilter
    from payments.selectors.disputes import DisputeView
    from tenants.types import ProviderView, TenantView

EXPORT_ROWS: Final = 500
DISPUTES_HEAD: Final = (
    "at",
    "dispute",
    "payment",
    "client",
    "method",
    "currency",
    "amount",
    "taken",
    "borne",
    "fee",
    "state",
    "reason",
    "answer_by",
    "gateway_id",
    "problem",
)


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute of a list.

    Attributes:
        reason: in plain words.
        answer_by: until when the gateway takes an answer, None when none is awaited.
        is_late: that moment is over.
    """

    row: DisputeView
    pill: str
    reason: str
    url: str
    client: TenantView | None
    answer_by: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class DisputesPage:
    """A provider's disputes.

    Attributes:
        undecided: how many wait for somebody to decide what is posted.
    """

    lines: Sequence[DisputeLine]
    wanted: PaymentFilter
    groups: Sequence[Choice]
    ways: Sequence[Choice]
    undecided: int
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zone: str


def disputes_page(provider: ProviderView, wanted: PaymentFilter, *, now: datetime) -> DisputesPage:
    """Return a provider's disputes, newest first, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: which.
        now: the present moment.
    """
    path = reverse("provider-disputes")
    query = wanted.wanted(provider.time_zone, client_number(provider.id, wanted.client))
    rows = list_disputes(provider.id, query, limit=wanted.size)
    clients = tenants_by_id(provider.id, {row.tenant_id for row in rows})
    return DisputesPage(
        lines=[_line(row, clients.get(row.tenant_id), now) for row in rows],
        wanted=wanted,
        groups=_groups(wanted),
        ways=[
            Choice(way.public_id, way.label, is_chosen=way.public_id == wanted.way)
            for way in list_connections(provider.id)
        ],
        undecided=count_undecided(provider.id),
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + wanted.query(before=rows[-1].id) if len(rows) == wanted.size else "",
        csv_url=reverse("provider-disputes-csv") + wanted.query(before=None),
        zone=provider.time_zone,
    )


def dispute_cells(provider: ProviderView, wanted: PaymentFilter) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV, newest first; the provider's scope is open while it is read."""
    query = wanted.wanted(provider.time_zone, client_number(provider.id, wanted.client))
    query = replace(query, before=None)
    while True:
        rows = list_disputes(provider.id, query, limit=EXPORT_ROWS)
        clients = tenants_by_id(provider.id, {row.tenant_id for row in rows})
        for row in rows:
            yield _cells(row, clients.get(row.tenant_id))
        if len(rows) < EXPORT_ROWS:
            return
        query = replace(query, before=rows[-1].id)


def answer_by(row: DisputeView) -> datetime | None:
    """Return until when the gateway takes an answer, None when it awaits none.

    Args:
        row: the dispute.
    """
    return row.evidence_due_at if row.state in OPEN_DISPUTES else None


def _line(row: DisputeView, client: TenantView | None, now: datetime) -> DisputeLine:
    until = answer_by(row)
    return DisputeLine(
        row=row,
        pill="dispute_undecided" if row.waits else STAFF_STATES[row.state],
        reason=reason_words(row),
        url=reverse("provider-dispute", args=[row.public_id]),
        client=client,
        answer_by=until,
        is_late=until is not None and until < now,
    )


def _cells(row: DisputeView, client: TenantView | None) -> tuple[Cell, ...]:
    return (
        row.created_at,
        row.public_id,
        row.payment,
        client.external_id if client else "",
        row.connection,
        row.amount.currency,
        row.amount.to_major(),
        row.taken.to_major(),
        row.borne.to_major(),
        row.fee.to_major(),
        row.state,
        row.reason,
        answer_by(row),
        row.external_id,
        row.problem,
    )


def _groups(wanted: PaymentFilter) -> list[Choice]:
    words = {
        "": _("All states"),
        "open": _("Open"),
        "won": _("Won"),
        "lost": _("Lost"),
        "quarantined": _("To be decided"),
    }
    return [Choice(key, label, is_chosen=key == wanted.group) for key, label in words.items()]
