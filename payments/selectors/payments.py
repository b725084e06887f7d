"""Payments: one, lists of them, and what they come to. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.money import Money
from payments.enums import CREDITED, FAILED_STATES, OPEN_STATES, AttemptState, RefundState
from payments.errors import PaymentNotFound
from payments.models import Attempt, Connection, Refund
from payments.selectors.refunds import returned_refunds
from payments.types import PaymentView

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

# What of a payment has gone back, null when nothing has.
_GIVEN_BACK: Final = Subquery(
    Refund.objects.filter(
        provider_id=OuterRef("provider_id"),
        attempt_id=OuterRef("pk"),
        state=RefundState.SUCCEEDED,
    )
    .values("attempt_id")
    .annotate(sum=Sum("amount_minor"))
    .values("sum")
)
# What a filter asks for, in words of pages.
GROUPS: Final[dict[str, Q]] = {
    "open": Q(state__in=OPEN_STATES),
    # What a customer reads as open: that people look at some of it is not told.
    "awaited": Q(state__in=(*OPEN_STATES, AttemptState.QUARANTINED)),
    "succeeded": Q(state=AttemptState.SUCCEEDED),
    "disputed": Q(state=AttemptState.DISPUTED),
    "failed": Q(state__in=FAILED_STATES),
    "quarantined": Q(state=AttemptState.QUARANTINED),
    "refunded": Q(state=AttemptState.SUCCEEDED, received_minor__lte=_GIVEN_BACK),
    "partly_refunded": Q(state=AttemptState.SUCCEEDED, received_minor__gt=_GIVEN_BACK),
    "warned": Q(
        warned_at__isnull=False,
        state=AttemptState.SUCCEEDED,
        received_minor__gt=Coalesce(_GIVEN_BACK, 0),
    ),
    "refund_returned": Q(
        Exists(
            returned_refunds().filter(
                provider_id=OuterRef("provider_id"), attempt_id=OuterRef("pk")
            )
        )
    ),
}


# Gateways of two connections may give one id to two payments.
WORD_HITS: Final = 3
# Their sum is asked for with each look at the list; more rows than so many have to be narrowed first.
TOTALS_MAX: Final = COUNT_CAP


@dataclass(frozen=True, slots=True)
class PaymentQuery:
    """Which payments are asked for; what is None or empty does not narrow.

    Attributes:
        group: a key of GROUPS.
        since, until: half-open, when they were opened.
        before: the number behind which the page begins.
        oldest_first: the newest come first unless it says so.
    """

    group: str = ""
    tenant_id: int | None = None
    connection: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """What payments of one currency come to.

    Attributes:
        taken: credited.
        open: asked for and not decided.
    """

    count: int
    taken: Money
    open: Money


def list_payments(provider_id: int, query: PaymentQuery, *, limit: int) -> list[PaymentView]:
    """Return payments by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which.
        limit: at most so many.
    """
    rows = _rows(provider_id, query)
    order, behind = ("pk", "pk__gt") if query.oldest_first else ("-pk", "pk__lt")
    if query.before is not None:
        rows = rows.filter(**{behind: query.before})
    return _views(provider_id, rows.order_by(order)[:limit])


def payment_totals(provider_id: int, query: PaymentQuery) -> list[PaymentTotals] | None:
    """Return what all payments that match come to, per currency, by two queries; None of more than `TOTALS_MAX`.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: which; the place is ignored.
    """
    matching = _rows(provider_id, query)
    if matching[: TOTALS_MAX + 1].count() > TOTALS_MAX:
        return None
    taken = Sum("received_minor", filter=Q(state__in=CREDITED), default=0)
    waiting = Sum("amount_minor", filter=Q(state__in=OPEN_STATES), default=0)
    # What came in another currency, and was accepted, counts in that one.
    counted = Case(When(state__in=CREDITED, then=F("received_currency")), default=F("currency"))
    rows = matching.annotate(counted=counted).values("counted")
    found = rows.annotate(count=Count("pk"), taken=taken, waiting=waiting).order_by("counted")
    return [
        PaymentTotals(
            row["count"],
            Money(row["taken"], row["counted"]),
            Money(row["waiting"], row["counted"]),
        )
        for row in found
    ]


def payment_by_public_id(
    provider_id: int, public_id: str, *, tenant_id: int | None = None
) -> PaymentView:
    """Return a payment, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        public_id: which.
        tenant_id: only when it is this tenant's.

    Raises:
        PaymentNotFound: the provider, or the tenant, has no such payment.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, public_id=public_id)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    found = _views(provider_id, rows)
    if not found:
        raise PaymentNotFound
    return found[0]


