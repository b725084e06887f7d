"""Requests for refunds as the provider's people see them: the queue, and one with all that a decision needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.payment_words import STAFF_REFUNDS, STAFF_REQUESTS
from payments.enums import OPEN_REQUESTS, RequestState
from payments.selectors.payments import payments_by_id
from payments.selectors.refund_requests import DECIDED, list_requests, request_by_public_id
from payments.selectors.refunds import refundable, refunds_of
from payments.types import RefundTerms
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from billing_platform.portal.list_cells import Cell
    from payments.selectors.refunds import Refundable, RefundEffect, RefundView
    from payments.types import PaymentView, RefundRequestView
    from tenants.types import ProviderView, TenantView

PAGE_ROWS: Final = 50
EXPORT_ROWS: Final = 500
REQUESTS_HEAD: Final = (
    "asked_at",
    "request",
    "client",
    "payment",
    "currency",
    "amount",
    "state",
    "granted",
    "destination",
    "reason",
    "answer",
)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in the queue."""

    row: RefundRequestView
    pill: str
    client: TenantView | None
    payment: PaymentView
    url: str


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The requests that wait, or those that were decided."""

    lines: Sequence[RequestLine]
    tabs: Sequence[Choice]
    is_decided: bool
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zone: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request with all that a decision needs.

    Attributes:
        rest: what can be given back of the payment, None when nothing ever came.
        is_open: it can be decided on.
        waits: it waits for a second person.
        is_own: the person who looks proposed it, so somebody else has to agree.
        asked_by, proposed_by, decided_by: addresses, "" where nobody is known.
        refunds: of the payment, with the pill of each.
    """

    row: RefundRequestView
    pill: str
    client: TenantView | None
    payment: PaymentView
    rest: Refundable | None
    is_open: bool
    waits: bool
    is_own: bool
    asked_by: str
    proposed_by: str
    decided_by: str
    refunds: Sequence[tuple[RefundView, str]]
    zone: str

    @property
    def proposed(self) -> RefundEffect | None:
        """Return what would happen if the second person agreed now."""
        if not self.waits or self.rest is None or self.row.granted is None:
            return None
        terms = RefundTerms(
            amount=self.row.granted,
            destination=self.row.destination,
            overdraws=self.row.overdraws,
        )
        return self.rest.effect_of(terms)


def queue_page(provider: ProviderView, query: Mapping[str, str]) -> QueuePage:
    """Return a page of requests, newest first, by four queries.

    Args:
        provider: whose; its scope is open.
        query: of the address: `state`, and `before` for the place.
    """
    path = reverse("provider-refund-requests")
    group = DECIDED if query.get("state") == DECIDED else ""
    before = row_number(query.get("before", "")) or None
    rows = list_requests(provider.id, group=group, before=before, limit=PAGE_ROWS)
    base = f"?state={group}&" if group else "?"
    return QueuePage(
        lines=_lines(provider.id, rows),
        tabs=[
            Choice(path, _("Open"), is_chosen=not group),
            Choice(f"{path}?state={DECIDED}", _("Decided"), is_chosen=bool(group)),
        ],
        is_decided=bool(group),
        path=path,
        newest_url=path + base.rstrip("?&") if before else "",
        older_url=f"{path}{base}before={rows[-1].id}" if len(rows) == PAGE_ROWS else "",
        csv_url=reverse("provider-refund-requests-csv") + base.rstrip("?&"),
        zone=provider.time_zone,
    )


def request_cells(provider: ProviderView, group: str) -> Iterator[Sequence[Cell]]:
    """Yield the lines of the CSV, newest first; the provider's scope is open while it is read."""
    before: int | None = None
    while True:
        rows = list_requests(provider.id, group=group, before=before, limit=EXPORT_ROWS)
        for line in _lines(provider.id, rows):
            yield _cells(line)
        if len(rows) < EXPORT_ROWS:
            return
        before = rows[-1].id


def request_page(provider: ProviderView, public_id: str, *, user_id: int) -> RequestPage:
    """Return one request, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        public_id: which.
        user_id: who looks.

    Raises:
        RequestNotFound: the provider has no such request.
    """
    row = request_by_public_id(provider.id, public_id)
    payment = payments_by_id(provider.id, [row.attempt_id])[row.attempt_id]
    named = {row.asked_by, row.proposed_by or 0, row.decided_by or 0} - {0}
    people = emails_of(named)
    return RequestPage(
        row=row,
        pill=STAFF_REQUESTS[row.state],
        client=tenants_by_id(provider.id, {row.tenant_id}).get(row.tenant_id),
        payment=payment,
        rest=refundable(payment, provider.id),
        is_open=row.state in OPEN_REQUESTS,
        waits=row.state == RequestState.WAITING,
        is_own=row.proposed_by == user_id,
        asked_by=people.get(row.asked_by, ""),
        proposed_by=people.get(row.proposed_by or 0, ""),
        decided_by=people.get(row.decided_by or 0, ""),
        refunds=[
            (one, STAFF_REFUNDS[one.state]) for one in refunds_of(provider.id, [row.attempt_id])
        ],
        zone=provider.time_zone,
    )


def _lines(provider_id: int, rows: Sequence[RefundRequestView]) -> list[RequestLine]:
    clients = tenants_by_id(provider_id, {row.tenant_id for row in rows})
    payments = payments_by_id(provider_id, {row.attempt_id for row in rows})
    return [
        RequestLine(
            row=row,
            pill=STAFF_REQUESTS[row.state],
            client=clients.get(row.tenant_id),
            payment=payments[row.attempt_id],
            url=reverse("provider-refund-request", args=[row.public_id]),
        )
        for row in rows
    ]


def _cells(line: RequestLine) -> Sequence[Cell]:
    row = line.row
    return (
        row.asked_at,
        row.public_id,
        line.client.external_id if line.client else "",
        line.payment.public_id,
        row.amount.currency,
        row.amount.to_major(),
        row.state,
        row.granted.to_major() if row.granted else None,
        row.destination,
        row.reason,
        row.answer,
    )
