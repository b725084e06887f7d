"""Read what tenants say of themselves."""

from __future__ import annotations

from tenants.models import TenantProfile
from tenants.types import TenantProfileView


def tenant_profile(provider_id: int, tenant_id: int) -> TenantProfileView:
    """Return a tenant's company data, empty when it has given none.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: the row's number.
    """
    row = TenantProfile.objects.filter(provider_id=provider_id, tenant_id=tenant_id).first()
    if row is None:
        return TenantProfileView()
    return TenantProfileView(
        legal_name=row.legal_name,
        address=row.address,
        country=row.country,
        tax_id=row.tax_id,
        billing_emails=tuple(row.billing_emails),
    )
