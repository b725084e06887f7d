"""The audit log of a provider, and the part of it that concerns one client."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.audit_log import (
    AUDIT_HEAD,
    PAGE_ROWS,
    AuditFilter,
    audit_cells,
    audit_page,
    audit_rows,
)
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.selectors.members import list_members

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest

MAY_READ: Final = (ProviderRole.OWNER, ProviderRole.BILLING)


@require_safe
@provider_member(*MAY_READ)
def audit_log(request: ProviderRequest) -> HttpResponse:
    """Show a page of changes."""
    provider = request.provider
    people = [(str(row.user_id), row.email) for row in list_members(provider.id, 0)]
    page = audit_page(provider.id, AuditFilter.of(request.GET), people, zone=provider.time_zone)
    return render(request, "portal/audit_log.html", {"page": page})


@require_safe
@provider_member(*MAY_READ)
def audit_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all changes that match."""
    wanted = AuditFilter.of(request.GET)
    zone = request.provider.time_zone
    rows = partial(audit_cells, request.provider.id, wanted, zone=zone)
    return list_file(request, "audit-log", AUDIT_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def activity(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what people changed about one client."""
    provider = request.provider
    tenant = client_of(request, public_id)
    wanted = AuditFilter(before=request.GET.get("before", "")[:80])
    rows = audit_rows(
        provider.id, wanted, zone=provider.time_zone, limit=PAGE_ROWS, tenant_id=tenant.id
    )
    context = {
        "tenant": tenant,
        "tabs": client_tabs(provider.id, tenant.public_id, "provider-client-activity"),
        "rows": rows,
        "zone": provider.time_zone,
        "older": rows[-1].place if len(rows) >= PAGE_ROWS else "",
    }
    return render(request, "portal/client_activity.html", context)
