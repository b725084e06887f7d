"""The usage explorer: for everybody of the provider."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.explorer import EXPLORER_HEAD, explorer_cells, explorer_page
from billing_platform.portal.pages.explorer_filter import ExplorerFilter
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def usage(request: ProviderRequest) -> HttpResponse:
    """Show what was used."""
    page = explorer_page(request.provider, _wanted(request), now=now())
    return render(request, "portal/explorer.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def usage_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send what was used, as the page shows it."""
    rows = partial(explorer_cells, request.provider, _wanted(request), now=now())
    return list_file(request, "usage", EXPLORER_HEAD, rows)


def _wanted(request: ProviderRequest) -> ExplorerFilter:
    today = now().astimezone(ZoneInfo(request.provider.time_zone)).date()
    return ExplorerFilter.of(request.GET, today=today)
