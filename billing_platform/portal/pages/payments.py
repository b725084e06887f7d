"""Lists of payments: the customer's history, and the provider's with filters and totals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.dispute_words import customer_pill
from billing_platform.portal.method_words import paid_details, paid_title
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.payments_filter import group_choices, own_group_choices
from billing_platform.portal.payment_words import (
    CUSTOMER_REFUNDS,
    CUSTOMER_STATES,
    STAFF_REFUNDS,
    STAFF_STATES,
    failure_words,
    payment_pill,
)
from payments.enums import DisputeState, RefundDestination
from payments.selectors.connections import list_connections
from payments.selectors.disputes import disputes_of
from payments.selectors.health import oldest_unresolved
from payments.selectors.payments import (
    count_quarantined,
    list_payments,
    payment_totals,
)
from payments.selectors.refunds import refunds_of
from tenants.errors import TenantNotFoundError
from tenants.selectors.tenants import tenant_by_external_id, tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from billing_platform.portal.pages.payments_filter import PaymentFilter
    from payments.selectors.disputes import DisputeView
    from payments.selectors.payments import PaymentTotals
    from payments.selectors.refunds import RefundView
    from payments.types import PaymentView
    from tenants.types import ProviderView, TenantView

_NOBODY: Final = 0


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment of a list.

    Attributes:
        pill: its state, for the reader.
        reason: why it did not succeed, in plain words.
        client: who pays; None on the customer's own page.
        refund: the line is not the payment but this refund of it.
        dispute: the line is not the payment but this dispute of it.
    """

    row: PaymentView
    pill: str
    reason: str
    url: str
    client: TenantView | None = None
    refund: RefundView | None = None
    dispute: DisputeView | None = None

    @property
    def title(self) -> str:
        """Return what it was paid with."""
        return _("Balance") if self.is_to_balance else paid_title(self.row)

    @property
    def details(self) -> str:
        """Return what more is known of that, or ""."""
        return "" if self.is_to_balance else paid_details(self.row)

    @property
    def is_to_balance(self) -> bool:
        """Return whether it is a refund that was credited to the balance."""
        return self.refund is not None and self.refund.destination == RefundDestination.BALANCE

    @property
    def at(self) -> datetime:
        """Return when it was opened, or when the refund or the dispute was."""
        if self.dispute:
            return self.dispute.created_at
        return self.refund.created_at if self.refund else self.row.created_at

    @property
    def amount(self) -> Money:
        """Return what came where something came, else what is asked for; what goes back is below 0."""
        if self.refund:
            return -self.refund.amount
        if self.dispute:
            return -(self.dispute.taken or self.dispute.amount)
        return self.row.received or self.row.amount if self.row.posting_id else self.row.amount


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The customer's payments."""

    lines: Sequence[PaymentLine]
    wanted: PaymentFilter
    groups: Sequence[Choice]
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zone: str


@dataclass(frozen=True, slots=True)
class PaymentsPage:
    """The provider's payments.

    Attributes:
        totals: what all that match come to, per currency; None of more than are summed up.
        quarantined: how many wait for somebody.
        oldest: when the oldest undecided one was opened, or None.
    """

    lines: Sequence[PaymentLine]
    wanted: PaymentFilter
    groups: Sequence[Choice]
    ways: Sequence[Choice]
    totals: Sequence[PaymentTotals] | None
    quarantined: int
    oldest: datetime | None
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    zone: str


def history_page(tenant: TenantView, wanted: PaymentFilter) -> HistoryPage:
    """Return a customer's payments, each followed by its refunds and disputes, by a few queries.

    Args:
        tenant: whose; its scope is open.
        wanted: which, as `PaymentFilter.own` reads it.
    """
    path = reverse("billing-payments")
    query = wanted.wanted(tenant.time_zone, tenant.id)
    rows = list_payments(tenant.provider_id, query, limit=wanted.size)
    return HistoryPage(
        lines=own_lines(tenant.provider_id, rows),
        wanted=wanted,
        groups=own_group_choices(wanted),
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + wanted.query(before=rows[-1].id) if len(rows) == wanted.size else "",
        csv_url=reverse("billing-payments-csv") + wanted.query(before=None),
        zone=tenant.time_zone,
    )


