"""The entries of the ledger that a provider's figures are made of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.own_entries import (
    ENTRIES_HEAD,
    EntryFilter,
    entries_page,
    entry_cells,
)
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def entries(request: ProviderRequest) -> HttpResponse:
    """Show the entries behind a figure."""
    page = entries_page(request.provider, EntryFilter.of(request.GET), now=now())
    return render(request, "portal/own_entries.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def entries_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all of them."""
    rows = partial(entry_cells, request.provider, EntryFilter.of(request.GET), now=now())
    return list_file(request, "entries", ENTRIES_HEAD, rows)
