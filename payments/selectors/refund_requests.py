"""Requests for refunds: the queue, one of them, and those of a payment. Called by pages and the services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from billing_platform.kernel.money import Money
from payments.enums import OPEN_REQUESTS, AttemptState
from payments.errors import RequestNotFound
from payments.models import Attempt, RefundRequest
from payments.types import RefundRequestView
from tenants.registry import REFUNDS_CUSTOMERS_ASK, REFUNDS_WINDOW_DAYS
from tenants.selectors.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DECIDED: Final = "decided"


def list_requests(
    provider_id: int, *, group: str = "", before: int | None = None, limit: int
) -> list[RefundRequestView]:
    """Return requests, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        group: DECIDED for those, "" for the open ones.
        before: the number before which the page begins.
        limit: at most so many.
    """
    rows = RefundRequest.objects.filter(provider_id=provider_id)
    is_open = Q(state__in=OPEN_REQUESTS)
    rows = rows.filter(~is_open if group == DECIDED else is_open)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view_of(row) for row in rows.order_by("-pk")[:limit]]


def count_open_requests(provider_id: int) -> int:
    """Return how many requests wait for a decision.

    Args:
        provider_id: whose; its scope is open.
    """
    return RefundRequest.objects.filter(provider_id=provider_id, state__in=OPEN_REQUESTS).count()


def request_by_public_id(provider_id: int, public_id: str) -> RefundRequestView:
    """Return a request, by one query.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.

    Raises:
        RequestNotFound: the provider has no such request.
    """
    row = RefundRequest.objects.filter(provider_id=provider_id, public_id=public_id).first()
    if row is None:
        raise RequestNotFound
    return view_of(row)


def requests_of(provider_id: int, attempt_ids: Iterable[int]) -> list[RefundRequestView]:
    """Return the requests of payments, oldest first, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_ids: the payments' numbers.
    """
    rows = RefundRequest.objects.filter(provider_id=provider_id, attempt_id__in=list(attempt_ids))
    return [view_of(row) for row in rows.order_by("pk")]


def asked_until(provider_id: int, attempt_id: int) -> datetime | None:
    """Return until when the customer may ask for a refund of a payment, None when it cannot be asked for at all.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        attempt_id: the payment's number.
    """
    is_on, days = get_settings(provider_id, REFUNDS_CUSTOMERS_ASK, REFUNDS_WINDOW_DAYS)
    row = Attempt.objects.filter(provider_id=provider_id, pk=attempt_id).first()
    if not is_on or row is None or row.state != AttemptState.SUCCEEDED:
        return None
    paid_at = row.settled_at or row.created_at
    return paid_at + timedelta(days=days)


def view_of(row: RefundRequest) -> RefundRequestView:
    """Return a row as pages show it.

    Args:
        row: read in the scope that is open.
    """
    granted = None
    if row.granted_minor is not None:
        granted = Money(row.granted_minor, row.currency)
    return RefundRequestView(
        id=row.pk,
        public_id=row.public_id,
        tenant_id=row.tenant_id,
        attempt_id=row.attempt_id,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        by_staff=row.by_staff,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=row.state,
        destination=row.destination,
        granted=granted,
        overdraws=row.overdraws,
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        answer=row.answer,
        refund_id=row.refund_id,
    )
