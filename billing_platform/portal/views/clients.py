"""A provider's clients: the list, its download, one client and the download of its ledger."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.csv_export import csv_response
from billing_platform.portal.pages.client import client_page
from billing_platform.portal.pages.clients import client_cells, clients_page
from billing_platform.portal.pages.clients_filter import ClientFilter
from billing_platform.portal.pages.ledger import LEDGER_HEAD, LedgerFilter, ledger_cells
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member, streamed
from tenants.enums import ProviderRole
from tenants.errors import TenantNotFoundError

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest

CLIENTS_HEAD = (
    "client_id",
    "name",
    "status",
    "suspended_for",
    "billing_plan",
    "plans",
    "currency",
    "balance",
    "reserved",
    "available",
)


@require_safe
@provider_member(*ProviderRole)
def clients(request: ProviderRequest) -> HttpResponse:
    """Show a page of the list."""
    page = clients_page(
        request.provider,
        ClientFilter.of(request.GET),
        role=request.membership.role,
        now=now(),
    )
    return render(request, "portal/clients.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def clients_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the whole list, search, filters and order as on the page."""
    wanted = ClientFilter.of(request.GET)
    rows = partial(client_cells, request.provider.id, wanted, now=now())
    return csv_response("clients.csv", CLIENTS_HEAD, streamed(request, rows))


@require_safe
@provider_member(*ProviderRole)
def client(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show one client."""
    try:
        page = client_page(
            request.provider,
            public_id,
            role=request.membership.role,
            ledger=LedgerFilter.of(request.GET),
            now=now(),
        )
    except TenantNotFoundError as error:
        raise Http404 from error
    return render(request, "portal/client.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def client_ledger_csv(request: ProviderRequest, public_id: str) -> HttpResponseBase:
    """Send a client's whole ledger."""
    tenant = client_of(request, public_id)
    wanted = LedgerFilter.of(request.GET)
    rows = partial(
        ledger_cells,
        request.provider.id,
        tenant.id,
        wanted,
        is_staff=True,
        zone=tenant.time_zone,
    )
    return csv_response("ledger.csv", LEDGER_HEAD, streamed(request, rows))
