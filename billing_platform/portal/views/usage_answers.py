"""From a line down to its hours and their events: the answers that customers and the provider's people share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import address_hour
from billing_platform.portal.pages.usage_events import usage_events_page
from billing_platform.portal.pages.usage_line import (
    LINE_HEAD,
    LineKey,
    LineNotFoundError,
    find_line,
    line_cells,
    usage_line_page,
)
from billing_platform.portal.pages.usage_periods import usage_periods_page

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from billing_platform.portal.pages.usage_places import UsagePlaces
    from tenants.access import ProviderRequest, TenantRequest
    from tenants.types import TenantView

    PortalRequest = ProviderRequest | TenantRequest


def show_line(request: PortalRequest, tenant: TenantView, places: UsagePlaces) -> HttpResponse:
    """Show the hours of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect(places.home)
    try:
        page = usage_line_page(tenant, key, places, page=request.GET.get("page", ""))
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_line.html", {"page": page})


def send_line(request: PortalRequest, tenant: TenantView, places: UsagePlaces) -> HttpResponseBase:
    """Send all hours of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect(places.home)
    try:
        find_line(tenant, key)
    except LineNotFoundError as error:
        raise Http404 from error
    return list_file(request, "usage", LINE_HEAD, partial(line_cells, tenant, key))


def show_periods(request: PortalRequest, tenant: TenantView, places: UsagePlaces) -> HttpResponse:
    """Show the tenant's billing periods and the lines of one."""
    try:
        page = usage_periods_page(tenant, request.GET, places)
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_periods.html", {"page": page})


def show_events(request: PortalRequest, tenant: TenantView, places: UsagePlaces) -> HttpResponse:
    """Show what was counted in one hour of a line."""
    key = LineKey.of(request.GET)
    if not key.code:
        return redirect(places.home)
    hour = address_hour(request.GET.get("hour", ""))
    if hour is None:
        raise Http404
    after = request.GET.get("after", "")[:1100]
    try:
        page = usage_events_page(tenant, key, places, hour=hour, after=after, now=now())
    except LineNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/usage_events.html", {"page": page})
