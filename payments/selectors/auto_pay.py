"""Whether a tenant's default method is charged without being asked each time."""

from __future__ import annotations

from payments.models import AutoPay


def is_auto_pay_on(provider_id: int, tenant_id: int) -> bool:
    """Return a tenant's choice; off where none was made.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose choice.
    """
    return AutoPay.objects.filter(provider_id=provider_id, tenant_id=tenant_id, is_on=True).exists()
