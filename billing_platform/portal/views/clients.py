"""A provider's clients: the list, its download, and one client's overview."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.client import client_page
from billing_platform.portal.pages.clients import clients_page
from billing_platform.portal.pages.clients_csv import client_cells
from billing_platform.portal.pages.clients_filter import ClientFilter
from billing_platform.portal.pages.ledger_filter import LedgerFilter
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.selectors.saved_filters import saved_filters

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
    "owed_by_invoice",
    "overdue",
)


@require_safe
@provider_member(*ProviderRole)
def clients(request: ProviderRequest) -> HttpResponse:
    """Show a page of the list; the bare address opens with the person's default filter."""
    saved = saved_filters(request.provider.id, request.user.pk)
    default = next((each.query for each in saved if each.is_default), "")
    if default and not request.GET:
        return redirect(f"{request.path}?{default}")
    page = clients_page(
        request.provider,
        ClientFilter.of(request.GET),
        saved,
        role=request.membership.role,
        now=now(),
    )
    return render(request, "portal/clients.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def clients_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send the whole list, search, filters and order as on the page."""
    wanted = ClientFilter.of(request.GET)
    rows = partial(client_cells, request.provider, wanted, now=now())
    return list_file(request, "clients", CLIENTS_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def client(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show one client; an address that asks for a part of the ledger, which once stood here, leads there."""
    tenant, asked = client_of(request, public_id), LedgerFilter.of(request.GET).query()
    if asked:
        path = reverse("provider-client-ledger", kwargs={"public_id": tenant.public_id})
        return redirect(path + asked)
    page = client_page(request.provider, tenant, role=request.membership.role, now=now())
    return render(request, "portal/client.html", {"page": page})
