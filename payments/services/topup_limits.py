"""A customer's own limits of a top-up. Called by its people's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from payments.errors_topups import TopupLimitsRefused
from payments.models import TopupLimit
from payments.selectors.topup_limits import span_of, topup_limits
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def save_own_limits(
    *,
    provider_id: int,
    tenant_id: int,
    currency: str,
    least_minor: int | None,
    most_minor: int | None,
    now: datetime,
) -> None:
    """Save what a customer's people allow themselves per top-up; auto-recharge and bank orders keep to it, too.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose limits.
        currency: of the amounts.
        least_minor: minor units; None and 0 are no limit.
        most_minor: likewise.
        now: the present moment.

    Raises:
        TopupLimitsRefused: no amount would lie between them and the provider's; nothing was changed.

    Idempotency: by state; the same limits again change only when they were saved.
    """
    own = span_of(least_minor, most_minor, currency)
    with own_transaction(provider_id):
        limits = replace(topup_limits(provider_id, tenant_id, currency), own=own)
        if limits.least is not None and limits.most is not None and limits.most < limits.least:
            raise TopupLimitsRefused
        TopupLimit.objects.update_or_create(
            provider_id=provider_id,
            tenant_id=tenant_id,
            currency=currency,
            defaults={
                "least_minor": least_minor or None,
                "most_minor": most_minor or None,
                "changed_at": now,
            },
        )