def payments_by_word(
    provider_id: int, word: str, *, tenant_id: int | None = None
) -> list[PaymentView]:
    """Return payments that are called so, by us or by their gateway, by three queries; at most a few.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        word: the whole of a public id, or of the gateway's id of a payment or its page.
        tenant_id: only this tenant's.
    """
    # The gateways' ids are unique per connection, and found by it.
    ways = list(Connection.objects.filter(provider_id=provider_id).values_list("pk", flat=True))
    called = Q(public_id=word)
    for name in ("external_id", "checkout_id"):
        called |= Q(connection_id__in=ways, **{name: word}) & ~Q(**{name: ""})
    rows = Attempt.objects.filter(called, provider_id=provider_id)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return _views(provider_id, rows.order_by("-pk")[:WORD_HITS])


def payments_by_id(provider_id: int, attempt_ids: Iterable[int]) -> dict[int, PaymentView]:
    """Return payments by their numbers, by two queries.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_ids: which.
    """
    rows = Attempt.objects.filter(provider_id=provider_id, pk__in=list(attempt_ids))
    return {row.id: row for row in _views(provider_id, rows)}


def count_quarantined(provider_id: int) -> int:
    """Return how many payments wait for somebody to look at them.

    Args:
        provider_id: whose; its scope is open.
    """
    return Attempt.objects.filter(provider_id=provider_id, state=AttemptState.QUARANTINED).count()


def count_warned(provider_id: int, *, since: datetime) -> int:
    """Return how many payments may be fraud, as their gateways say, and have not gone back.

    Args:
        provider_id: whose; its scope is open.
        since: only those that were warned of since.
    """
    rows = Attempt.objects.filter(GROUPS["warned"], provider_id=provider_id, warned_at__gte=since)
    return rows.count()


def _rows(provider_id: int, query: PaymentQuery) -> QuerySet[Attempt]:
    rows = Attempt.objects.filter(provider_id=provider_id)
    if query.group:
        rows = rows.filter(GROUPS[query.group])
    if query.tenant_id is not None:
        rows = rows.filter(tenant_id=query.tenant_id)
    if query.connection:
        named = Connection.objects.filter(provider_id=provider_id, public_id=query.connection)
        rows = rows.filter(connection_id__in=named.values("pk"))
    if query.since is not None:
        rows = rows.filter(created_at__gte=query.since)
    if query.until is not None:
        rows = rows.filter(created_at__lt=query.until)
    return rows


def _views(provider_id: int, rows: QuerySet[Attempt]) -> list[PaymentView]:
    found = list(rows.annotate(given_back=_GIVEN_BACK))
    named = Connection.objects.filter(provider_id=provider_id).in_bulk(
        {row.connection_id for row in found}
    )
    return [_view(row, named[row.connection_id], row.given_back or 0) for row in found]


def _view(row: Attempt, connection: Connection, given_back_minor: int) -> PaymentView:
    received = fee = None
    if row.received_minor is not None:
        received = Money(row.received_minor, row.received_currency)
        currency = row.fee_currency or row.received_currency
        fee = None if row.fee_minor is None else Money(row.fee_minor, currency)
    return PaymentView(
        id=row.pk,
        public_id=row.public_id,
        tenant_id=row.tenant_id,
        connection_id=row.connection_id,
        connection=connection.label,
        gateway=connection.gateway,
        kind=row.kind,
        amount=Money(row.amount_minor, row.currency),
        state=row.state,
        state_at=row.state_at,
        description=row.description,
        reference=row.reference,
        created_at=row.created_at,
        failure_code=row.failure_code,
        received=received,
        problem=row.problem,
        external_id=row.external_id,
        checkout_url=row.checkout_url,
        posting_id=row.posting_id,
        settled_at=row.settled_at,
        opened_by=row.opened_by,
        accepted_by=row.accepted_by,
        next_poll_at=row.next_poll_at,
        polls=row.polls,
        paid_kind=row.paid_kind,
        paid_brand=row.paid_brand,
        paid_last4=row.paid_last4,
        paid_name=row.paid_name,
        given_back_minor=given_back_minor,
        fee=fee,
        given_up_by=row.given_up_by,
        warned_at=row.warned_at,
    )
