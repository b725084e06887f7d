"""The first page of those who administer a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.customer_dashboard import customer_dashboard
from tenants.access import tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def dashboard(request: TenantRequest) -> HttpResponse:
    """Show what is left, what is spent and what needs attention."""
    page = customer_dashboard(request.provider, request.tenant, now=now())
    return render(request, "portal/customer_dashboard.html", {"page": page})
