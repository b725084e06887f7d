"""From a line of the billing page down to its hours and their events: for those who administer the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_safe

from billing_platform.portal.pages.usage_places import customer_places
from billing_platform.portal.views import usage_answers
from tenants.access import tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def line(request: TenantRequest) -> HttpResponse:
    """Show the hours of a line."""
    return usage_answers.show_line(request, request.tenant, customer_places())


@require_safe
@tenant_member(TenantRole.ADMIN)
def line_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all hours of a line."""
    return usage_answers.send_line(request, request.tenant, customer_places())


@require_safe
@tenant_member(TenantRole.ADMIN)
def periods(request: TenantRequest) -> HttpResponse:
    """Show the tenant's billing periods and the lines of one."""
    return usage_answers.show_periods(request, request.tenant, customer_places())


@require_safe
@tenant_member(TenantRole.ADMIN)
def events(request: TenantRequest) -> HttpResponse:
    """Show what was counted in one hour of a line."""
    return usage_answers.show_events(request, request.tenant, customer_places())
