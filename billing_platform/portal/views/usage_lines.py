"""From a line of the billing page down to its hours and their events: for those who administer the tenant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.csv_export import csv_response
from billing_platform.portal.pages.usage_events import usage_events_page
from billing_platform.portal.pages.usage_line import (
    LINE_HEAD,
    LineKey,
    LineNotFoundError,
    find_line,
    hour_of,
    line_cells,
    usage_line_page,
)
from billing_platform.portal.pages.usage_periods import usage_periods_page
from tenants.access import streamed, tenant_member
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def line(request: TenantRequest) -> HttpResponse:
    """Show the hours of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect("billing")
    try:
        page = usage_line_page(request.tenant, key, page=request.GET.get("page", ""))
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_line.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def line_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all hours of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect("billing")
    try:
        find_line(request.tenant, key)
    except LineNotFoundError as error:
        raise Http404 from error
    rows = partial(line_cells, request.tenant, key)
    return csv_response("usage.csv", LINE_HEAD, streamed(request, rows))


@require_safe
@tenant_member(TenantRole.ADMIN)
def periods(request: TenantRequest) -> HttpResponse:
    """Show the tenant's billing periods and the lines of one."""
    try:
        page = usage_periods_page(request.tenant, request.GET)
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_periods.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def events(request: TenantRequest) -> HttpResponse:
    """Show what was counted in one hour of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect("billing")
    hour = hour_of(request.GET.get("hour", ""))
    if hour is None:
        raise Http404
    try:
        page = usage_events_page(
            request.tenant,
            key,
            hour=hour,
            after=request.GET.get("after", "")[:1100],
            now=now(),
        )
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_events.html", {"page": page})
