"""Everything that changed a tenant's balance: for those who administer the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.ledger import LedgerPlace
from billing_platform.portal.pages.ledger_filter import LedgerFilter
from billing_platform.portal.pages.transactions import transactions_page
from tenants.access import tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def transactions(request: TenantRequest) -> HttpResponse:
    """Show a page of transactions."""
    place = LedgerPlace(
        reverse("billing-transactions"), reverse("billing-ledger-csv"), request.tenant.time_zone
    )
    page = transactions_page(request.tenant, LedgerFilter.of(request.GET), place, now=now())
    return render(request, "portal/transactions.html", {"page": page})
