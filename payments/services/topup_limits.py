"""A customer's own limits of a top-up. Called by its people's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from billing_platform.kernel.money import Money
from payments.errors_topups import TopupLimitsRefused
from payments.models import TopupLimit
from payments.selectors.topup_limits import Span, topup_limits
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
        least_minor: minor units above 0, None for no limit.
        most_minor: likewise.
        now: the present moment.

    Raises:
        TopupLimitsRefused: no amount would lie between them and the provider's; nothing was changed.

    Idempotency: the same limits again change nothing.
    """
    own = Span(*(Money(each, currency) if each else None for each in (least_minor, most_minor)))
    with own_transaction(provider_id):
        limits = replace(topup_limits(provider_id, tenant_id, currency), own=own)
        if limits.least is not None and limits.most is not None and limits.most < limits.least:
            raise TopupLimitsRefused
        TopupLimit.objects.update_or_create(
            provider_id=provider_id,
            tenant_id=tenant_id,
            currency=currency,
            defaults={"least_minor": least_minor, "most_minor": most_minor, "changed_at": now},
        )
