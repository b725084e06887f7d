"""The report of collected tax: everybody of the provider reads it, on the page and as CSV."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.consumer_sales import OSS_HEAD, consumer_sales, oss_cells
from billing_platform.portal.pages.tax_report import (
    HEAD,
    SALES_HEAD,
    ReportSpan,
    sales_cells,
    tax_cells,
    tax_report,
)
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def report(request: ProviderRequest) -> HttpResponse:
    """Show the tax of some days per month, region and rate."""
    span = _span(request)
    context = {
        "page": tax_report(request.provider, span),
        "abroad": consumer_sales(request.provider.id, span, today=_today(request)),
    }
    return render(request, "portal/tax_report.html", context)


@require_safe
@provider_member(*ProviderRole)
def report_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the same as a file."""
    rows = partial(tax_cells, request.provider.id, _span(request))
    return list_file(request, "taxes", HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def sales_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the EC sales list as a file."""
    rows = partial(sales_cells, request.provider.id, _span(request))
    return list_file(request, "ec-sales-list", SALES_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def oss_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the figures of the OSS return as a file."""
    rows = partial(oss_cells, request.provider.id, _span(request), _today(request))
    return list_file(request, "oss-return", OSS_HEAD, rows)


def _span(request: ProviderRequest) -> ReportSpan:
    return ReportSpan.of(request.GET, _today(request))


def _today(request: ProviderRequest) -> date:
    return now().astimezone(ZoneInfo(request.provider.time_zone)).date()
