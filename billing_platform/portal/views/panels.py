"""Pages that other packages bring: found by their code, computed by them, drawn here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.panel_registry import find_panel
from billing_platform.portal.panel_values import file_rows
from billing_platform.portal.panels import PanelRequest, Portal
from tenants.access import provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from billing_platform.portal.panels import Panel
    from tenants.access import ProviderRequest, TenantRequest


@require_safe
@provider_member(*ProviderRole)
def provider_panel(request: ProviderRequest, code: str) -> HttpResponseBase:
    """Show a panel of the provider's portal."""
    panel = _open(Portal.PROVIDER, code, request.membership.role)
    return _answer(request, panel, _asked(request, None, request.provider.time_zone))


@require_safe
@tenant_member(*TenantRole)
def customer_panel(request: TenantRequest, code: str) -> HttpResponseBase:
    """Show a panel of the customers' portal."""
    panel = _open(Portal.CUSTOMER, code, request.membership.role)
    return _answer(request, panel, _asked(request, request.tenant.id, request.tenant.time_zone))


def _open(portal: Portal, code: str, role: str) -> Panel:
    panel = find_panel(portal, code)
    if panel is None:
        raise Http404
    if role not in panel.roles:
        raise PermissionDenied
    return panel


def _asked(
    request: ProviderRequest | TenantRequest, tenant_id: int | None, zone: str
) -> PanelRequest:
    return PanelRequest(
        provider_id=request.provider.id,
        tenant_id=tenant_id,
        role=request.membership.role,
        zone=zone,
        query=request.GET.dict(),
        now=now(),
    )


def _answer(
    request: ProviderRequest | TenantRequest, panel: Panel, asked: PanelRequest
) -> HttpResponseBase:
    page = panel.compose(asked)
    if "csv" in asked.query and page.tables:
        table = page.tables[0]
        return list_file(request, panel.code, table.columns, partial(file_rows, table))
    return render(request, "portal/panel.html", {"panel": panel, "page": page, "zone": asked.zone})
