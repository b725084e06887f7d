"""The customer's own billing: for those who administer the tenant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.billing import billing_page
from billing_platform.portal.pages.ledger import LEDGER_HEAD, ledger_cells
from billing_platform.portal.pages.ledger_filter import LedgerFilter
from tenants.access import tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def billing(request: TenantRequest) -> HttpResponse:
    """Show balance, usage and transactions."""
    wanted = LedgerFilter.of(request.GET)
    page = billing_page(
        request.provider,
        request.tenant,
        ledger=wanted,
        span=request.GET.get("hours", ""),
        now=now(),
    )
    return render(request, "portal/billing.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def ledger_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all transactions that match, as the page shows them."""
    wanted = LedgerFilter.of(request.GET)
    rows = partial(
        ledger_cells,
        request.provider.id,
        request.tenant.id,
        wanted,
        is_staff=False,
        zone=request.tenant.time_zone,
    )
    return list_file(request, "transactions", LEDGER_HEAD, rows)
