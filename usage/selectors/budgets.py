"""What tenants want to spend in a billing period. Called by their pages."""

from __future__ import annotations

from billing_platform.kernel.money import Money
from usage.models import Budget


def budgets_of(provider_id: int, tenant_id: int) -> dict[str, Money]:
    """Return a tenant's budgets by currency, by one query.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose budgets.
    """
    rows = Budget.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    return {
        currency: Money(amount_minor, currency)
        for currency, amount_minor in rows.order_by("currency").values_list(
            "currency", "amount_minor"
        )
    }
