"""Files of long lists: each person's own, in either portal, and only while the list itself may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import TYPES
from billing_platform.portal.list_writing import unread_list
from billing_platform.portal.pages.exports import exports_page
from tenants.access import provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole
from tenants.errors import ExportNotFoundError
from tenants.selectors.list_exports import kept_export
from tenants.services.list_exports import export_storage

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import MemberRequest, ProviderRequest, TenantRequest


@require_safe
@provider_member(*ProviderRole)
def provider_exports(request: ProviderRequest) -> HttpResponse:
    """Show the own exports of one of the provider's people."""
    return _page(request)


@require_safe
@provider_member(*ProviderRole)
def provider_file(request: ProviderRequest, export_id: int) -> HttpResponseBase:
    """Send the file of an own export."""
    return _file(request, export_id)


@require_safe
@tenant_member(*TenantRole)
def exports(request: TenantRequest) -> HttpResponse:
    """Show the own exports of one of the customer's people."""
    return _page(request)


@require_safe
@tenant_member(*TenantRole)
def own_file(request: TenantRequest, export_id: int) -> HttpResponseBase:
    """Send the file of an own export."""
    return _file(request, export_id)


def _page(request: MemberRequest) -> HttpResponse:
    return render(request, "portal/exports.html", {"page": exports_page(request, now=now())})


def _file(request: MemberRequest, export_id: int) -> HttpResponseBase:
    membership = request.membership
    # It is for who asked alone, as the mail says; who looks through that person's eyes has none written either.
    if getattr(request.user, "is_hijacked", False):
        raise PermissionDenied
    try:
        export = kept_export(
            request.provider.id,
            membership.tenant_id or 0,
            request.user.pk,
            export_id,
            now=now(),
        )
        # Whether the list may still be seen is the list's own business.
        unread_list(export.path, export.query, user=request.user, membership=membership)
        file = export_storage().open(export.stored_name)
    except (ExportNotFoundError, FileNotFoundError) as error:
        raise Http404 from error
    ending = export.name.rpartition(".")[2]
    response = FileResponse(
        file, as_attachment=True, filename=export.name, content_type=TYPES[ending]
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
