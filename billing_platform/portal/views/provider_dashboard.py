"""The first page of a provider's people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.provider_dashboard import provider_dashboard, revenue_file
from billing_platform.portal.pages.revenue import REVENUE_HEAD
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def dashboard(request: ProviderRequest) -> HttpResponse:
    """Show how the business runs."""
    page = provider_dashboard(request.provider, span=request.GET.get("days", ""), now=now())
    return render(request, "portal/provider_dashboard.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def revenue_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the revenue by day and meter."""
    rows = partial(revenue_file, request.provider, span=request.GET.get("days", ""), now=now())
    return list_file(request, "revenue", REVENUE_HEAD, rows)