def payments_page(provider: ProviderView, wanted: PaymentFilter) -> PaymentsPage:
    """Return a provider's payments, by a fixed number of queries.

    Args:
        provider: whose; its scope is open.
        wanted: which.
    """
    path = reverse("provider-payments")
    query = wanted.wanted(provider.time_zone, client_number(provider.id, wanted.client))
    rows = list_payments(provider.id, query, limit=wanted.size)
    ways = list_connections(provider.id)
    return PaymentsPage(
        lines=staff_lines(provider.id, rows),
        wanted=wanted,
        groups=group_choices(wanted),
        ways=[
            Choice(way.public_id, way.label, is_chosen=way.public_id == wanted.way) for way in ways
        ],
        totals=payment_totals(provider.id, query),
        quarantined=count_quarantined(provider.id),
        oldest=oldest_unresolved(provider.id),
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + wanted.query(before=rows[-1].id) if len(rows) == wanted.size else "",
        csv_url=reverse("provider-payments-csv") + wanted.query(before=None),
        zone=provider.time_zone,
    )


def own_lines(provider_id: int, rows: Sequence[PaymentView]) -> list[PaymentLine]:
    """Return payments as their customer sees them, each followed by its refunds and disputes.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        rows: of one customer.
    """
    lines = _lines(
        provider_id,
        [
            PaymentLine(
                row,
                payment_pill(row, CUSTOMER_STATES),
                failure_words(row.failure_code),
                reverse("billing-payment", args=[row.public_id]),
            )
            for row in rows
        ],
        CUSTOMER_REFUNDS,
    )
    return _with_disputes(provider_id, lines)


def staff_lines(provider_id: int, rows: Sequence[PaymentView]) -> list[PaymentLine]:
    """Return payments as the provider's people see them, each followed by its refunds, by two queries.

    Args:
        provider_id: whose; its scope is open.
        rows: of any customers.
    """
    clients = tenants_by_id(provider_id, {row.tenant_id for row in rows})
    return _lines(
        provider_id,
        [
            PaymentLine(
                row,
                payment_pill(row, STAFF_STATES),
                row.failure_code,
                reverse("provider-payment", args=[row.public_id]),
                clients.get(row.tenant_id),
            )
            for row in rows
        ],
        STAFF_REFUNDS,
    )


def _lines(
    provider_id: int, payments: Sequence[PaymentLine], pills: Mapping[str, str]
) -> list[PaymentLine]:
    """Return payments, each followed by its refunds, by one query."""
    back: dict[int, list[RefundView]] = {}
    for one in refunds_of(provider_id, [line.row.id for line in payments]):
        back.setdefault(one.attempt_id, []).append(one)
    return [
        line
        for payment in payments
        for line in (
            payment,
            *(
                replace(payment, pill=pills[one.state], reason="", refund=one)
                for one in back.get(payment.row.id, ())
            ),
        )
    ]


def _with_disputes(provider_id: int, lines: Sequence[PaymentLine]) -> list[PaymentLine]:
    """Return a customer's lines, each payment's followed by the disputes that took money of it."""
    told: dict[int, list[DisputeView]] = {}
    for one in disputes_of(provider_id, {line.row.id for line in lines}):
        if one.state != DisputeState.INQUIRY and not one.waits:
            told.setdefault(one.attempt_id, []).append(one)
    last = {line.row.id: number for number, line in enumerate(lines)}
    return [
        each
        for number, line in enumerate(lines)
        for each in (
            line,
            *(
                replace(line, pill=customer_pill(one), reason="", refund=None, dispute=one)
                for one in (told.get(line.row.id, ()) if last[line.row.id] == number else ())
            ),
        )
    ]


def client_number(provider_id: int, external_id: str) -> int | None:
    """Return the client that a filter names, one that nobody has when there is none, None without a filter.

    Args:
        provider_id: whose; its scope is open.
        external_id: as the filter has it.
    """
    if not external_id:
        return None
    try:
        return tenant_by_external_id(provider_id, external_id).id
    except TenantNotFoundError:
        return _NOBODY
