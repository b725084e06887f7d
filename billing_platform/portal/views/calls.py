"""Call History: of a customer for its own administrators; of a client, and of all, for the provider's people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.all_calls import ALL_CALLS_HEAD, all_call_cells, all_calls_page
from billing_platform.portal.pages.calls import CALLS_HEAD, call_cells, calls_page
from billing_platform.portal.pages.calls_filter import CallFilter
from billing_platform.portal.pages.client_tabs import CALLS, client_tabs
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest, TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def calls(request: TenantRequest) -> HttpResponse:
    """Show a page of the tenant's calls."""
    page = calls_page(
        request.provider.id,
        request.tenant.id,
        CallFilter.of(request.GET),
        path=reverse("billing-calls"),
        csv_path=reverse("billing-calls-csv"),
        back=(reverse("billing"), _("Billing")),
        zone=request.tenant.time_zone,
    )
    return render(request, "portal/calls.html", {"page": page, "tabs": ()})


@require_safe
@tenant_member(TenantRole.ADMIN)
def calls_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all calls that the filters leave."""
    tenant, wanted = request.tenant, CallFilter.of(request.GET)
    rows = partial(call_cells, request.provider.id, tenant.id, wanted, tenant.time_zone)
    return list_file(request, "calls", CALLS_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def all_calls(request: ProviderRequest) -> HttpResponse:
    """Show a page of the calls of all clients."""
    page = all_calls_page(request.provider, CallFilter.of(request.GET), now=now())
    return render(request, "portal/all_calls.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def all_calls_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all calls of all clients that the filters leave."""
    wanted = CallFilter.of(request.GET)
    rows = partial(all_call_cells, request.provider, wanted, now=now())
    return list_file(request, "calls", ALL_CALLS_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def client_calls(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show a page of a client's calls."""
    tenant = client_of(request, public_id)
    place = {"public_id": tenant.public_id}
    page = calls_page(
        request.provider.id,
        tenant.id,
        CallFilter.of(request.GET),
        path=reverse("provider-client-calls", kwargs=place),
        csv_path=reverse("provider-client-calls-csv", kwargs=place),
        back=(reverse("provider-client", kwargs=place), tenant.name),
        zone=request.provider.time_zone,
    )
    tabs = client_tabs(request.provider.id, tenant.public_id, CALLS)
    return render(request, "portal/calls.html", {"page": page, "tabs": tabs})


@require_safe
@provider_member(*ProviderRole)
def client_calls_csv(request: ProviderRequest, public_id: str) -> HttpResponseBase:
    """Send all calls of a client that the filters leave."""
    tenant, wanted = client_of(request, public_id), CallFilter.of(request.GET)
    rows = partial(call_cells, request.provider.id, tenant.id, wanted, request.provider.time_zone)
    return list_file(request, "calls", CALLS_HEAD, rows)
