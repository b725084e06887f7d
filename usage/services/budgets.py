"""Write down what a tenant wants to spend in a billing period. Called by its people's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from usage.errors import InvalidBudgetError
from usage.models import Budget

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money


@transaction.atomic
def set_budget(
    *, provider_id: int, tenant_id: int, amount: Money, changed_by: int, now: datetime
) -> None:
    """Save a tenant's budget of each billing period in one currency.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose budget.
        amount: more than nothing.
        changed_by: a user's id.
        now: the present moment.

    Raises:
        InvalidBudgetError: the amount is nothing or less.

    Idempotency: by state.
    """
    if amount.amount_minor <= 0:
        raise InvalidBudgetError
    Budget.objects.update_or_create(
        provider_id=provider_id,
        tenant_id=tenant_id,
        currency=amount.currency,
        defaults={
            "amount_minor": amount.amount_minor,
            "changed_at": now,
            "changed_by_id": changed_by,
        },
    )


@transaction.atomic
def remove_budget(*, provider_id: int, tenant_id: int, currency: str) -> None:
    """Take a tenant's budget in a currency away.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose budget.
        currency: which.

    Idempotency: by state.
    """
    Budget.objects.filter(provider_id=provider_id, tenant_id=tenant_id, currency=currency).delete()
