"""Documents: lists and one of them, for customers and for the provider's people."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.document import document_page
from billing_platform.portal.pages.documents import documents_page, own_documents_page
from billing_platform.portal.pages.documents_csv import OWN_HEAD, STAFF_HEAD, document_cells
from billing_platform.portal.pages.documents_filter import DocumentFilter
from billing_platform.portal.pages.payments import client_number
from invoicing.errors import DocumentNotFound
from tenants.access import provider_member, tenant_member
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest, TenantRequest


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_documents(request: TenantRequest) -> HttpResponse:
    """Show a page of the customer's documents."""
    page = own_documents_page(request.tenant, DocumentFilter.of(request.GET), now=now())
    return render(request, "portal/own_documents.html", {"page": page})


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_documents_csv(request: TenantRequest) -> HttpResponseBase:
    """Send all documents of the customer that match."""
    query = DocumentFilter.of(request.GET).wanted(request.tenant.id)
    today = _today(request.provider.time_zone)
    rows = partial(document_cells, request.provider.id, query, today, is_staff=False)
    return list_file(request, "invoices", OWN_HEAD, rows)


@require_safe
@tenant_member(TenantRole.ADMIN)
def own_document(request: TenantRequest, document: str) -> HttpResponse:
    """Show one document of the customer."""
    try:
        page = document_page(request.provider, document, now=now(), tenant=request.tenant)
    except DocumentNotFound as error:
        raise Http404 from error
    return render(request, "portal/document.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def documents(request: ProviderRequest) -> HttpResponse:
    """Show a page of the provider's documents."""
    page = documents_page(
        request.provider,
        DocumentFilter.of(request.GET),
        now=now(),
        role=request.membership.role,
    )
    return render(request, "portal/documents.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def documents_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all documents that match."""
    wanted = DocumentFilter.of(request.GET)
    query = wanted.wanted(client_number(request.provider.id, wanted.client), is_staff=True)
    today = _today(request.provider.time_zone)
    rows = partial(document_cells, request.provider.id, query, today, is_staff=True)
    return list_file(request, "invoices", STAFF_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def document(request: ProviderRequest, document: str) -> HttpResponse:
    """Show one document."""
    try:
        page = document_page(
            request.provider,
            document,
            now=now(),
            role=request.membership.role,
            user_id=int(request.user.pk),
        )
    except DocumentNotFound as error:
        raise Http404 from error
    return render(request, "portal/document.html", {"page": page})


def _today(zone: str) -> date:
    return now().astimezone(ZoneInfo(zone)).date()
